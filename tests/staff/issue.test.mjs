// SPDX-License-Identifier: Apache-2.0
// The console's pages for issuing and importing, through HTTP and without JavaScript.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { Signer } from '../e2e/signer.mjs';
import { Staff } from '../http/staff.mjs';
import { World, gtin, must } from '../http/world.mjs';

const text = (html) => html.replace(/<[^>]*>/g, ' ').replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll('&amp;', '&').replace(/\s+/g, ' ');
let world;
let gateway;
let bare;
let signer;
const keys = {};

before(async () => {
  world = new World();
  const socket = join(world.directory, 'signer');
  signer = await Signer.start({ data: world.data, key: 'plant-a', passphrase: world.passphrase, socket }, ['--quota', '500']);
  gateway = await Gateway.start(world.data, undefined, ['--signer', socket]);
  const staff = new Staff(gateway, world.data);
  for (const role of ['issuer', 'operator']) keys[role] = await staff.key(role);
});
after(async () => {
  await signer.stop();
  await bare?.stop();
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function send(path, { fields, status = 200, at = gateway, key = keys.issuer } = {}) {
  const answer = await fetch(at.base + path, {
    method: fields ? 'POST' : 'GET', redirect: 'manual', body: fields && new URLSearchParams(fields),
    headers: { authorization: `Bearer ${key}`, accept: 'text/html' },
  });
  const html = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text(html).slice(0, 500)}`);
  return { html, text: text(html), location: answer.headers.get('location') };
}
const order = (more = {}) => ({ gtin, count: '30', lot: 'L/5', made_on: '2026-01-12', expires_on: '2030-01-12', ...more });
const units = async (lot) => {
  const answer = await fetch(`${gateway.base}/v1/units?limit=1000&lot=${encodeURIComponent(lot)}`, { headers: { authorization: `Bearer ${keys.operator}` } });
  return (await answer.json()).units.length;
};

test('from the form to labels: check, issue once, print, delete', async () => {
  const form = await send('/console/issue');
  assert.match(form.text, /Attached/);
  assert.match(form.text, /500 \/ 500/);
  assert.match(form.html, new RegExp(`<option value="${gtin}">`));
  const trial = await send('/console/issue', { fields: { ...order(), step: 'try' } });
  assert.match(trial.text, /This would be issued.*Labels 30.*Sheets of paper 3 /);
  assert.match(trial.html, /<input type="hidden" name="lot" value="L\/5">/);
  assert.equal(await units('L/5'), 0);
  const once = /name="once" value="([0-9a-f]+)"/.exec(trial.html)[1];
  const sent = { fields: { ...order(), step: 'issue', once }, status: 303 };
  const { location } = await send('/console/issue', sent);
  assert.equal((await send('/console/issue', sent)).location, location);
  assert.equal(await units('L/5'), 30);
  const page = await send(location);
  assert.match(page.text, /Registered/);
  assert.match(page.html, /<option value="avery-l7163" selected>/);
  const labels = await send(`/v1${location.replace('/console/issue', '/issues')}/labels`);
  assert.equal(labels.html.trim().split('\n').length, 31);
  assert.match((await send(location, { fields: { do: 'remove' } })).text, /cannot be printed again/);
  await send(location, { fields: { do: 'remove', sure: 'yes' }, status: 303 });
  const gone = await send(location);
  assert.match(gone.text, /The files are deleted/);
  assert.ok(!gone.html.includes('/labels'));
  assert.equal(await units('L/5'), 30);
  assert.match((await send('/console/issue')).text, /Files removed/);
});

test('what cannot be issued is said on the page, with what was typed', async () => {
  const hostile = '"><script>alert(1)</script>';
  const rows = [
    [{ count: '' }, 400, /say how many/],
    [{ gtin: '' }, 400, /Choose a product/],
    [{ count: '0' }, 400, /1 to 10000/],
    [{ count: 'many' }, 400, /Count: expected/],
    [{ lot: hostile }, 400, /Lot: /],
    [{ lot: 'x'.repeat(21) }, 400, /Lot: /],
    [{ lot: 'x'.repeat(100) }, 400, /./],
    [{ made_on: 'today' }, 400, /Made on: /],
    [{ gtin: '09506000134369' }, 422, /catalogue/],
    [{ count: '501' }, 409, /quota/],
  ];
  for (const [more, status, words] of rows)
    for (const step of ['try', 'issue']) {
      const page = await send('/console/issue', { fields: { ...order({ lot: 'NEVER', ...more }), step }, status });
      assert.match(page.text, words, JSON.stringify(more));
      assert.ok(!page.html.includes('<script>alert'), 'no script of somebody else');
    }
  assert.equal(await units('NEVER'), 0);
  await send(`/console/issue/${'0'.repeat(32)}`, { status: 404 });
  await send(`/console/issue/${'0'.repeat(32)}`, { fields: { do: 'dance' }, status: 400 });
});

test('without a signer the page says which command to run', async () => {
  const other = new World();
  bare = await Gateway.start(other.data);
  const key = await new Staff(bare, other.data).key('issuer');
  assert.match((await send('/console/issue', { at: bare, key })).text, /No signer is attached.*assay signer --key NAME --socket/);
  const lot = "it's;rm";
  const page = await send('/console/issue', { at: bare, key, fields: { ...order({ lot }), step: 'try' } });
  const command = `assay issue --gtin '${gtin}' --count '30' --lot 'it'\\''s;rm' --made-on '2026-01-12' --expires-on '2030-01-12' --base-url http://localhost:${bare.port} --key NAME -o RUN`;
  assert.ok(page.text.includes(command), page.text.slice(0, 900));
});

