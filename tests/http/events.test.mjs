// SPDX-License-Identifier: Apache-2.0
// Events over HTTP: who may do what to which unit, one or many at once, once or twice, together.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, assay } from '../e2e/gateway.mjs';
import { Staff, ownerSecret } from './staff.mjs';
import { World, gtin } from './world.mjs';

let world;
let gateway;
let staff;
let serials;
const keys = {};

before(async () => {
  world = new World();
  serials = world.issue('plant-a', 'more', 400).map((path) => /\/21\/([^?]+)/.exec(path)[1]);
  gateway = await Gateway.start(world.data, undefined, ['--workers', '24', '--document-hosts', 'erp.example.com']);
  staff = new Staff(gateway, world.data);
  for (const role of ['service', 'operator', 'auditor', 'issuer']) keys[role] = await staff.key(role);
  keys.shop = await staff.key('retailer', { organisation: 'Shop A', locations: ['a-1', 'a-2'] });
  keys.chain = await staff.key('retailer', { organisation: 'Shop A' });
  keys.other = await staff.key('retailer', { organisation: 'Shop B' });
  keys.stall = await staff.key('retailer', { organisation: 'Shop C', locations: ['c-1'] });
  keys.otherService = await staff.key('service', { organisation: 'Second Service' });
  keys.owner = ownerSecret();
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
  const checked = assay('check', '--data', world.data);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
});

const unit = () => serials.pop();
const row = (type, serial, fields = {}) => ({ type, gtin, serial, ...fields });
const get = async (serial, key = keys.operator) => (await staff.call(key, 'GET', `/v1/units/${gtin}/${serial}`)).json;
const history = async (serial, key = keys.operator) =>
  (await staff.call(key, 'GET', `/v1/units/${gtin}/${serial}/events`)).json.events;

async function happen(key, serial, type, fields) {
  const answer = await staff.event(keys[key], row(type, serial, fields));
  assert.equal(answer.status, 201, `${key} ${type}: ${answer.text}`);
  return answer.json;
}

