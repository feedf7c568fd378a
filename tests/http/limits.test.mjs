// SPDX-License-Identifier: Apache-2.0
// What the gateway refuses to one so that it can serve the others, over real sockets. Clients are
// told apart as a proxy on this machine names them, or by addresses of the loopback network.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterEach, before, test } from 'node:test';
import { Gateway, freePort } from '../e2e/gateway.mjs';
import { World, gtin, must } from './world.mjs';

const proxied = ['--trusted-proxies', '127.0.0.1'];
const html = 'text/html,application/xhtml+xml';
let world;
const started = [];
before(() => { world = new World(); });
afterEach(() => Promise.all(started.splice(0).map((gateway) => gateway.stop('SIGKILL'))));

async function serve(...extra) {
  const gateway = await Gateway.start(world.data, undefined, extra);
  started.push(gateway);
  return gateway;
}

// One request on a connection of its own, or on the agent's.
function ask(gateway, path, { from, local, agent = false, method = 'GET', headers = {}, body } = {}) {
  const named = from === undefined ? {} : { 'x-forwarded-for': from };
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1', port: gateway.port, path, method, agent, localAddress: local,
      headers: { accept: 'application/json', ...named, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = text !== '' && /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
        resolve({ status: answer.statusCode, headers: answer.headers, text, json });
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

// As often as it takes until one is refused; the buckets fill again meanwhile.
async function untilRefused(gateway, path, options, most = 2000) {
  for (let i = 0; i < most; i++) {
    const answer = await ask(gateway, path, options);
    if (answer.status === 429) return answer;
  }
  return assert.fail(`${most} requests and none was refused`);
}

function assertLater(answer) {
  assert.equal(answer.status, 429);
  assert.match(answer.headers['retry-after'], /^[1-9][0-9]*$/);
}

function assertNotChecked(answer) {
  assertLater(answer);
  assert.equal(answer.json.verdict, 'unchecked');
  assert.deepEqual(answer.json.reasons.map(({ code }) => code), ['rate_limited']);
  assert.equal(answer.json.label.result, 'unchecked');
  assert.equal(answer.json.product, undefined);
}

// The label with another signature: the same key is asked, in vain.
const forged = (path, n) => path.replace(/.{8}$/, (end) => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let made = '';
  for (let i = 0; i < 8; i++) made += letters[(letters.indexOf(end[i]) + (n >> (4 * i) & 15)) % 32];
  return made;
});

test('a client has its requests, and takes none from another', async () => {
  const gateway = await serve(...proxied, '--client-requests', '1');
  const path = world.paths[0];
  assertNotChecked(await untilRefused(gateway, path, { from: '198.51.100.1' }));
  assert.equal((await ask(gateway, path, { from: '198.51.100.2' })).json.verdict, 'ok');
  assert.equal((await ask(gateway, path, { from: '192.0.2.9' })).json.verdict, 'ok');
});

test('every kind of request is refused in its own words', async () => {
  const gateway = await serve(...proxied, '--client-requests', '1');
  const from = '198.51.100.1';
  await untilRefused(gateway, '/v1/keys', { from });
  const again = (path, options) => untilRefused(gateway, path, { from, ...options });
  const problem = await again('/v1/keys');
  assertLater(problem);
  assert.equal(problem.headers['content-type'], 'application/problem+json');
  assert.equal(problem.json.code, 'rate_limited');
  assert.equal((await again('/nowhere')).json.code, 'rate_limited');
  assert.equal((await again('/v1/units')).json.code, 'rate_limited');
  assert.equal((await again('/v1/units', { headers: { authorization: 'Bearer nobody' } })).json.code, 'rate_limited');
  assertNotChecked(await again('/v1/verify', { method: 'POST', body: { code: world.paths[0] } }));
  assertNotChecked(await again(`/check?code=${encodeURIComponent(world.paths[0])}`));
  const page = await again('/', { headers: { accept: html } });
  assertLater(page);
  assert.match(page.headers['content-type'], /^text\/html/);
  const verdict = await again(world.paths[0], { headers: { accept: html } });
  assertLater(verdict);
  assert.match(verdict.headers['content-type'], /^text\/html/);
  assert.doesNotMatch(verdict.text, /not genuine|forged/i);
  assert.ok(verdict.text.includes(`href="${world.paths[0]}`), 'no way to ask again');
  assert.equal((await again(world.paths[0], { method: 'HEAD' })).text, '');
});

test('an address of IPv6 is its /64, and a network has more than an address', async () => {
  const gateway = await serve(...proxied, '--client-requests', '1');
  await untilRefused(gateway, '/v1/keys', { from: '2001:db8:1:1::1' });
  assertLater(await untilRefused(gateway, '/v1/keys', { from: '2001:db8:1:1:ffff::2' }, 10));
  assert.equal((await ask(gateway, '/v1/keys', { from: '2001:db8:1:2::1' })).status, 200);
  const fresh = (i) => `203.0.113.${i % 250 + 1}`;
  let refused = 0;
  for (let i = 0; i < 1000 && refused === 0; i++)
    refused += (await ask(gateway, '/v1/keys', { from: fresh(i) })).status === 429;
  assert.equal(refused, 1, 'a whole network was never refused');
  assert.equal((await ask(gateway, '/v1/keys', { from: '203.0.114.1' })).status, 200);
});

test('who names himself another is not believed', async () => {
  const gateway = await serve('--trusted-proxies', '192.0.2.1', '--client-requests', '1');
  const options = (i) => ({ local: '127.0.0.2', from: `198.51.100.${i % 250}` });
  let answer;
  for (let i = 0; i < 200 && answer?.status !== 429; i++) answer = await ask(gateway, '/v1/keys', options(i));
  assertLater(answer);
});

test('a proxy that names nobody, and this machine itself, are not one client', async () => {
  const one = await serve(...proxied, '--client-requests', '1');
  for (let i = 0; i < 60; i++) assert.equal((await ask(one, '/v1/keys')).status, 200);
  for (let i = 0; i < 60; i++) assert.equal((await ask(one, '/v1/keys', { from: 'unknown' })).status, 200);
  await one.stop();
  const other = await serve('--client-requests', '1');
  for (let i = 0; i < 60; i++) assert.equal((await ask(other, '/v1/keys')).status, 200);
});

test('staff have their own, wherever their key is used', async () => {
  const key = must('credential', 'new', '--role', 'operator', '--organisation', 'Norrland', '--name', 'limits',
    '--data', world.data).match(/assay_[A-Za-z0-9_]+/)[0];
  const headers = { authorization: `Bearer ${key}` };
  const gateway = await serve(...proxied, '--client-requests', '1', '--credential-requests', '2');
  const from = '198.51.100.1';
  await untilRefused(gateway, '/v1/keys', { from });
  for (let i = 0; i < 20; i++)
    assert.equal((await ask(gateway, '/v1/units', { from, headers })).status, 200);
  const answer = await untilRefused(gateway, '/v1/units', { from: '192.0.2.7', headers });
  assertLater(answer);
  assert.equal(answer.json.code, 'rate_limited');
  assert.equal((await ask(gateway, '/v1/keys', { from: '192.0.2.7' })).status, 200);
});

test('forged labels are checked so often, and genuine ones as before', async () => {
  const gateway = await serve(...proxied, '--client-forged', '5');
  const from = '198.51.100.1';
  const path = world.paths[0];
  for (let i = 0; i < 5; i++) {
    const { status, json } = await ask(gateway, forged(path, 17 + i), { from });
    assert.equal(status, 200);
    assert.equal(json.reasons[0].code, 'label_forged');
  }
  assertNotChecked(await ask(gateway, forged(path, 99), { from }));
  assertNotChecked(await ask(gateway, '/v1/verify', { from, method: 'POST', body: { code: `https://id.example.com${forged(path, 98)}` } }));
  assert.equal((await ask(gateway, path, { from })).json.verdict, 'ok');
  // What was found forged a moment ago is known, and costs nothing.
  assert.equal((await ask(gateway, forged(path, 17), { from })).json.reasons[0].code, 'label_forged');
  assert.equal((await ask(gateway, forged(path, 97), { from: '192.0.2.5' })).json.reasons[0].code, 'label_forged');
});

test('the public as a whole has so many signatures checked; staff are served', async () => {
  const key = must('credential', 'new', '--role', 'operator', '--organisation', 'Norrland', '--name', 'forged',
    '--data', world.data).match(/assay_[A-Za-z0-9_]+/)[0];
  const gateway = await serve(...proxied, '--client-forged', '0', '--client-requests', '0', '--verifications', '3');
  const path = world.paths[0];
  let refused;
  for (let i = 0; i < 500 && refused?.status !== 429; i++)
    refused = await ask(gateway, forged(path, 16 + i), { from: `198.51.${i % 200}.1` });
  assertNotChecked(refused);
  assert.equal((await ask(gateway, path, { from: '198.51.100.1' })).json.verdict, 'ok');
  for (let i = 0; i < 20; i++) {
    const { status, json } = await ask(gateway, forged(path, 600 + i), { headers: { authorization: `Bearer ${key}` } });
    assert.equal(status, 200);
    assert.equal(json.reasons[0].code, 'label_forged');
  }
});

test('a key that is revoked or added makes every label be looked at anew', async () => {
  const gateway = await serve(...proxied);
  const path = forged(world.paths[0], 4242);
  for (let i = 0; i < 3; i++)
    assert.equal((await ask(gateway, path, { from: '192.0.2.5' })).json.reasons[0].code, 'label_forged');
  world.newKey(`plant-${process.pid}`);
  const version = async () => (await ask(gateway, '/v1/keys')).json.keys.length;
  for (let i = 0; i < 400 && await version() < 2; i++) await new Promise((later) => setTimeout(later, 25));
  assert.equal((await ask(gateway, path, { from: '192.0.2.5' })).json.reasons[0].code, 'label_forged');
  assert.equal((await ask(gateway, world.paths[0], { from: '192.0.2.5' })).json.verdict, 'ok');
});

test('wrong claim codes: the label has tries of its own, and each client has few', async () => {
  const gateway = await serve(...proxied, '--client-claims', '5');
  const out = join(world.directory, 'claimed');
  const [path] = world.issue('plant-a', 'claimed', 1);
  const [head, row] = readFileSync(`${out}.cards.csv`, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
  const serial = row[head.indexOf('serial')];
  const right = row[head.indexOf('claim_code')];
  must('event', 'sell', gtin, serial, '--data', world.data);
  const code = `https://id.example.com${path}`;
  const claim = (who, claimCode, from) => ask(gateway, '/v1/activations',
    { from, method: 'POST', body: { ...who, claim_code: claimCode } });
  const typed = { gtin, serial };
  const wrong = '0000000000';
  // One address has few, whatever it tries.
  const near = '198.51.100.1';
  for (let i = 0; i < 5; i++) assert.equal((await claim(typed, wrong, near)).status, 403);
  assertLater(await claim(typed, wrong, near));
  assertLater(await claim({ gtin, serial: 'ANOTHER' }, wrong, near));
  // Where nobody says who asks, all of the unit's can be used up.
  let refused;
  for (let i = 0; i < 1000 && refused?.status !== 429; i++) refused = await claim(typed, wrong);
  assertLater(refused);
  // With the label there are others: of the unit, and of the address that had used up its own.
  assert.equal((await claim({ code }, wrong, near)).status, 403);
  // A label that is not the registered one is none: another address has its five, or none is left.
  const made = `https://id.example.com${forged(path, 1234)}`;
  let answer;
  for (let i = 0; i < 6 && answer?.status !== 429; i++) answer = await claim({ code: made }, wrong, '203.0.113.5');
  assertLater(answer);
  const registered = await claim({ code }, right, near);
  assert.equal(registered.status, 201, registered.text);
});

test('connections of one address at once', async () => {
  const gateway = await serve('--client-connections', '3', '--keep-alive-ms', '60000');
  const local = '127.0.0.2';
  const agents = Array.from({ length: 3 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  for (const agent of agents) assert.equal((await ask(gateway, '/v1/keys', { local, agent })).status, 200);
  const more = await ask(gateway, '/v1/keys', { local });
  assertLater(more);
  assert.equal(more.json.code, 'rate_limited');
  assert.equal(more.headers.connection, 'close');
  assert.equal((await ask(gateway, '/v1/keys', { local: '127.0.0.3' })).status, 200);
  for (const agent of agents) agent.destroy();
  let status;
  for (let i = 0; i < 400 && status !== 200; i++) {
    status = (await ask(gateway, '/v1/keys', { local })).status;
    await new Promise((later) => setTimeout(later, 25));
  }
  assert.equal(status, 200, 'closed connections are still counted');
});

test('what was refused is counted, by kind', async () => {
  const admin = await freePort();
  const gateway = await serve(...proxied, '--client-requests', '1', '--client-forged', '1', '--admin-port', String(admin));
  const count = async (kind) => {
    let answer;
    for (let i = 0; i < 400 && answer === undefined; i++) {
      answer = await ask({ port: admin }, '/metrics').catch(() => undefined); // it listens a moment later
      if (answer === undefined) await new Promise((later) => setTimeout(later, 25));
    }
    return Number(new RegExp(`^assay_shed_total\\{kind="${kind}"\\} (\\d+)$`, 'm').exec(answer.text)[1]);
  };
  for (const kind of ['requests', 'forged', 'codes', 'credentials', 'verifications', 'connections'])
    assert.equal(await count(kind), 0, kind);
  await untilRefused(gateway, '/v1/keys', { from: '198.51.100.1' });
  assert.equal(await count('requests'), 1);
  await ask(gateway, forged(world.paths[0], 777), { from: '192.0.2.1' });
  assertNotChecked(await ask(gateway, forged(world.paths[0], 778), { from: '192.0.2.1' }));
  assert.equal(await count('forged'), 1);
});

// Every file below a directory, whole.
function* files(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.isFile()) yield [path, readFileSync(path)];
  }
}

test('no address is kept: not in the log, not in the data', async () => {
  const gateway = await serve(...proxied, '--country-header', 'X-Country', '--log', 'debug', '--client-requests', '2');
  const clients = [
    { from: '198.51.100.77', bytes: [198, 51, 100, 77] },
    { from: '2001:db8:77aa:bbcc:ddee:ff11:2233:4455', bytes: [0x77, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x11] },
  ];
  for (const { from } of clients) {
    const headers = { 'x-country': 'DE' };
    for (const path of world.paths) await ask(gateway, path, { from, headers });
    await ask(gateway, forged(world.paths[0], 555), { from, headers });
    await ask(gateway, '/v1/reports', { from, headers, method: 'POST', body: { code: world.paths[0], text: 'it looks odd' } });
    await ask(gateway, '/v1/activations', { from, headers, method: 'POST', body: { gtin, serial: 'NOBODY', claim_code: 'ABCDE12345' } });
    await ask(gateway, '/v1/units', { from, headers });
    await untilRefused(gateway, '/v1/keys', { from, headers });
  }
  await gateway.stop();
  assert.match(gateway.stderr, /"request"/, 'nothing was logged');
  for (const { from, bytes } of clients) {
    assert.ok(!gateway.stderr.includes(from), `${from} is in the log`);
    for (const [path, content] of files(world.data)) {
      assert.equal(content.indexOf(from), -1, `${from} is in ${path}`);
      if (bytes.length >= 8) assert.equal(content.indexOf(Buffer.from(bytes)), -1, `${from} is in ${path}, as bytes`);
    }
  }
});
