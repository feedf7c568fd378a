// SPDX-License-Identifier: Apache-2.0
// The return desk through HTTP, by forms alone: answers, records, refusals, hostile text.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, assay } from '../e2e/gateway.mjs';
import { Staff, staffRoles } from '../http/staff.mjs';
import { World, gtin } from '../http/world.mjs';

const hostile = '<script>alert(1)</script> "\'><img src=x onerror=alert(2)>';
let world;
let gateway;
let staff;
let labels;
const keys = {};

before(async () => {
  world = new World();
  labels = world.issue('plant-a', 'retail', 20);
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  keys.shop = await staff.key('retailer', { organisation: 'Second Shop' });
  keys.till = await staff.key('retailer', { locations: ['BERLIN-1'] });
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
  const checked = assay('check', '--data', world.data);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
});

const serialOf = (label) => /\/21\/([^?]+)/.exec(label)[1];
const code = (label) => `https://id.example.com${label}`;
async function sold(key = keys.retailer) {
  const label = labels.pop();
  const answer = await staff.event(key, { type: 'sell', gtin, serial: serialOf(label) });
  assert.equal(answer.status, 201, answer.text);
  return { label, serial: serialOf(label), code: code(label) };
}
const state = async (one) => (await staff.call(keys.operator, 'GET', `/v1/units/${gtin}/${one.serial}`)).json;