// Steps are [who, event, fields]; all but the last succeed.
const a1 = { location: 'a-1' };
const why = { reason: 'r' };
// Sold by Shop A from a place of Shop C, where the brand had put it, and brought back to Shop A.
const back = [['operator', 'receive', { location: 'c-1' }], ['chain', 'sell'], ['shop', 'return']];
const life = [
  ['a unit is received', [['shop', 'receive', a1]], 201],
  ['a service center receives nothing', [['service', 'receive', a1]], 403],
  ['at a location of somebody else', [['shop', 'receive', { location: 'b-1' }]], 403],
  ['a chain without locations anywhere', [['chain', 'receive', { location: 'b-1' }]], 201],
  ['an operator anywhere', [['operator', 'receive', { location: 'b-1' }]], 201],
  ['twice', [['shop', 'receive', a1], ['shop', 'receive', a1]], 409],
  ['on its way to the shop, by name', [['operator', 'ship', { location: 'x-9', to: 'Shop A' }], ['chain', 'receive', { location: 'x-9' }]], 201],
  ['on its way to the shop, by name, at another of its places', [['operator', 'ship', { location: 'x-9', to: 'Shop A' }], ['shop', 'receive', a1]], 201],
  ['on its way to another shop, by name', [['operator', 'ship', { location: 'x-9', to: 'Shop A' }], ['other', 'receive', { location: 'x-9' }]], 403],
  ['on its way to another shop, sold', [['operator', 'ship', { location: 'x-9', to: 'Shop A' }], ['other', 'sell']], 403],
  ['on its way to another shop, by an operator', [['operator', 'ship', { location: 'x-9', to: 'Shop A' }], ['operator', 'receive', { location: 'b-1' }]], 201],
  ['on its way to a place of the shop', [['operator', 'ship', a1], ['shop', 'receive', { location: 'a-2' }]], 201],
  ['on its way to a place that is not the shop\'s', [['operator', 'ship', { location: 'b-1' }], ['shop', 'receive', a1]], 403],
  ['on its way to nobody who is named', [['operator', 'ship', { location: 'x-9' }], ['chain', 'receive', { location: 'x-9' }]], 201],
  ['sent on from one shop to another', [['other', 'receive', { location: 'b-1' }], ['operator', 'ship', { location: 'x-9', to: 'Shop A' }], ['chain', 'receive', { location: 'x-9' }]], 201],
  ['in another shop\'s stock', [['other', 'receive', { location: 'b-1' }], ['chain', 'receive', { location: 'x-9' }]], 409],
  ['in another shop\'s stock, taken back by who received it', [['other', 'receive', { location: 'b-1' }], ['other', 'undo', { undoes: '2' }], ['chain', 'receive', { location: 'x-9' }]], 201],
  ['an ownership that nobody has', [['shop', 'receive', a1], ['shop', 'sell'], ['operator', 'end_ownership', why]], 409],
  ['an ownership is not for a shop to end', [['shop', 'sell'], ['shop', 'end_ownership', why]], 403],
  ['an ownership ends without a reason', [['shop', 'sell'], ['operator', 'end_ownership']], 400, '/reason'],
  ['without a location', [['shop', 'receive']], 400, '/location'],
  ['a field that it does not take', [['shop', 'receive', { ...a1, price: '1.00 EUR' }]], 400, '/price'],
  ['moved within the shop', [['shop', 'receive', a1], ['shop', 'move', { location: 'a-2' }]], 201],
  ['moved out of the shop', [['shop', 'receive', a1], ['shop', 'move', { location: 'b-1' }]], 403],
  ['moved from another shop', [['other', 'receive', { location: 'b-1' }], ['shop', 'move', a1]], 403],
  ['sold from another shop', [['other', 'receive', { location: 'b-1' }], ['shop', 'sell']], 403],
  ['shipped by a retailer', [['shop', 'ship', a1]], 403],
  ['sold', [['shop', 'sell', { on: '2026-11-01', price: '129.00 EUR' }]], 201],
  ['sold with an invoice', [['shop', 'sell', { document: 'https://erp.example.com/9' }]], 201],
  ['an invoice on a foreign host', [['shop', 'sell', { document: 'https://erp.example.org/9' }]], 400, '/document'],
  ['sold on no day', [['shop', 'sell', { on: '2026-02-30' }]], 400, '/on'],
  ['sold in the future', [['shop', 'sell', { on: '2999-01-01' }]], 400, '/on'],
  ['sold twice', [['shop', 'sell'], ['other', 'sell']], 409],
  ['returned to who sold it', [['shop', 'sell'], ['shop', 'return']], 201],
  ['returned to another', [['shop', 'sell'], ['other', 'return']], 403],
  ['returned before it was sold', [['shop', 'return']], 409],
  ['returned by an operator', [['shop', 'sell'], ['operator', 'return']], 403],
  ['restocked', [['shop', 'sell'], ['shop', 'return'], ['shop', 'restock', a1]], 201],
  ['restocked elsewhere', [['shop', 'sell'], ['shop', 'return'], ['shop', 'restock', { location: 'b-1' }]], 403],
  ['restocked by another', [['shop', 'sell'], ['shop', 'return'], ['other', 'restock']], 403],
  ['sold again after a restock', [['shop', 'sell'], ['shop', 'return'], ['shop', 'restock', a1], ['shop', 'sell']], 201],
  ['own stock is stolen', [['shop', 'receive', a1], ['shop', 'report_stolen', { reference: 'P-1' }]], 201],
  ['own stock of a chain', [['chain', 'receive', { location: 'x-9' }], ['chain', 'report_stolen']], 201],
  ['stock of another chain', [['other', 'receive', { location: 'x-9' }], ['chain', 'report_stolen']], 403],
  ['stock of another shop', [['other', 'receive', { location: 'b-1' }], ['shop', 'report_stolen']], 403],
  ['stock of another chain, moved first', [['other', 'receive', { location: 'x-9' }], ['chain', 'move', { location: 'x-8' }]], 403],
  ['stock of another chain, sold', [['other', 'receive', { location: 'x-9' }], ['chain', 'sell']], 403],
  ['stock of nobody, moved first', [['operator', 'receive', { location: 'z' }], ['chain', 'move', { location: 'x-8' }]], 403],
  ['stock that the brand put there, sold', [['operator', 'receive', { location: 'z' }], ['chain', 'sell']], 201],
  ['sent on by the brand, sold', [['other', 'receive', { location: 'x-9' }], ['operator', 'ship', { location: 'x-8' }], ['chain', 'sell']], 201],
  ['own stock of a chain, moved and sold', [['chain', 'receive', { location: 'x-9' }], ['chain', 'move', { location: 'x-8' }], ['chain', 'sell']], 201],
  ['stock of nobody', [['operator', 'receive', { location: 'z' }], ['chain', 'report_lost']], 403],
  ['where it was sold, while it lies at another\'s counter', [...back, ['stall', 'report_stolen']], 403],
  ['where it was sold, restocked by another who does not say where', [...back, ['shop', 'restock'], ['stall', 'report_stolen']], 403],
  ['restocked without saying where, by who did', [...back, ['shop', 'restock'], ['shop', 'report_stolen']], 201],
  ['restocked without saying where, moved by who did', [...back, ['shop', 'restock'], ['shop', 'move', a1]], 201],
  ['restocked without saying where, moved to where it was', [...back, ['shop', 'restock'], ['stall', 'move', { location: 'c-1' }]], 403],
  ['restocked without saying where, sold where it was', [...back, ['shop', 'restock'], ['stall', 'sell']], 403],
  ['restocked by the brand, which says not where: it is where it was', [['shop', 'receive', a1], ['shop', 'sell'], ['shop', 'return'], ['operator', 'restock'], ['shop', 'move', { location: 'a-2' }]], 201],
  ['restocked by the brand, which says not where, moved by who was brought it', [...back, ['operator', 'restock'], ['chain', 'move', { location: 'x-8' }]], 201],
  ['restocked by the brand, which says not where, stolen from where it was sold', [...back, ['operator', 'restock'], ['stall', 'report_stolen']], 403],
  ['restocked by the brand, which says where', [...back, ['operator', 'restock', { location: 'c-1' }], ['stall', 'report_stolen']], 201],
  ['restocked without saying where, which is undone', [...back, ['shop', 'restock'], ['shop', 'undo', { undoes: '5' }], ['stall', 'report_stolen']], 403],
  ['what was sold, by who sold it', [['shop', 'sell'], ['shop', 'report_stolen']], 409],
  ['by a stranger with a secret', [['shop', 'sell'], ['owner', 'report_stolen']], 403],
  ['by a service center', [['shop', 'sell'], ['service', 'report_stolen']], 403],
  ['by an operator', [['operator', 'report_stolen']], 201],
  ['recovered by who reported it', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['shop', 'recover']], 201],
  ['recovered by another till of it', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['chain', 'recover']], 201],
  ['recovered by another', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['other', 'recover']], 403],
  ['recovered, reported by the brand', [['shop', 'receive', a1], ['operator', 'report_stolen'], ['shop', 'recover']], 403],
  ['recovered, one of two its own', [['shop', 'receive', a1], ['shop', 'report_lost'], ['operator', 'report_stolen'], ['shop', 'recover']], 403],
  ['recovered by an operator', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['operator', 'recover']], 201],
  ['confirmed', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['operator', 'confirm']], 201],
  ['confirmed by who reported it', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['shop', 'confirm']], 403],
  ['dismissed', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['operator', 'dismiss']], 201],
  ['stolen goods are not sold', [['shop', 'receive', a1], ['shop', 'report_stolen'], ['shop', 'sell']], 409],
  ['held', [['service', 'hold', why]], 201],
  ['held without a reason', [['service', 'hold']], 400, '/reason'],
  ['held twice', [['service', 'hold', why], ['shop', 'hold', why]], 409],
  ['released by who held it', [['service', 'hold', why], ['service', 'release']], 201],
  ['released by another', [['service', 'hold', why], ['otherService', 'release']], 403],
  ['released after an earlier hold of its own', [['shop', 'hold', why], ['shop', 'release'], ['service', 'hold', why], ['shop', 'release']], 403],
  ['released by an operator', [['service', 'hold', why], ['operator', 'release']], 201],
  ['held goods are not sold', [['service', 'hold', why], ['shop', 'sell']], 409],
  ['repaired', [['shop', 'sell'], ['service', 'service', { fault: 'no light', covered: 'no', work: 'new lamp' }]], 201],
  ['repaired before it was sold', [['service', 'service', { fault: 'no light', covered: 'no' }]], 409],
  ['repaired by a retailer', [['shop', 'sell'], ['shop', 'service', { fault: 'no light', covered: 'no' }]], 403],
  ['retired', [['service', 'retire', why]], 201],
  ['retired by a retailer', [['shop', 'retire', why]], 403],
  ['sold after its end', [['service', 'retire', why], ['shop', 'sell']], 409],
  ['suspected by a retailer', [['shop', 'suspect', why]], 403],
  ['suspected and cleared', [['operator', 'suspect', why], ['operator', 'clear', why]], 201],
  ['undone', [['shop', 'sell'], ['shop', 'undo', { undoes: '2' }]], 201],
  ['undone by another', [['shop', 'sell'], ['other', 'undo', { undoes: '2' }]], 403],
  ['undone, not the last', [['shop', 'receive', a1], ['shop', 'sell'], ['shop', 'undo', { undoes: '2' }]], 409],
  ['undone twice', [['shop', 'sell'], ['shop', 'undo', { undoes: '2' }], ['shop', 'undo', { undoes: '3' }]], 409],
  ['the commission undone', [['operator', 'undo', { undoes: '1' }]], 400, '/undoes'],
  ['nothing undone', [['operator', 'undo', { undoes: '2' }]], 409],
  ['an auditor writes nothing', [['auditor', 'hold', why]], 403],
  ['an issuer writes no events', [['issuer', 'hold', why]], 403],
  ['what needs a secret is elsewhere', [['shop', 'sell'], ['shop', 'activate']], 400, '/type'],
  ['an offer is elsewhere', [['shop', 'sell'], ['owner', 'offer']], 400, '/type'],
  ['a replacement is elsewhere', [['shop', 'sell'], ['service', 'replace']], 400, '/type'],
  ['a commission is elsewhere', [['operator', 'commission']], 400, '/type'],
];

