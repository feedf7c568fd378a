// SPDX-License-Identifier: Apache-2.0
// The console's pages about units, through HTTP: who sees what, forms, conflicts, hostile text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, assay, tree } from '../e2e/gateway.mjs';
import { Staff, ownerSecret, staffRoles } from '../http/staff.mjs';
import { World, gtin } from '../http/world.mjs';

const hostile = '<script>alert(1)</script> "\'><img src=x onerror=alert(2)>';
const escaped = '&#60;script&#62;alert(1)&#60;/script&#62;';
const link = (html) => html.replaceAll('&amp;', '&').replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
let world;
let gateway;
let staff;
let serials;
const keys = {};

before(async () => {
  world = new World();
  serials = world.issue('plant-a', 'console', 120).map((path) => /\/21\/([^?]+)/.exec(path)[1]);
  gateway = await Gateway.start(world.data, undefined, ['--document-hosts', 'erp.example.com']);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  keys.owner = ownerSecret();
  const product = JSON.parse(readFileSync(join(tree, 'gateway/demo/products', `${gtin}.json`), 'utf8'));
  const put = await staff.call(keys.operator, 'PUT', `/v1/products/${gtin}`, { ...product, name: hostile.slice(0, 60), version: 1 });
  assert.equal(put.status, 200, put.text);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
  const checked = assay('check', '--data', world.data);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
});

const serial = () => serials.pop();
const at = (one) => `/console/units/${gtin}/${one}`;
const happen = async (one, type, fields = {}, key = keys.operator) => {
  const answer = await staff.event(key, { type, gtin, serial: one, ...fields });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};
const record = async (one) => (await staff.call(keys.operator, 'GET', `/v1/units/${gtin}/${one}`)).json;

// A page, held to what every page of ours is.
async function get(path, status = 200, key = keys.operator) {
  const answer = await fetch(gateway.base + path, { headers: { authorization: `Bearer ${key}`, accept: 'text/html' }, redirect: 'manual' });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text.slice(0, 600)}`);
  assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self'/, path);
  assert.ok(!text.includes('<script>alert'), `${path}: a script of somebody else`);
  assert.ok(!text.includes('<img src=x'), path);
  return text;
}

async function post(path, fields, status, key = keys.operator) {
  const answer = await fetch(gateway.base + path, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams(fields),
    headers: { authorization: `Bearer ${key}`, accept: 'text/html' },
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text.slice(0, 900)}`);
  assert.ok(!text.includes('<script>alert'), path);
  return { text, location: answer.headers.get('location') };
}

const pages = () => ['/console', '/console/units', '/console/stolen', '/console/inbox', at(serials[0])];

test('operator and auditor read every page; nobody else does', async () => {
  for (const path of pages()) {
    for (const role of ['operator', 'auditor'])
      await get(path, 200, keys[role]);
    for (const role of ['owner', 'service', 'retailer', 'issuer', 'admin'])
      assert.equal((await staff.call(keys[role], 'GET', path)).status, 403, `${role} ${path}`);
    const stranger = await fetch(gateway.base + path, { headers: { accept: 'text/html' }, redirect: 'manual' });
    assert.equal(stranger.status, 303, path);
    assert.match(stranger.headers.get('location'), /^\/sign-in/);
  }
});

test('an auditor is offered nothing that writes', async () => {
  const one = serial();
  await happen(one, 'suspect', { reason: 'two countries' });
  await happen(serial(), 'report_stolen');
  for (const path of [at(one), `${at(one)}?do=retire`, '/console/stolen']) {
    assert.match(await get(path), path === '/console/stolen' ? /method="post"/ : /do=retire/);
    assert.doesNotMatch(await get(path, 200, keys.auditor), /method="post"|do=/);
  }
  await post(at(one), { event: 'hold', reason: 'x' }, 403, keys.auditor);
});

test('the report: filters, pages and links', async () => {
  const first = await get('/console/units');
  assert.equal(first.match(/<tr>/g).length, 51);
  assert.ok(first.includes(escaped));
  const next = link(/rel="next" href="([^"]+)"/.exec(first)[1]);
  const second = await get(next);
  const of = (text) => [...text.matchAll(/<th scope="row"[^>]*><a href="([^"]+)"/g)].map(([, to]) => to);
  assert.equal(of(first).length, 50);
  assert.equal(of(first).filter((to) => of(second).includes(to)).length, 0);
  await happen(serial(), 'sell', { sales_order: 'SO "1" & <b>', document: 'https://erp.example.com/so/1?a=1&b=2' });
  const sold = await get(`/console/units?so=${encodeURIComponent('SO "1" & <b>')}&state=sold`);
  assert.equal(of(sold).length, 1);
  assert.ok(sold.includes('href="https://erp.example.com/so/1?a=1&#38;b=2"'));
  const csv = link(/href="(\/v1\/units\?format=csv[^"]+)"/.exec(sold)[1]);
  const table = await staff.call(keys.operator, 'GET', csv);
  assert.equal(table.text.trimEnd().split('\n').length, 2, table.text);
  assert.match(await get('/console/units?lot=NOTHING'), /No unit is like this/);
  await get('/console/units?state=broken', 400);
  await get('/console/units?cursor=broken', 400);
  await get(`/console/units?q=${encodeURIComponent(hostile)}`, 400);
});

