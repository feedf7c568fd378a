// SPDX-License-Identifier: Apache-2.0
// What staff see of a code, one or ten thousand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { Staff, ownerSecret, staffRoles } from './staff.mjs';
import { World, gtin } from './world.mjs';

let gateway;
let staff;
let labels;
let serial;
const keys = { public: '', owner: ownerSecret() };

before(async () => {
  const world = new World();
  labels = world.issue('plant-a', 'more', 50).map((path) => `https://id.example.com${path}`);
  [, serial] = /\/21\/([^?]+)/.exec(labels[0]);
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  const event = (key, type, more) => staff.event(keys[key], { type, gtin, serial, ...more });
  for (const [key, type, more] of [
    ['operator', 'receive', { location: 'hall-4', purchase_order: 'PO-77' }],
    ['retailer', 'sell', { on: '2026-11-02', sales_order: 'SO-88' }],
    ['service', 'service', { fault: 'rattles', covered: 'no' }],
  ])
    assert.equal((await event(key, type, more)).status, 201);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const verify = (role, body) => staff.call(keys[role], 'POST', '/v1/verify', body);

test('each role sees its part of a genuine label', async () => {
  const words = ['hall-4', 'PO-77', 'SO-88', 'retailer house', 'rattles', '"sold_here":true', '"state":"sold"', '"months"'];
  const sees = {
    public: [], owner: [], issuer: ['"state":"sold"'], admin: ['"state":"sold"'],
    service: ['"state":"sold"', 'rattles', '"months"'],
    retailer: ['"state":"sold"', '"sold_here":true'],
    operator: ['hall-4', 'PO-77', 'SO-88', 'retailer house', 'rattles', '"state":"sold"', '"months"'],
    auditor: ['hall-4', 'PO-77', 'SO-88', 'retailer house', 'rattles', '"state":"sold"', '"months"'],
  };
  for (const [role, expected] of Object.entries(sees)) {
    const { status, text, json } = await verify(role, { code: labels[0] });
    assert.equal(status, 200, role);
    assert.equal(json.verdict, 'ok', role);
    assert.equal(json.warranty.covered, true, role);
    assert.deepEqual(words.filter((word) => text.includes(word)), words.filter((word) => expected.includes(word)), `${role}: ${text}`);
  }
});

test('a forged label shows staff the unit, and the public nothing', async () => {
  const forged = labels[0].replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
  const told = await verify('retailer', { code: forged });
  assert.deepEqual([told.json.verdict, told.json.record?.serial], ['bad', serial]);
  const open = await verify('public', { code: forged });
  assert.deepEqual([open.json.verdict, open.json.record, open.json.product], ['bad', undefined, undefined]);
});

test('a serial without its signature is a caution for staff, who see the unit', async () => {
  const code = `(01)${gtin}(21)${serial}`;
  const told = await verify('service', { code });
  assert.deepEqual([told.json.verdict, told.json.reasons[0].code, told.json.record.serial], ['caution', 'no_signature', serial]);
  for (const role of ['public', 'owner']) {
    const { json } = await verify(role, { code });
    assert.deepEqual([json.verdict, json.reasons[0].code, json.record], ['unchecked', 'signature_needed', undefined]);
  }
});

test('many codes: a row each, in order, the same as one by one', async () => {
  const codes = [...labels, 'no code at all!', labels[1].replace('S=A', 'S=B'), '', labels[2]];
  const { status, json } = await verify('retailer', { codes });
  assert.equal(status, 200);
  assert.equal(json.results.length, codes.length);
  for (const at of [0, 1, 2, 49, 50, 51, 52, 53]) {
    const one = await verify('retailer', { code: codes[at] });
    const row = json.results[at];
    if (one.status === 404) {
      assert.deepEqual([row.status, row.code, row.detail], [404, 'not_a_code', one.json.detail]);
      continue;
    }
    assert.deepEqual({ ...row, checked_at: 0 }, { ...one.json, checked_at: 0 });
  }
});

test('ten thousand at once, and not one more', async () => {
  const codes = Array.from({ length: 10000 }, (_, i) => labels[i % 50]);
  const { status, json } = await verify('operator', { codes });
  assert.equal(status, 200);
  assert.equal(json.results.length, 10000);
  assert.ok(json.results.every(({ verdict, code }, i) => verdict === 'ok' && labels[i % 50].includes(code.serial)));
  assert.equal((await verify('operator', { codes: [...codes, 'x'] })).status, 413);
});

test('many codes are for staff, and have to be strings', async () => {
  for (const role of ['public', 'owner']) {
    const refused = await verify(role, { codes: [labels[0]] });
    assert.deepEqual([refused.status, refused.json.code], [403, 'denied'], role);
  }
  const rows = [
    [{ codes: [labels[0], 7] }, '/codes/1'], [{ codes: labels[0] }, '/codes'], [{ codes: [], code: 'x' }, '/code'],
    [{ codes: [null] }, undefined], [{}, '/code'],
  ];
  for (const [body, pointer] of rows) {
    const answer = await verify('service', body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    if (pointer) assert.equal(answer.json.errors[0].pointer, pointer);
  }
  assert.deepEqual((await verify('service', { codes: [] })).json.results, []);
});