test('a life, row by row', async () => {
  for (const [label, steps, status, pointer] of life) {
    const serial = unit();
    for (const [who, type, fields] of steps.slice(0, -1)) await happen(who, serial, type, fields);
    const before = await get(serial);
    const [who, type, fields] = steps.at(-1);
    const answer = await staff.event(keys[who], row(type, serial, fields));
    assert.equal(answer.status, status, `${label}: ${answer.text}`);
    if (pointer) assert.equal(answer.json.errors[0].pointer, pointer, label);
    const now = await get(serial);
    if (status !== 201) {
      assert.deepEqual(now, before, `${label}: a refusal leaves no trace`);
      continue;
    }
    assert.equal(now.version, before.version + 1, label);
    assert.equal(answer.headers.get('etag'), `"${now.version}"`, label);
    const [last] = (await history(serial)).slice(-1);
    assert.deepEqual([last.type, last.number], [type, now.version], label);
  }
});

test('a refused report of theft is told to the operator, without the whole serial', async () => {
  const serial = unit();
  const before = gateway.stderr.length;
  assert.equal((await staff.event(keys.other, row('report_stolen', serial))).status, 409);
  await happen('shop', serial, 'receive', a1);
  assert.equal((await staff.event(keys.other, row('report_stolen', serial))).status, 403);
  const lines = gateway.stderr.slice(before).split('\n').filter(Boolean).map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'report_refused');
  assert.equal(lines.length, 2);
  assert.match(lines[1].text, new RegExp(`report_stolen of ${gtin}, serial \\.\\.\\.${serial.slice(-4)}, by retailer Shop B`));
  assert.ok(!gateway.stderr.includes(serial));
});

