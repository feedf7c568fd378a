// SPDX-License-Identifier: Apache-2.0
// Manifests as streams over real sockets: slow, broken off, too large, chunked, and lying about their length.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { Staff } from './staff.mjs';
import { answers, exchange } from './wire.mjs';
import { gtin, must, World } from './world.mjs';

const timeout = 500;
const units = 600; // some 130 KB: more than a block of the spool
let world;
let gateway;
let staff;
let keys;

before(async () => {
  world = new World();
  gateway = await Gateway.start(world.data, undefined, ['--request-timeout-ms', String(timeout), '--workers', '8']);
  staff = new Staff(gateway, world.data);
  keys = { issuer: await staff.key('issuer'), retailer: await staff.key('retailer', { locations: ['BERLIN-1'] }) };
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

let runs = 0;
function issue(count = units) {
  const out = join(world.directory, `stream-${++runs}`);
  must('issue', '--gtin', gtin, '--count', String(count), '--key', 'plant-a', '--passphrase-file', world.passphrase,
    '--base-url', 'http://localhost:8080', '-o', out, '--data', world.data);
  return readFileSync(`${out}.manifest.csv`);
}

const head = (length, { key = keys.issuer, query = '', more = '' } = {}) =>
  `POST /v1/manifests${query} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: text/csv\r\n${length === undefined ? '' : `Content-Length: ${length}\r\n`}${more}\r\n`;

async function send(parts, options = {}) {
  const { bytes, closed, ms } = await exchange(gateway.port, parts, { idle: 20_000, ...options });
  const [first, ...rest] = answers(bytes.subarray(/^HTTP\/1\.1 100 /.test(bytes) ? bytes.indexOf('\r\n\r\n') + 4 : 0));
  const json = /json/.test(first.headers.get('content-type')) ? JSON.parse(first.body) : undefined;
  return { ...first, json, rest, closed, ms };
}

const closing = (manifest, options = {}) => head(manifest.length, { ...options, more: `${options.more ?? ''}Connection: close\r\n` });
const upload = (manifest, options) => send([closing(manifest, options), manifest]);

// Nothing of the run is registered, or all of it.
async function registered(manifest) {
  const { status, json, body } = await upload(manifest, { query: '?dry_run=true' });
  assert.equal(status, 200, body);
  assert.equal(json.summary.already + json.summary.registered, json.summary.rows);
  return json.summary.already;
}

function noFileIsLeft() {
  assert.deepEqual(readdirSync(world.data).filter((name) => name.startsWith('.spool')), []);
}

test('a manifest in any pieces is registered once', async () => {
  const manifest = issue();
  assert.ok(manifest.length > 65_536, `${manifest.length} bytes`);
  const cut = (...at) => at.map((from, i) => manifest.subarray(from, at[i + 1]));
  const first = await send([closing(manifest), ...cut(0, 1, 65_535, 65_536, 65_537, manifest.length - 1).flatMap((part) => [part, 5])]);
  assert.equal(first.status, 200, first.body);
  assert.deepEqual(first.json.summary, { rows: units, registered: units, already: 0, refused: 0, vouched: true, dry_run: false });
  const again = await upload(manifest);
  assert.deepEqual(again.json.summary, { rows: units, registered: 0, already: units, refused: 0, vouched: true, dry_run: false });
  noFileIsLeft();
});

test('the connection serves the next request when the body was read to its end', async () => {
  const manifest = issue(3);
  const next = 'GET /v1/keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const { status, rest } = await send([head(manifest.length), manifest, next]);
  assert.equal(status, 200);
  assert.deepEqual(rest.map((answer) => answer.status), [200]);
});

test('a client may wait for word before it sends', async () => {
  const manifest = issue(3);
  const { status, json } = await send([closing(manifest, { more: 'Expect: 100-continue\r\n' }), 50, manifest]);
  assert.equal(status, 200);
  assert.equal(json.summary.registered, 3);
});

test('what is refused before it is read closes the connection', async () => {
  const manifest = issue(3);
  const rows = [
    ['too large', head(1024 ** 3 + 1), 413, 'too_large'],
    ['much too large', head('9'.repeat(18)), 413, 'too_large'],
    ['no length', head(undefined, { more: 'Connection: close\r\n' }), 400, 'invalid'],
    ['chunked', head(undefined, { more: 'Transfer-Encoding: chunked\r\n' }), 411, 'length_required'],
    ['chunked and a length', head(manifest.length, { more: 'Transfer-Encoding: chunked\r\n' }), 400, 'bad_request'],
    ['two lengths', head(manifest.length, { more: `Content-Length: ${manifest.length}\r\n` }), 400, 'bad_request'],
    ['not who may', head(manifest.length, { key: keys.retailer }), 403, 'denied'],
    ['nobody', head(manifest.length, { key: 'x' }), 401, 'unauthorized'],
    ['another type', head(manifest.length).replace('text/csv', 'application/json'), 415, 'unsupported_media_type'],
    ['an unknown parameter', head(manifest.length, { query: '?rows=some' }), 400, 'invalid'],
  ];
  for (const [label, text, status, code] of rows) {
    const got = await send([text]);
    assert.equal(got.status, status, `${label}: ${got.body}`);
    assert.equal(got.json.code, code, label);
    assert.ok(got.closed, `${label}: still open`);
    assert.equal(got.rest.length, 0, label);
  }
  assert.equal(await registered(manifest), 0);
});

test('a length that lies registers nothing', async () => {
  const manifest = issue();
  const rows = [
    ['more than there is', manifest.length + 1, 408, 'request_timeout'],
    ['without the last line', manifest.lastIndexOf('\n#manifest') + 1, 200],
    ['without the last byte', manifest.length - 1, 400, 'invalid'],
    ['in the middle of a row', 70_000, 200],
    ['in the middle of the header', 20, 400, 'invalid'],
    ['nothing', 0, 400, 'invalid'],
  ];
  for (const [label, length, status, code] of rows) {
    const got = await send([head(length, { query: status === 200 ? '?dry_run=true' : '' }), manifest], { half: true });
    assert.equal(got.status, status, `${label}: ${got.body}`);
    if (code) assert.equal(got.json.code, code, label);
    else assert.equal(got.json.summary.vouched, false, label); // each label by itself
    assert.ok(got.closed, `${label}: still open`);
    for (const more of got.rest) assert.equal(more.status, 400, `${label}: what follows is no request`);
  }
  assert.equal(await registered(manifest), 0);
});

test('a drip is cut off, and its worker is free again', async () => {
  const manifest = issue();
  const drip = [];
  for (let i = 0; i < 4000; i++) drip.push(manifest.subarray(i, i + 1), 20);
  const got = await send([head(manifest.length), ...drip]);
  assert.equal(got.status, 408, got.body);
  assert.ok(got.closed);
  assert.equal((await upload(manifest)).json.summary.registered, units);
  noFileIsLeft();
});

// Sends a part and is gone.
function breakOff(text, manifest, length) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    socket.on('error', reject);
    socket.on('connect', () => {
      socket.write(text);
      socket.write(manifest.subarray(0, length), () => { socket.destroy(); resolve(); });
    });
  });
}

