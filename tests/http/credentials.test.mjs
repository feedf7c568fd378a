// SPDX-License-Identifier: Apache-2.0
// Credentials from the first one, made on the command line, to a revoked one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, assay } from '../e2e/gateway.mjs';
import { Staff, checkIsRight } from './staff.mjs';
import { World, must } from './world.mjs';

let world;
let gateway;
let staff;
const path = '/v1/credentials';
const till = { role: 'retailer', name: 'till 3', organisation: 'Tool Shop', locations: ['shop-7'] };

before(async () => {
  world = new World();
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const admin = (method, at, body, headers) => staff.call(staff.admin, method, at, body, headers);
const pause = (ms) => new Promise((later) => setTimeout(later, ms));
const works = async (key) => (await staff.call(key, 'GET', '/v1/keys')).status === 200;

test('a key is shown once, has its check characters, and works at once', async () => {
  const made = await admin('POST', path, till);
  assert.equal(made.status, 201);
  const { credential, key } = made.json;
  assert.match(key, /^assay_[0-9A-HJKMNP-TV-Z]{8}_[0-9A-HJKMNP-TV-Z]{30}$/);
  assert.ok(checkIsRight(key));
  assert.equal(key.slice(6, 14), credential.id);
  assert.equal(made.headers.get('location'), `${path}/${credential.id}`);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  assert.deepEqual([credential.role, credential.organisation, credential.locations, credential.state],
    ['retailer', 'Tool Shop', ['shop-7'], 'live']);
  assert.ok(await works(key));
  for (const at of [path, `${path}/${credential.id}`]) {
    const seen = await admin('GET', at);
    assert.equal(seen.status, 200);
    assert.ok(!seen.text.includes(key.slice(15)), 'the key is not shown again');
    assert.doesNotMatch(seen.text, /seal|secret/);
  }
});

test('the day of last use is kept, and using it writes once', async () => {
  const { json: { credential, key } } = await admin('POST', path, till);
  assert.equal(credential.used_on, undefined);
  for (let i = 0; i < 3; i++) assert.ok(await works(key));
  const seen = await admin('GET', `${path}/${credential.id}`);
  assert.equal(seen.json.used_on, new Date().toISOString().slice(0, 10));
  assert.equal(seen.json.version, 2);
  assert.match(seen.headers.get('etag'), /^"2-[0-9a-f]{32}"$/);
});

test('two keys are live after a rotation; the third ends the first', async () => {
  const { json: { credential, key: first } } = await admin('POST', path, till);
  const at = `${path}/${credential.id}/rotate`;
  const { status, json: { key: second, credential: rotated } } = await admin('POST', at, {});
  assert.equal(status, 201);
  assert.equal(rotated.keys.length, 2);
  const ends = rotated.keys.map(({ expires_at: end }) => end).filter(Boolean);
  assert.equal(ends.length, 1);
  assert.equal(Math.round((Date.parse(ends[0]) - Date.now()) / 86400000), 7);
  assert.ok(await works(first) && await works(second));
  const { json: { key: third } } = await admin('POST', at, { grace_seconds: 1000 });
  assert.deepEqual([await works(first), await works(second), await works(third)], [false, true, true]);
});

test('without a grace the old key ends at once, with one when it is over', async () => {
  const { json: { credential, key: first } } = await admin('POST', path, till);
  const at = `${path}/${credential.id}/rotate`;
  const { json: { key: second } } = await admin('POST', at, { grace_seconds: 0 });
  assert.deepEqual([await works(first), await works(second)], [false, true]);
  const { json: { key: third } } = await admin('POST', at, { grace_seconds: 2 });
  assert.deepEqual([await works(second), await works(third)], [true, true]);
  await pause(2100);
  assert.deepEqual([await works(second), await works(third)], [false, true]);
});

test('a revoked credential is refused from the next request on, for good', async () => {
  const { json: { credential, key } } = await admin('POST', path, till);
  const at = `${path}/${credential.id}`;
  assert.ok(await works(key));
  const revoked = await admin('DELETE', at);
  assert.equal(revoked.status, 200);
  assert.equal(revoked.json.state, 'revoked');
  assert.equal(await works(key), false);
  assert.equal((await admin('DELETE', at)).json.version, revoked.json.version, 'revoking twice changes nothing');
  assert.equal((await admin('POST', `${at}/rotate`, {})).status, 409);
  assert.equal(await works(key), false);
});

test('an expired credential is refused', async () => {
  const expires = new Date(Date.now() + 2000).toISOString().replace(/\.\d+/, '');
  const { json: { credential, key } } = await admin('POST', path, { ...till, expires_at: expires });
  assert.ok(await works(key));
  await pause(Math.max(0, Date.parse(expires) - Date.now()) + 100);
  assert.equal(await works(key), false);
  assert.equal((await admin('GET', `${path}/${credential.id}`)).json.state, 'expired');
  assert.equal((await admin('POST', `${path}/${credential.id}/rotate`, {})).status, 409);
});

test('a repeated request does not make a second credential, nor a second key', async () => {
  const headers = { 'idempotency-key': 'make-till-3' };
  const count = async () => (await admin('GET', path)).json.credentials.length;
  const made = await admin('POST', path, till, headers);
  const before = await count();
  const again = await admin('POST', path, till, headers);
  assert.deepEqual([made.status, again.status, again.json.code], [201, 409, 'already_done']);
  assert.equal((await admin('POST', path, { ...till, name: 'till 4' }, headers)).status, 422);
  assert.equal(await count(), before);
});

test('a change states the version that it saw', async () => {
  const { json: { credential } } = await admin('POST', path, till);
  const at = `${path}/${credential.id}`;
  const rows = [['"9"', 409], ['W/"1"', 400], ['1', 400], ['""', 400], ['"0"', 400], ['*', 400], ['"1"', 200]];
  for (const [tag, status] of rows)
    assert.equal((await admin('DELETE', at, undefined, { 'if-match': tag })).status, status, tag);
});

const bad = [
  ['no role', { name: 'a', organisation: 'b' }, '/role'],
  ['public', { ...till, role: 'public' }, '/role'],
  ['owner', { ...till, role: 'owner' }, '/role'],
  ['two roles', { ...till, role: 'admin operator' }, '/role'],
  ['no name', { ...till, name: '' }, '/name'],
  ['long name', { ...till, name: 'x'.repeat(65) }, '/name'],
  ['control character', { ...till, organisation: 'a\u0007b' }, '/organisation'],
  ['blank at the end', { ...till, organisation: 'Tool Shop ' }, '/organisation'],
  ['location twice', { ...till, locations: ['a', 'a'] }, '/locations/1'],
  ['location that is none', { ...till, locations: [7] }, '/locations/0'],
  ['empty location', { ...till, locations: [''] }, '/locations/0'],
  ['too many locations', { ...till, locations: Array.from({ length: 17 }, (_, i) => `l${i}`) }, '/locations'],
  ['over before it begins', { ...till, expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
  ['a day', { ...till, expires_at: '2030-01-01' }, '/expires_at'],
  ['unknown member', { ...till, secret: 'mine' }, '/secret'],
  ['id of my own', { ...till, id: '00000000' }, '/id'],
];

test('what is wrong with a request is said by place', async () => {
  const before = (await admin('GET', path)).json.credentials.length;
  for (const [label, body, pointer] of bad) {
    const answer = await admin('POST', path, body);
    assert.equal(answer.status, 400, label);
    assert.equal(answer.json.errors?.[0].pointer, pointer, `${label}: ${answer.text}`);
  }
  assert.equal((await admin('GET', path)).json.credentials.length, before);
  for (const body of ['', '{', '[]', '{"grace_seconds": -1}', '{"grace_seconds": 7776001}', '{"grace": 1}'])
    assert.equal((await admin('POST', `${path}/00000000/rotate`, body, { 'content-type': 'application/json' })).status, 400, body);
  for (const id of ['00000000', '0', 'x'.repeat(300), '%00'])
    for (const method of ['GET', 'DELETE'])
      assert.equal((await admin(method, `${path}/${id}`)).status, 404, `${method} ${id}`);
});

test('lists page, and every credential is there once', async () => {
  for (let i = 0; i < 105; i++) await staff.key('auditor', { name: `auditor ${i}` });
  const seen = [];
  let at = path;
  for (let pages = 0; at; pages++) {
    assert.ok(pages < 5);
    const { json } = await admin('GET', at);
    seen.push(...json.credentials.map(({ id }) => id));
    at = json.next && `${path}?cursor=${json.next}`;
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(JSON.parse(must('credential', 'list', '--json', '--data', world.data)).credentials.length, seen.length);
  assert.equal((await admin('GET', `${path}?cursor=%21`)).status, 400);
  assert.equal((await admin('GET', `${path}?limit=1`)).status, 400);
});

test('the command line changes what a running gateway lets in', async () => {
  const key = must('credential', 'new', '--role', 'operator', '--data', world.data).trim();
  const id = key.slice(6, 14);
  assert.ok(await works(key));
  const next = must('credential', 'rotate', id, '--grace', '0', '--data', world.data).trim();
  assert.deepEqual([await works(key), await works(next)], [false, true]);
  must('credential', 'revoke', id, '--data', world.data);
  assert.equal(await works(next), false);
  const rows = [
    [['new', '--role', 'retailer'], 2, /--organisation/],
    [['new', '--role', 'public'], 2, /--role/],
    [['new'], 2, /--role/],
    [['revoke', '00000000'], 3, /no credential/],
    [['rotate', id], 5, /revoked/],
    [['rotate', id, '--grace', '-1'], 2, /--grace/],
    [['new', '--role', 'issuer', '--location', 'a,,b'], 2, /--location/],
    [['new', '--role', 'issuer', '--expires-at', 'soon'], 2, /--expires-at/],
  ];
  for (const [args, code, words] of rows) {
    const done = assay('credential', ...args, '--data', world.data);
    assert.equal(done.code, code, args.join(' '));
    assert.match(done.stderr, words);
  }
});