test('the second return holds the unit and tells both shops', async () => {
  const serial = unit();
  await happen('shop', serial, 'sell');
  await happen('shop', serial, 'return', { reference: 'RMA-1' });
  const dry = await staff.call(keys.other, 'POST', '/v1/events?dry_run=true', row('return', serial));
  assert.deepEqual([dry.status, dry.json.code], [409, 'second_return']);
  assert.deepEqual((await get(serial)).conditions, []);
  const headers = { 'idempotency-key': 'second' };
  const second = await staff.event(keys.other, row('return', serial), headers);
  assert.deepEqual([second.status, second.json.code], [409, 'second_return']);
  assert.match(second.json.detail, /Shop A/);
  assert.deepEqual(second.json.current.conditions, ['held']);
  for (const key of ['shop', 'other']) {
    const [last] = (await history(serial, keys[key])).slice(-1);
    assert.equal(last.type, 'hold');
    assert.match(last.fields.reason, /Shop B.*Shop A/);
  }
  const again = await staff.event(keys.other, row('return', serial), headers);
  assert.deepEqual([again.status, again.json.code, again.headers.get('etag')], [409, 'second_return', second.headers.get('etag')]);
  const third = await staff.event(keys.other, row('return', serial));
  assert.deepEqual([third.status, third.json.code], [409, 'second_return']);
  assert.equal((await get(serial)).version, 4, 'held once');
  for (const key of ['shop', 'other', 'chain'])
    assert.equal((await staff.event(keys[key], row('release', serial))).status, 403, key);
  await happen('operator', serial, 'release');
});