test('a manifest that is pasted: check, then register', async () => {
  const out = join(world.directory, 'pasted');
  must('issue', '--gtin', gtin, '--count', '20', '--lot', 'PASTED', '--key', 'plant-a', '--passphrase-file', world.passphrase,
    '--base-url', 'https://id.example.com', '-o', out, '--data', world.data);
  // As a browser sends the content of a textarea.
  const manifest = readFileSync(`${out}.manifest.csv`, 'utf8').trimEnd().replaceAll('\n', '\r\n');
  const tried = await send('/console/import', { fields: { manifest, step: 'try' } });
  assert.match(tried.text, /Nothing is registered yet.*Rows 20 Registered 20 There before 0 Refused 0.*One signature vouches/);
  assert.equal(await units('PASTED'), 0);
  const typed = /<textarea[^>]*>([^<]*)<\/textarea>/.exec(tried.html)[1].replaceAll('&#34;', '"').replaceAll('&amp;', '&');
  const done = await send('/console/import', { fields: { manifest: typed.replaceAll('\n', '\r\n'), step: 'register' } });
  assert.match(done.text, /It is done.*Registered 20/);
  assert.equal(await units('PASTED'), 20);
  assert.match((await send('/console/import', { fields: { manifest, step: 'register' } })).text, /There before 20/);
});

test('a list with rows that are refused, and what is no list', async () => {
  const header = 'gtin,variant,lot,serial,made_on,expires_on,claim_code,token';
  const bad = await send('/console/import', { fields: { manifest: `${header}\n${gtin},,,<b>x</b>,,,,AAAA\n09506000134353,,,S1,,,,AAAA`, step: 'try' } });
  assert.match(bad.text, /Refused 2/);
  assert.ok(!bad.html.includes('<b>x</b>'));
  await send('/console/import', { fields: { manifest: 'hello', step: 'try' }, status: 400 });
  await send('/console/import', { fields: { manifest: '', step: 'try' }, status: 400 });
  await send('/console/import', { fields: { manifest: `${header}\n${'x'.repeat(1100000)}`, step: 'try' }, status: 400 });
});
