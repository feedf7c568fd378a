// SPDX-License-Identifier: Apache-2.0
// If-None-Match over real connections: what a client has is not sent again, and what changed is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, assay } from '../e2e/gateway.mjs';
import { Staff } from './staff.mjs';
import { answers, exchange } from './wire.mjs';
import { World, gtin } from './world.mjs';

const lot = 'L1';
let world;
let gateway;
let staff;
let serial;
let other;
const keys = {};

before(async () => {
  world = new World();
  [serial, other] = world.paths.map((path) => /\/21\/([^?]+)/.exec(path)[1]);
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of ['operator', 'retailer', 'service']) keys[role] = await staff.key(role);
  keys.admin = staff.admin;
  await made('operator', 'PUT', `/v1/lots/${gtin}/${lot}`, { gtin, lot, made_on: '2026-01-12' });
  await made('operator', 'POST', '/v1/recalls', { id: 'R-1', gtin, lot, stop_use: false, text: 'Wait.' });
  await made('retailer', 'POST', '/v1/events', { type: 'sell', gtin, serial: other });
  keys.owner = (await made('service', 'POST', '/v1/activations', { gtin, serial: other })).owner_secret;
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function made(role, method, path, body) {
  const answer = await staff.call(keys[role], method, path, body);
  assert.ok(answer.status === 200 || answer.status === 201, `${method} ${path}: ${answer.text}`);
  return answer.json;
}

const places = [
  ['operator', () => `/v1/units/${gtin}/${serial}`],
  ['retailer', () => `/v1/units/${gtin}/${other}`],
  ['owner', () => `/v1/units/${gtin}/${other}/owner`],
  ['operator', () => `/v1/products/${gtin}`],
  ['operator', () => `/v1/lots/${gtin}/${lot}`],
  ['operator', () => '/v1/recalls/R-1'],
  ['admin', () => `/v1/credentials/${staff.admin.slice(6, 14)}`],
  ['public', () => '/v1/keys'],
  ['public', () => '/.well-known/jwks.json'],
  ['public', () => '/openapi.json'],
];
const ask = (role, path, tag, method = 'GET') =>
  staff.call(keys[role], method, path, undefined, tag === undefined ? {} : { 'if-none-match': tag });

test('whatever has an ETag is not sent to who has it', async () => {
  for (const [role, place] of places) {
    const first = await ask(role, place());
    const tag = first.headers.get('etag');
    assert.equal(first.status, 200, `${place()}: ${first.text}`);
    assert.match(tag, /^"[0-9a-f-]+"$/, place());
    for (const method of ['GET', 'HEAD'])
      for (const given of [tag, `W/${tag}`, `"x,y", ${tag}`, '*']) {
        const again = await ask(role, place(), given, method);
        assert.deepEqual([again.status, again.text], [304, ''], `${method} ${place()} ${given}`);
        for (const name of ['etag', 'cache-control'])
          assert.equal(again.headers.get(name), first.headers.get(name), place());
        assert.equal(again.headers.get('content-type'), null);
      }
    for (const given of ['"other"', 'other', `${tag}x`, `*, ${tag}`, tag.slice(1, -1)]) {
      const whole = await ask(role, place(), given);
      assert.deepEqual([whole.status, whole.text], [200, first.text], `${place()} ${given}`);
    }
  }
});

test('a change is sent', async () => {
  const before_ = await ask('operator', `/v1/units/${gtin}/${serial}`);
  await made('operator', 'POST', '/v1/events', { type: 'hold', gtin, serial, reason: 'a question' });
  const after_ = await ask('operator', `/v1/units/${gtin}/${serial}`, before_.headers.get('etag'));
  assert.deepEqual([after_.status, after_.headers.get('etag'), after_.json.version], [200, '"2"', 2]);
});

test('an owner hears of a recall although the record of the unit is as it was', async () => {
  const place = `/v1/units/${gtin}/${other}/owner`;
  const tag = (await ask('owner', place)).headers.get('etag');
  await made('operator', 'POST', '/v1/recalls', { id: 'R-2', gtin, stop_use: true, text: 'Stop.' });
  const now = await ask('owner', place, tag);
  assert.equal(now.status, 200);
  assert.equal(now.json.recalls[0].id, 'R-2');
  assert.notEqual(now.headers.get('etag'), tag);
});

test('the version in an ETag with a hash is good for If-Match', async () => {
  const place = `/v1/units/${gtin}/${other}/owner`;
  const tag = (await ask('owner', place)).headers.get('etag');
  const report = (ifMatch) => staff.call(keys.owner, 'POST', '/v1/events', { type: 'report_lost', gtin, serial: other },
    { 'if-match': ifMatch });
  assert.match(tag, /^"3-[0-9a-f]{32}"$/);
  assert.equal((await report('"2-0"')).status, 409);
  for (const broken of ['"-3"', '"x-3"', '3-0', '""', '"3'])
    assert.equal((await report(broken)).status, 400, broken);
  assert.equal((await report(tag)).status, 201);
  const unit = await ask('retailer', `/v1/units/${gtin}/${other}`);
  assert.deepEqual(unit.json.provisional, ['lost']);
  assert.match(unit.headers.get('etag'), /^"4-[0-9a-f]{32}"$/);
});

test('a refusal stays one', async () => {
  assert.equal((await ask('operator', `/v1/units/${gtin}/NOBODY`, '*')).status, 404);
  assert.equal((await ask('public', `/v1/units/${gtin}/${serial}`, '*')).status, 401);
  const written = await staff.call(keys.operator, 'POST', '/v1/events',
    { type: 'release', gtin, serial }, { 'if-none-match': '*' });
  assert.equal(written.status, 201);
});

test('the connection goes on after a 304', async () => {
  const request = (more) => `GET /v1/keys HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  const { bytes } = await exchange(gateway.port, [request('If-None-Match: *\r\n'), 200, request('')]);
  const text = bytes.toString();
  const end = text.indexOf('\r\n\r\n') + 4;
  assert.match(text.slice(0, end), /^HTTP\/1\.1 304 Not Modified\r\n/);
  assert.doesNotMatch(text.slice(0, end), /^Content-(Length|Type)/m);
  assert.equal(answers(bytes.subarray(end))[0].status, 200);
});

test('a revoked key changes the ETag of the keyset', async () => {
  const tag = (await ask('public', '/v1/keys')).headers.get('etag');
  assert.equal(assay('keys', 'retire', 'plant-a', '--data', world.data).code, 0);
  let answer;
  for (let i = 0; i < 50 && answer?.status !== 200; i++) {
    if (answer) await new Promise((done) => { setTimeout(done, 100); });
    answer = await ask('public', '/v1/keys', tag);
  }
  assert.equal(answer.status, 200);
  assert.notEqual(answer.headers.get('etag'), tag);
});