test('who acts is the credential, whatever the body says', async () => {
  const serial = unit();
  for (const more of [{ actor: 'Shop B' }, { role: 'operator' }, { at: '2020-01-01T00:00:00Z' }, { operation: '00' }])
    assert.equal((await staff.event(keys.shop, row('sell', serial, more))).status, 400);
  await happen('shop', serial, 'sell');
  const [, sold] = await history(serial);
  assert.deepEqual([sold.actor, sold.role], ['Shop A', 'retailer']);
});

test('a stated version is held to', async () => {
  const serial = unit();
  const headers = { 'if-match': '"1"' };
  assert.equal((await staff.event(keys.shop, row('receive', serial, a1), headers)).status, 201);
  const late = await staff.event(keys.operator, row('move', serial, a1), headers);
  assert.deepEqual([late.status, late.json.code, late.headers.get('etag'), late.json.current.version], [409, 'conflict', '"2"', 2]);
  assert.equal((await staff.event(keys.shop, row('sell', serial, { version: 1 }))).status, 409);
  assert.equal((await staff.event(keys.shop, row('sell', serial, { version: 2 }), headers)).status, 400);
  assert.equal((await staff.event(keys.shop, row('sell', serial, { version: 9 }))).status, 409);
  assert.equal((await staff.event(keys.shop, row('sell', serial, { version: 0 }))).status, 400);
  assert.equal((await staff.event(keys.shop, [row('sell', serial)], headers)).status, 400);
  assert.equal((await staff.event(keys.shop, row('sell', serial, { version: 2 }))).status, 201);
});