// While the broken request is still under way the key is in use.
async function untilFree(manifest, options) {
  for (;;) {
    const got = await upload(manifest, options);
    if (got.json?.code !== 'in_progress') return got;
    assert.equal(got.status, 409);
    assert.equal(got.headers.get('retry-after'), '1');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('who breaks off has registered nothing, and a repeat with the same key finishes', async () => {
  const manifest = issue();
  const options = { more: `Idempotency-Key: ${randomUUID()}\r\n` };
  for (const length of [0, 1, 300, 65_536, 65_537, manifest.length - 200, manifest.length - 1]) {
    await breakOff(head(manifest.length, options), manifest, length);
    assert.equal(await registered(manifest), 0, `after ${length} bytes`);
  }
  const done = await untilFree(manifest, options);
  assert.equal(done.status, 200, done.body);
  assert.equal(done.json.summary.registered, units);
  const again = await untilFree(manifest, options);
  assert.deepEqual([again.json.summary.registered, again.json.summary.already], [0, units]);
  noFileIsLeft();
});

test('who breaks off after the last byte finds out by asking again', async () => {
  const manifest = issue();
  const options = { more: `Idempotency-Key: ${randomUUID()}\r\n` };
  await breakOff(head(manifest.length, options), manifest, manifest.length);
  const { status, json } = await untilFree(manifest, options);
  assert.equal(status, 200);
  assert.equal(json.summary.registered + json.summary.already, units);
  assert.equal(await registered(manifest), units);
});

const anonymous = () => Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8'))[1]) / 1024;

// As fast as they are taken.
function pour(parts) {
  return new Promise((resolve, reject) => {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const sending = request(`${gateway.base}/v1/manifests`, {
      method: 'POST', headers: { authorization: `Bearer ${keys.issuer}`, 'content-type': 'text/csv', 'content-length': length },
    }, async (answer) => {
      const body = Buffer.concat(await answer.toArray()).toString();
      resolve({ status: answer.statusCode, body, json: JSON.parse(body) });
    });
    sending.on('error', reject);
    pipeline(Readable.from(parts), sending, (error) => { if (error) reject(error); });
  });
}

// The last line is damaged, so that nothing is registered: what is measured is the way of the bytes.
test('memory does not grow with what is sent', async () => {
  const [header, row] = issue(1).toString().split('\n');
  const block = Buffer.from(`${row}\n`.repeat(1000));
  const parts = (blocks) => [Buffer.from(`${header}\n`), ...Array.from({ length: blocks }, () => block), Buffer.from('#manifest,1,damaged\n')];
  assert.equal((await pour(parts(1))).status, 400); // what a first one needs for ever is there
  const before = anonymous();
  let most = before;
  const watch = setInterval(() => { most = Math.max(most, anonymous()); }, 20);
  const got = await pour(parts(Math.ceil((48 * 1024 * 1024) / block.length)));
  clearInterval(watch);
  assert.equal(got.status, 400, got.body);
  assert.match(got.json.detail, /the line that vouches for the manifest is damaged/);
  assert.ok(most - before < 16, `${before} MiB before, ${most} MiB at most`);
  noFileIsLeft();
});