test('what a unit is, and what happened to it, newest first', async () => {
  const one = serial();
  for (let at_ = 0; at_ < 60; at_++) {
    await happen(one, 'hold', { reason: `${hostile} ${at_}` });
    await happen(one, 'release');
  }
  const text = await get(at(one));
  const numbers = [...text.matchAll(/soft small">(\d+) · /g)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, Array.from({ length: 100 }, (_, place) => 121 - place));
  const older = await get(`${at(one)}${/rel="next" href="([^"#]+)/.exec(text)[1]}`);
  const rest = [...older.matchAll(/soft small">(\d+) · /g)].map(([, number]) => Number(number));
  assert.deepEqual(rest, Array.from({ length: 21 }, (_, place) => 21 - place));
  assert.ok(text.includes(escaped));
  await get(at('NOBODY'), 404);
  await get('/console/units/1/2', 404);
});

test('an event by a form: once, with the version that was seen', async () => {
  const one = serial();
  const form = await get(`${at(one)}?do=hold`);
  assert.match(form, /name="reason"[^>]*required/);
  const once = 'f'.repeat(32);
  const sent = { event: 'hold', version: '1', once, reason: hostile };
  assert.equal((await post(at(one), sent, 303)).location, `${at(one)}?done=hold`);
  assert.equal((await post(at(one), sent, 303)).location, `${at(one)}?done=hold`);
  assert.equal((await record(one)).version, 2);
  assert.match(await get(`${at(one)}?done=hold`), /Recorded:/);
  assert.doesNotMatch(await get(`${at(one)}?done=nonsense`), /Recorded:/);
  const stale = await post(at(one), { event: 'retire', version: '1', once: 'a', reason: 'worn', confirm: 'yes' }, 409);
  assert.match(stale.text, /Somebody changed this unit/);
  assert.match(stale.text, /name="version" value="2"/);
  assert.match(stale.text, /name="reason"[^>]*value="worn"/);
  const missing = await post(at(one), { event: 'clear', version: '2' }, 400);
  assert.match(missing.text, /This needs a correction/);
  for (const bad of [{}, { event: 'explode' }, { event: 'activate' }, { event: 'hold', version: 'x', reason: 'r' }, { event: 'hold', reason: 'r'.repeat(300) }])
    await post(at(one), bad, 400);
  await post(at('NOBODY'), { event: 'hold', reason: 'r' }, 404);
  assert.equal((await record(one)).version, 2);
});

test('what is not taken back is asked for twice', async () => {
  for (const [event, done] of [['retire', (unit) => unit.state === 'retired'], ['report_stolen', (unit) => unit.conditions.includes('stolen')]]) {
    const one = serial();
    const { text } = await post(at(one), { event, version: '1', reason: 'because' }, 200);
    assert.match(text, /name="confirm" value="yes"/);
    assert.match(text, /name="reason" value="because"/);
    assert.equal((await record(one)).version, 1);
    await post(at(one), { event, version: '1', reason: 'because', confirm: 'yes' }, 303);
    assert.ok(done(await record(one)), event);
  }
});

test('an ownership is ended, after a second look', async () => {
  const one = serial();
  await happen(one, 'sell', {}, keys.retailer);
  assert.doesNotMatch(await get(at(one)), /value="end_ownership"/);
  const registered = await staff.call(keys.retailer, 'POST', '/v1/activations', { gtin, serial: one });
  assert.equal(registered.status, 201, registered.text);
  const page = await get(at(one));
  assert.match(page, /value="end_ownership"/);
  assert.match(page, /whoever brings it takes/);
  assert.match(page, /Without the claim code from the box/);
  assert.match(await get(`${at(one)}?do=end_ownership`), /<select id="e-ends_claim"/);
  const form = { event: 'end_ownership', version: '3', reason: 'to itself', ends_claim: 'no' };
  assert.match((await post(at(one), form, 200)).text, /name="confirm" value="yes"/);
  assert.equal((await record(one)).owned, true);
  await post(at(one), { ...form, confirm: 'yes' }, 303);
  assert.equal((await record(one)).owned, undefined);
  assert.match(await get(at(one)), /Ownership ended/);
});

test('the last event is taken back where the rules allow it', async () => {
  const one = serial();
  assert.doesNotMatch(await get(at(one)), /do=undo/);
  await happen(one, 'receive', { location: 'b-1' });
  assert.match(await get(`${at(one)}?do=undo`), /name="undoes" value="2"/);
  await post(at(one), { event: 'undo', version: '2', undoes: '2' }, 303);
  assert.equal((await record(one)).state, 'issued');
  const other = serial();
  await happen(other, 'hold', { reason: 'r' }, keys.retailer);
  assert.doesNotMatch(await get(at(other)), /do=undo/);
});

test('stolen and lost: reports that wait come first, and are answered in place', async () => {
  const [waiting, lost] = [serial(), serial()];
  await happen(waiting, 'receive', { location: 'a-1' }, keys.retailer);
  await happen(waiting, 'report_stolen', {}, keys.retailer);
  await happen(lost, 'report_lost');
  const text = await get('/console/stolen');
  const [, pending] = /id="waiting"(.*?)id="others"/s.exec(text);
  assert.ok(pending.includes(waiting) && pending.includes('retailer house'));
  assert.match(pending, /class="badge caution">30</);
  const { version } = await record(waiting);
  const form = { gtin, serial: waiting, version: String(version), condition: 'stolen' };
  await post('/console/stolen', { ...form, event: 'retire' }, 400);
  await post('/console/stolen', { ...form, event: 'confirm', version: '1' }, 409);
  assert.equal((await post('/console/stolen', { ...form, event: 'confirm', once: 'c' }, 303)).location, '/console/stolen?condition=stolen&done=confirm');
  const after_ = await get('/console/stolen?done=confirm');
  assert.ok(!/id="waiting"(.*?)id="others"/s.exec(after_)[1].includes(waiting));
  assert.ok(after_.includes(waiting));
  await post('/console/stolen', { ...form, event: 'recover', version: String(version + 1) }, 303);
  assert.ok(!(await get('/console/stolen')).includes(waiting));
  assert.ok((await get('/console/stolen?condition=lost')).includes(lost));
  await get('/console/stolen?condition=held', 400);
});

test('many codes at once', async () => {
  const one = serial();
  const codes = [world.paths[0], one, hostile, '', `(01)${gtin}(21)${one}`, 'ü'.repeat(200)].map((line) => (line.startsWith('/01') ? `https://x.example.com${line}` : line));
  const { text } = await post('/console/units/find', { codes: codes.join('\r\n'), gtin }, 200);
  assert.equal(text.match(/<tr>/g).length, 6);
  assert.ok(text.includes(escaped));
  assert.equal(text.split(`/console/units/${gtin}/${one}`).length - 1, 2);
  assert.equal(text.match(/Genuine label/g).length, 1);
  assert.doesNotMatch(text, /no such serial/);
  const typed = await post('/console/units/find', { codes: `${one}\nHELLO99`, gtin }, 200);
  assert.equal(typed.text.match(/Typed without the signature · There is no such serial/g).length, 1);
  for (const bad of [{}, { codes: ' \n ' }, { codes: one, gtin: '123' }, { codes: `${one}\n`.repeat(10001) }])
    await post('/console/units/find', bad, 400);
  const many = await post('/console/units/find', { codes: `${one}\n`.repeat(10000), gtin }, 200);
  assert.equal(many.text.match(/<tr>/g).length, 10001);
});

test('the inbox: hostile reports are text, and are closed with what came of them', async () => {
  const one = serial();
  const sent = await staff.call('', 'POST', '/v1/reports', { gtin, serial: one, place: hostile, text: `${hostile}\nsecond line` });
  assert.equal(sent.status, 201, sent.text);
  const { reference } = sent.json;
  for (const path of ['/console/inbox', '/console/inbox?kind=looks_fake', `/console/inbox/${reference}`, '/console']) {
    const text = await get(path);
    assert.ok(text.includes(reference) && text.includes(escaped), path);
  }
  assert.ok(!(await get('/console/inbox?kind=second_return')).includes(reference));
  assert.doesNotMatch(await get(`/console/inbox/${reference}`, 200, keys.auditor), /method="post"/);
  const at_ = `/console/inbox/${reference}`;
  await post(at_, { outcome: 'x', version: '1' }, 403, keys.auditor);
  await post(at_, { outcome: '', version: '1' }, 400);
  await post(at_, { outcome: 'x', version: '9' }, 409);
  assert.equal((await post(at_, { outcome: hostile, version: '1' }, 303)).location, '/console/inbox?done=1');
  assert.ok(!(await get('/console/inbox')).includes(reference));
  assert.ok((await get('/console/inbox?open=false')).includes(reference));
  assert.ok((await get(at_)).includes(escaped));
  await get('/console/inbox/NOBODY00', 404);
  await get('/console/inbox?kind=broken', 400);
});

test('the overview counts what is open', async () => {
  await happen(serial(), 'sell', {}, keys.retailer);
  const copied = serial();
  await happen(copied, 'sell', {}, keys.retailer);
  await happen(copied, 'return', {}, keys.retailer);
  await staff.event(keys.retailer, { type: 'return', gtin, serial: copied });
  const recall = { id: 'R-1', gtin, text: hostile, stop_use: true };
  assert.equal((await staff.call(keys.operator, 'POST', '/v1/recalls', recall)).status, 201);
  const text = await get('/console?days=7');
  assert.match(text, /Second return<\/a> <span class="badge bad">1</);
  assert.match(text, /id="recalls".*?<span class="badge">1</s);
  assert.match(text, /R-1<\/bdi><\/a> <span class="badge bad">Stop use/);
  assert.match(text, /days=7" aria-current="true"/);
  await get('/console?days=1000');
});