test('clients that race for one unit: exactly one wins, the others get the record', async () => {
  for (let round = 0; round < 12; round++) {
    const serial = unit();
    const stated = round % 2 === 0 ? { version: 1 } : {};
    const answers = await Promise.all(['shop', 'other', 'chain', 'operator', 'shop', 'other']
      .map((key) => staff.event(keys[key], row('sell', serial, stated))));
    const won = answers.filter(({ status }) => status === 201);
    assert.equal(won.length, 1, answers.map(({ text }) => text).join('\n'));
    for (const { status, json } of answers.filter((answer) => answer !== won[0])) {
      assert.equal(status, 409);
      assert.deepEqual([json.current.state, json.current.version], ['sold', 2]);
    }
    assert.equal((await history(serial)).length, 2);
  }
});

test('changes of one unit that go together all happen, whoever is first', async () => {
  const serial = unit();
  await happen('shop', serial, 'sell');
  const repairs = await Promise.all(Array.from({ length: 6 }, (_, i) =>
    staff.event(i % 2 ? keys.service : keys.otherService, row('service', serial, { fault: `fault ${i}`, covered: 'no' }))));
  const done = repairs.filter(({ status }) => status === 201).length;
  assert.equal(done, 6, repairs.map(({ text }) => text).join('\n'));
  assert.equal((await get(serial)).version, 8);
});

test('the same key with the same body answers the same, also later', async () => {
  const serial = unit();
  const headers = { 'idempotency-key': 'sell-1' };
  const first = await staff.event(keys.operator, row('sell', serial, { sales_order: 'SO-1' }), headers);
  assert.equal(first.status, 201);
  const again = await staff.event(keys.operator, row('sell', serial, { sales_order: 'SO-1' }), headers);
  assert.deepEqual([again.status, again.text], [201, first.text]);
  await happen('operator', serial, 'hold', why);
  const later = await staff.event(keys.operator, `{ "serial": "${serial}", "sales_order": "SO-1", "gtin": "${gtin}",
    "type": "sell" }`, { ...headers, 'content-type': 'application/json' });
  assert.deepEqual([later.status, later.text, later.headers.get('etag')], [201, first.text, '"2"']);
  assert.equal((await history(serial)).length, 3);
});

test('the same key for something else is refused, and keys are of their owner', async () => {
  const [one, two, three] = [unit(), unit(), unit()];
  const headers = { 'idempotency-key': 'key-7' };
  assert.equal((await staff.event(keys.shop, row('sell', one), headers)).status, 201);
  for (const other of [row('sell', two), row('sell', one, { on: '2026-11-01' }), row('return', one), row('sell', one, { version: 1 })]) {
    const answer = await staff.event(keys.shop, other, headers);
    assert.deepEqual([answer.status, answer.json.code], [422, 'idempotency_key_reused']);
  }
  assert.equal((await get(two)).version, 1);
  assert.equal((await staff.event(keys.other, row('sell', three), headers)).status, 201, 'another caller');
  for (const bad of ['x'.repeat(65), 'a b', '\u00e4'])
    assert.equal((await staff.event(keys.shop, row('return', one), { 'idempotency-key': bad })).status, 400, bad);
});

test('what was refused may be tried again with the same key', async () => {
  const serial = unit();
  const headers = { 'idempotency-key': 'try-again' };
  assert.equal((await staff.event(keys.shop, row('return', serial), headers)).status, 409);
  await happen('shop', serial, 'sell');
  assert.equal((await staff.event(keys.shop, row('return', serial), headers)).status, 201);
});

test('one key sent many times at once happens once', async () => {
  const serial = unit();
  await happen('shop', serial, 'sell');
  const repair = row('service', serial, { fault: 'noise', covered: 'no' });
  const answers = await Promise.all(Array.from({ length: 8 }, () =>
    staff.event(keys.service, repair, { 'idempotency-key': 'noise-1' })));
  for (const { status, json, text } of answers)
    assert.ok(status === 201 || (status === 409 && json.code === 'in_progress'), text);
  assert.ok(answers.some(({ status }) => status === 201));
  assert.equal((await history(serial)).length, 3);
});