async function send(path, { status = 200, key = keys.retailer, ...options } = {}) {
  const answer = await fetch(gateway.base + path, { redirect: 'manual', headers: { authorization: `Bearer ${key}`, accept: 'text/html' }, ...options });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text.slice(0, 900)}`);
  assert.ok(!text.includes('<script>alert') && !text.includes('<img src=x'), path);
  if (status !== 303) {
    assert.match(answer.headers.get('content-security-policy'), /script-src 'self'/);
    assert.match(answer.headers.get('content-type'), /^text\/html/);
  }
  return { text, location: answer.headers.get('location'), headers: answer.headers };
}
const post = (fields, status = 200, key = keys.retailer) =>
  send('/retail', { status, key, method: 'POST', body: new URLSearchParams(fields) });
const outcome = (text) => /<section class="answer (\w+)"/.exec(text)?.[1];

test('the page is for retailers', async () => {
  for (const path of ['/retail', '/retail/scanner']) {
    await send(path);
    for (const role of staffRoles.filter((each) => each !== 'retailer')) {
      assert.equal((await staff.call(keys[role], 'GET', path)).status, 403, role);
    }
    const stranger = await fetch(gateway.base + path, { headers: { accept: 'text/html' }, redirect: 'manual' });
    assert.equal(stranger.status, 303);
    assert.match(stranger.headers.get('location'), /^\/sign-in/);
  }
  const { headers } = await send('/retail');
  assert.match(headers.get('content-security-policy'), /'wasm-unsafe-eval'/);
  assert.match(headers.get('permissions-policy'), /camera=\(self\)/);
});

test('accept, record, put back in stock, take back', async () => {
  const one = await sold();
  const accepted = await post({ code: one.code });
  assert.equal(outcome(accepted.text), 'accept');
  assert.match(accepted.text, /You sold it/);
  assert.match(accepted.text, /name="event" value="return"/);
  const form = { event: 'return', gtin, serial: one.serial, reference: 'RMA "1"', reason: hostile, once: 'a'.repeat(32) };
  const { location } = await post(form, 303);
  assert.equal(location, `/retail?done=return&gtin=${gtin}&serial=${one.serial}`);
  assert.equal((await post(form, 303)).location, location, 'sent twice, recorded once');
  assert.equal((await state(one)).version, 3);
  const done = await send(location);
  assert.match(done.text, /Recorded:/);
  assert.match(done.text, /name="undoes" value="3"/);
  assert.match(done.text, /name="event" value="restock"/);
  await post({ event: 'undo', gtin, serial: one.serial, undoes: '3' }, 303);
  assert.equal((await state(one)).state, 'sold');
  await post({ ...form, once: 'b' }, 303);
  const again = await post({ code: one.code });
  assert.equal(outcome(again.text), 'refuse');
  assert.match(again.text, /name="event" value="restock"/);
  assert.doesNotMatch(again.text, /name="event" value="return"/);
  await post({ event: 'restock', gtin, serial: one.serial, location: 'BERLIN-1' }, 303);
  assert.deepEqual([(await state(one)).state, (await state(one)).location], ['in_stock', 'BERLIN-1']);
});

test('the second return is told to both shops', async () => {
  const one = await sold();
  await post({ event: 'return', gtin, serial: one.serial }, 303);
  const second = await post({ event: 'return', gtin, serial: one.serial }, 409, keys.shop);
  assert.match(second.text, /It is back with a shop already/);
  for (const key of [keys.retailer, keys.shop]) {
    const { text } = await post({ code: one.code }, 200, key);
    assert.equal(outcome(text), 'refuse');
    assert.match(text, /Why it is on hold: <bdi>returned to Second Shop while its return to retailer house is open/);
    assert.doesNotMatch(text, /name="event"/);
  }
});

const tampered = (label) => label.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
const rows = [
  ['no code', () => '', 400, undefined],
  ['blanks', () => ' \t ', 400, undefined],
  ['too long', () => 'x'.repeat(1025), 400, undefined],
  ['nothing like a code', () => hostile.slice(0, 60), 200, 'refuse'],
  ['forged', async () => code(tampered((await sold()).label)), 200, 'refuse'],
  ['sold by another shop', async () => (await sold(keys.shop)).code, 200, 'refuse'],
  ['never sold', () => code(labels.pop()), 200, 'review'],
  ['a serial alone', async () => (await sold()).serial, 200, 'review'],
  ['an element string', async () => `(01)${gtin}(21)${(await sold()).serial}`, 200, 'review'],
];
for (const [name, make, status, wanted] of rows) {
  test(`code: ${name}`, async () => {
    const { text } = await post({ code: await make() }, status);
    assert.equal(outcome(text), wanted);
    if (wanted !== 'accept') assert.doesNotMatch(text, /name="event" value="return"/);
  });
}

test('a label that fails names no product', async () => {
  const one = await sold();
  const { text: good } = await post({ code: one.code });
  const name = /<p class="what"><bdi>([^<]+)<\/bdi> ·/.exec(good)[1];
  const { text } = await post({ code: code(tampered(one.label)) });
  assert.ok(!text.includes(name));
});

const refusals = [
  ['an event that is not of this desk', (one) => ({ event: 'sell', ...one }), 400],
  ['no event that there is', (one) => ({ event: 'explode', ...one }), 400],
  ['no unit', () => ({ event: 'return' }), 400],
  ['a unit that there is not', () => ({ event: 'return', gtin, serial: 'NOBODY' }), 404],
  ['a reason that is too long', (one) => ({ event: 'return', ...one, reason: 'r'.repeat(300) }), 400],
  ['back in stock what was not returned', (one) => ({ event: 'restock', ...one }), 409],
  ['undo of another event', (one) => ({ event: 'undo', ...one, undoes: '7' }), 409],
];
for (const [name, make, status] of refusals) {
  test(`refused: ${name}`, async () => {
    const { serial } = await sold();
    const { text } = await post(make({ gtin, serial }), status);
    assert.match(text, /role="alert"/);
    assert.equal((await state({ serial })).state, 'sold');
  });
}

test('who did not sell it cannot take it back', async () => {
  const one = await sold(keys.shop);
  await post({ event: 'return', gtin, serial: one.serial }, 403);
  assert.equal((await state(one)).state, 'sold');
});

test('what an address claims was done is shown only of a unit that there is', async () => {
  const one = await sold();
  for (const query of ['done=return', 'done=nonsense&gtin=1&serial=2', `done=return&gtin=${gtin}&serial=NOBODY`,
    `done=${encodeURIComponent(hostile)}&gtin=${gtin}&serial=${one.serial}`]) {
    assert.doesNotMatch((await send(`/retail?${query}`)).text, /Recorded:/, query);
  }
});