test('many events: a result per row, and the good ones happen', async () => {
  const [one, two, three] = [unit(), unit(), unit()];
  const rows = [
    row('sell', one), row('sell', one), row('nothing', two), { ...row('sell', two), gtin: '09506000134353' },
    row('sell', 'NOT-THERE'), 7, row('sell', two, { on: 'today' }), row('sell', two), row('hold', three), row('sell', three, { version: 5 }),
  ];
  const statuses = [201, 409, 400, 400, 404, 400, 400, 201, 400, 409];
  const pointers = [undefined, undefined, '/2/type', '/3/gtin', undefined, undefined, '/6/on', undefined, '/8/reason', undefined];
  const answer = await staff.event(keys.shop, rows);
  assert.equal(answer.status, 200);
  const { results } = answer.json;
  assert.deepEqual(results.map(({ row: number }) => number), rows.map((_, i) => i));
  assert.deepEqual(results.map(({ status }) => status), statuses);
  assert.deepEqual(results.map(({ pointer }) => pointer), pointers);
  assert.deepEqual([answer.json.applied, answer.json.refused, answer.json.dry_run], [2, 8, false]);
  assert.deepEqual([results[0].version, results[1].version, results[7].version], [2, 2, 2]);
  for (const { status, detail } of results) assert.equal(status >= 400, Boolean(detail));
});

test('the same batch again answers the same, row by row', async () => {
  const rows = Array.from({ length: 5 }, () => row('sell', unit()));
  const headers = { 'idempotency-key': 'batch-1' };
  const first = await staff.event(keys.shop, rows, headers);
  assert.equal(first.json.applied, 5);
  assert.equal((await staff.event(keys.shop, rows, headers)).text, first.text);
  const changed = await staff.event(keys.shop, rows.map((one, i) => (i === 2 ? row('sell', unit()) : one)), headers);
  assert.deepEqual(changed.json.results.map(({ status }) => status), [201, 201, 422, 201, 201]);
});

test('lines: each stands for itself, also one that is no JSON', async () => {
  const [one, two] = [unit(), unit()];
  const lines = [JSON.stringify(row('sell', one)), '{"type":', '', JSON.stringify(row('sell', two, { on: 'x' })), `${JSON.stringify(row('sell', two))}\r`];
  const answer = await staff.call(keys.shop, 'POST', '/v1/events', `${lines.join('\n')}\n`, { 'content-type': 'application/x-ndjson' });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json.results.map(({ status }) => status), [201, 400, 400, 400, 201]);
  assert.equal(answer.json.results[3].pointer, '/on');
});

test('a dry run says what would happen and changes nothing', async () => {
  const [one, two] = [unit(), unit()];
  const ask = (body, query = 'dry_run=true') => staff.call(keys.shop, 'POST', `/v1/events?${query}`, body);
  const single = await ask(row('sell', one));
  assert.deepEqual([single.status, single.json.code, single.json.unit.state], [200, 'would_apply', 'sold']);
  const many = await ask([row('sell', one), row('return', one), row('sell', two)]);
  assert.deepEqual(many.json.results.map(({ status }) => status), [200, 409, 200]);
  for (const serial of [one, two]) assert.equal((await get(serial)).version, 1);
  for (const query of ['dryrun=true', 'dry_run=yes', 'dry_run=', 'dry_run=true&dry_run=true', 'x=1'])
    assert.equal((await ask(row('sell', one), query)).status, 400, query);
  assert.equal((await get(one)).version, 1);
  assert.equal((await ask(row('sell', one), 'dry_run=false')).status, 201);
});

test('bodies that are no events are refused whole', async () => {
  const rows = [
    ['', 400], ['{', 400], ['[', 400], ['null', 400], ['"sell"', 400], ['[{}', 400], ['{"type":"sell","type":"sell"}', 400],
    [`[${'{},'.repeat(10000)}{}]`, 413], [`"${'x'.repeat(1024 * 1024)}"`, 400],
  ];
  for (const [body, status] of rows) {
    const answer = await staff.event(keys.shop, body, { 'content-type': 'application/json' });
    assert.equal(answer.status, status, body.slice(0, 60));
  }
  assert.equal((await staff.event(keys.shop, '{}', { 'content-type': 'text/csv' })).status, 415);
  assert.equal((await staff.event(keys.owner, 'x'.repeat(9000), { 'content-type': 'application/json' })).status, 413);
  const most = await staff.event(keys.shop, `[${'{},'.repeat(9999)}{}]`, { 'content-type': 'application/json' });
  assert.deepEqual([most.status, most.json.refused], [200, 10000]);
  const line = `${JSON.stringify(row('sell', 'NOBODY', { sales_order: 'SO-1', document: `https://erp.example.com/${'9'.repeat(180)}` }))}\n`;
  const full = await staff.call(keys.shop, 'POST', '/v1/events?dry_run=true', line.repeat(10000), { 'content-type': 'application/x-ndjson' });
  assert.deepEqual([full.status, full.json.results.length], [200, 10000]);
  const over = await staff.call(keys.shop, 'POST', '/v1/events?dry_run=true', line.repeat(10001), { 'content-type': 'application/x-ndjson' });
  assert.equal(over.status, 413);
});

test('each role sees its part of a unit and its history', async () => {
  const serial = unit();
  await happen('operator', serial, 'receive', { location: 'a-1', purchase_order: 'PO-9' });
  await happen('shop', serial, 'sell', { sales_order: 'SO-9', document: 'https://erp.example.com/9', price: '129.00 EUR' });
  await happen('service', serial, 'service', { fault: 'secret fault', covered: 'no' });
  const sees = async (key) => JSON.stringify([await get(serial, keys[key]), await history(serial, keys[key])]);
  const rows = [
    ['operator', ['a-1', 'PO-9', 'SO-9', '129.00', 'Shop A', 'secret fault', 'operation']],
    ['auditor', ['a-1', 'PO-9', 'SO-9', '129.00', 'Shop A', 'secret fault', 'operation']],
    ['shop', ['"sold_here":true', 'Shop A']],
    ['other', ['"sold_here":false']],
    ['service', ['secret fault', '"sold_on"']],
    ['issuer', []],
  ];
  const all = [...new Set(rows.flatMap(([, words]) => words))].filter((word) => !word.startsWith('"'));
  for (const [key, words] of rows) {
    const text = await sees(key);
    for (const word of words) assert.ok(text.includes(word), `${key} sees ${word}: ${text}`);
    for (const word of all.filter((one) => !words.includes(one))) assert.ok(!text.includes(word), `${key} does not see ${word}: ${text}`);
  }
});

test('a long history is read page by page', async () => {
  const serial = unit();
  const rows = Array.from({ length: 240 }, (_, i) => row(i % 2 ? 'release' : 'hold', serial, i % 2 ? {} : why));
  assert.equal((await staff.event(keys.service, rows)).json.applied, 240);
  const numbers = [];
  let cursor = '';
  do {
    const { json } = await staff.call(keys.auditor, 'GET', `/v1/units/${gtin}/${serial}/events${cursor && `?cursor=${cursor}`}`);
    numbers.push(...json.events.map(({ number }) => number));
    cursor = json.next;
  } while (cursor);
  assert.deepEqual(numbers, Array.from({ length: 241 }, (_, i) => i + 1));
  for (const bad of ['?cursor=x', '?cursor=0', '?cursor=-1', '?after=1', '?cursor='])
    assert.equal((await staff.call(keys.auditor, 'GET', `/v1/units/${gtin}/${serial}/events${bad}`)).status, 400, bad);
});
