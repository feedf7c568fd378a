// SPDX-License-Identifier: Apache-2.0
// What machines that run the gateway ask and are told: the admin listener, the service manager.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, test } from 'node:test';
import { Gateway, assay, bin, freePort, tree } from '../e2e/gateway.mjs';
import { World } from './world.mjs';

let world;
const started = [];
before(() => { world = new World(); });
afterEach(() => { for (const child of started.splice(0)) child.kill('SIGKILL'); }); // of a test that failed
const serve = async (...args) => {
  const gateway = await Gateway.start(...args);
  started.push(gateway.process);
  return gateway;
};

const pause = (ms) => new Promise((later) => { setTimeout(later, ms); });
const ask = async (port, path, options) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

// The samples of an OpenMetrics text, after its grammar was held against what it has to be.
function samplesOf(text) {
  const lines = text.split('\n');
  assert.deepEqual(lines.splice(-2), ['# EOF', '']);
  const samples = new Map();
  const families = new Map();
  let family;
  for (const line of lines) {
    const [, kind, name, rest] = /^# (TYPE|HELP) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (kind === 'TYPE') {
      assert.ok(!families.has(name), `${name} twice`);
      assert.match(rest, /^(counter|gauge|summary|info)$/);
      families.set(name, rest);
      family = name;
      continue;
    }
    if (kind === 'HELP') { assert.equal(name, family); continue; }
    const [, series, , value] = /^([a-z_]+(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})?) (\d+(?:\.\d+)?)$/.exec(line) ?? [];
    assert.ok(series, line);
    const suffix = { counter: /_total$/, gauge: /$/, summary: /_(count|sum)$/, info: /_info$/ }[families.get(family)];
    assert.equal(series.replace(/\{.*/, '').replace(suffix, ''), family, line);
    assert.ok(!samples.has(series), `${series} twice`);
    samples.set(series, Number(value));
  }
  return samples;
}

test('two doors, and neither leads where the other does', async () => {
  const admin = await freePort();
  const gateway = await serve(world.data, undefined, ['--admin-port', String(admin)]);
  for (const path of ['/livez', '/readyz', '/metrics']) {
    assert.equal((await ask(admin, path)).status, 200, path);
    assert.equal((await ask(gateway.port, path)).status, 404, `${path} in public`);
    assert.equal((await ask(admin, path, { method: 'POST' })).status, 405, path);
  }
  for (const path of ['/', '/v1/keys', '/v1/system', '/openapi.json', '/console', world.paths[0]]) {
    assert.equal((await ask(admin, path)).status, 404, path);
    assert.notEqual((await ask(gateway.port, path)).status, 404, `${path} in public`);
  }
  assert.equal((await gateway.stop()).code, 0);
});

test('off unless it is asked for; a port that is taken is said', async () => {
  const { status, stderr } = spawnSync(join(bin, 'assayd'), ['--data', world.data, '--port', '9000', '--admin-port', '9000'],
    { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /admin_port: is the port of the public/);
  const gateway = await serve(world.data);
  const port = await freePort();
  const owned = new Set(readdirSync(`/proc/${gateway.process.pid}/fd`).map((fd) => {
    try { return readlinkSync(`/proc/${gateway.process.pid}/fd/${fd}`); } catch { return ''; }
  }));
  const listening = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && owned.has(`socket:[${inode}]`));
  assert.deepEqual(listening.map(([, local]) => parseInt(local.split(':')[1], 16)), [gateway.port]);
  await gateway.stop();
  const other = join(world.directory, 'other');
  assert.equal(assay('product', 'put', join(tree, 'gateway/demo/products/09506000134352.json'), '--data', other).code, 0);
  const first = await serve(world.data, undefined, ['--admin-port', String(port)]);
  const second = spawnSync(join(bin, 'assayd'), ['--data', other, '--port', String(await freePort()), '--admin-port', String(port)],
    { encoding: 'utf8', timeout: 20000 });
  assert.equal(second.status, 7);
  assert.match(second.stderr, new RegExp(`127.0.0.1:${port}: another program listens there`));
  await first.stop();
});

test('figures rise by what was asked, and name no serial', async () => {
  const admin = await freePort();
  const gateway = await serve(world.data, undefined, ['--admin-port', String(admin)]);
  const read = async () => {
    const { text, type } = await ask(admin, '/metrics');
    assert.equal(type, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    return { text, samples: samplesOf(text) };
  };
  const one = (await read()).samples;
  assert.equal(one.get('assay_registry_units'), 3);
  assert.equal(one.get('assay_registry_up'), 1);
  assert.equal(one.get('assay_workers'), 128);
  assert.equal(one.get('assay_keyset_version'), 1);
  for (let i = 0; i < 5; i++) assert.equal((await gateway.verdict(world.paths[i % 3])).body.verdict, 'ok');
  assert.equal((await gateway.verdict(world.paths[0].replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')))).body.verdict, 'bad');
  await ask(gateway.port, '/nowhere');
  await ask(gateway.port, '/v1/system');
  const made = assay('backup', join(world.directory, 'backup'), '--data', world.data, '--json');
  assert.equal(made.code, 0, made.stderr);
  const { text, samples: two } = await read();
  const grown = (series) => (two.get(series) ?? 0) - (one.get(series) ?? 0);
  assert.equal(grown('assay_verdicts_total{class="ok"}'), 5);
  assert.equal(grown('assay_verdicts_total{class="bad"}'), 1);
  assert.equal(grown('assay_requests_total{route="/01/{}/10/{}/21/{}",method="GET",status="2xx"}')
    + grown('assay_requests_total{route="/01/{}/21/{}",method="GET",status="2xx"}')
    + grown('assay_requests_total{route="/01/{*}",method="GET",status="2xx"}'), 6);
  assert.equal(grown('assay_requests_total{route="/v1/system",method="GET",status="4xx"}'), 1);
  assert.equal(grown('assay_requests_total{route="none",method="",status="4xx"}'), 1);
  assert.ok(two.get('assay_backup_age_seconds') < 60);
  assert.equal(two.get('assay_backup_operations'), JSON.parse(made.stdout).operations);
  assert.equal(two.get('assay_workers_busy'), 0);
  for (const path of world.paths) assert.ok(!text.includes(/\/21\/([^?]+)/.exec(path)[1]));
  await pause(2500); // the verdicts are written down
  const three = (await read()).samples;
  assert.ok(three.get('assay_commit_seconds_count') > one.get('assay_commit_seconds_count'));
  assert.ok(three.get('assay_commit_seconds_sum') > 0);
  await gateway.stop();
});

test('it answers when every worker is held', async () => {
  const admin = await freePort();
  const gateway = await serve(world.data, undefined, ['--admin-port', String(admin), '--workers', '2']);
  const { connect } = await import('node:net');
  const held = Array.from({ length: 6 }, () => connect(gateway.port, '127.0.0.1').on('error', () => {}));
  for (const socket of held) socket.write('POST /v1/verify HTTP/1.1\r\n');
  await pause(200);
  const began = Date.now();
  assert.equal((await ask(admin, '/livez')).status, 200);
  assert.equal((await ask(admin, '/readyz')).status, 200);
  assert.ok(Date.now() - began < 2000);
  for (const socket of held) socket.destroy();
  await gateway.stop();
});

// A datagram socket that writes down what comes: Node has none for this family.
const listener = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace('@', '\\0', 1))
print('bound', flush=True)
while True: print(s.recv(4096).decode(), flush=True)
`;

test('the service manager hears READY, WATCHDOG and STOPPING', async (t) => {
  if (spawnSync('python3', ['--version']).status !== 0) { t.skip('no python3 to listen with'); return; }
  for (const socket of [join(world.directory, 'notify'), `@assay-notify-${process.pid}`]) {
    const heard = [];
    const ear = spawn('python3', ['-c', listener, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(ear);
    ear.stdout.on('data', (chunk) => heard.push(...String(chunk).split('\n').filter(Boolean)));
    while (!heard.includes('bound')) await pause(20);
    const old = { ...process.env };
    Object.assign(process.env, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '900000' });
    const gateway = await serve(world.data);
    process.env = old;
    await pause(1500);
    assert.equal(heard[1], 'READY=1');
    const beats = heard.filter((line) => line === 'WATCHDOG=1').length;
    assert.ok(beats >= 3, `${beats} signs of life in 1.5 s`);
    assert.ok(!heard.includes('STOPPING=1'));
    assert.equal((await gateway.stop()).code, 0);
    await pause(50);
    assert.equal(heard.at(-1), 'STOPPING=1');
    ear.kill();
  }
});

test('a stop answers what runs, and is no longer ready', async () => {
  const admin = await freePort();
  const gateway = await serve(world.data, undefined, ['--admin-port', String(admin)]);
  const { connect } = await import('node:net');
  const socket = connect(gateway.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => { answer += chunk; });
  socket.on('error', () => {});
  const closed = new Promise((later) => { socket.on('close', later); });
  const body = JSON.stringify({ code: `http://localhost${world.paths[0]}` });
  socket.write(`POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
  await pause(200);
  gateway.process.kill('SIGTERM');
  await pause(200);
  assert.deepEqual(await ask(admin, '/readyz'),
    { status: 503, type: 'text/plain; charset=utf-8', text: 'not ready: it is stopping\n' });
  assert.equal((await ask(admin, '/livez')).status, 200);
  socket.write(body);
  await closed;
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.match(answer, /"verdict":"ok"/);
  assert.equal((await gateway.ended).code, 0);
});

const units = {
  'assayd.service': [/^Type=notify$/m, /^ExecStart=\/.*\/assayd --data \/var\/lib\/assay$/m],
  'assay-signer@.service': [/^PrivateNetwork=yes$/m, /^LoadCredentialEncrypted=assay-passphrase:/m,
    /^ExecStart=\/.*\/assay signer --data \/var\/lib\/assay-signer --key %i /m],
};

for (const [name, lines] of Object.entries(units)) {
  test(`${name} is one that systemd takes, and is closed`, (t) => {
    const unit = readFileSync(join(bin, '..', name), 'utf8');
    for (const line of lines) assert.match(unit, line);
    assert.ok(!unit.includes('@CMAKE'));
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) { t.skip('no systemd-analyze on this machine'); return; }
    const file = join(world.directory, name.replace('@', '@plant-a'));
    writeFileSync(file, unit.replace(/^ExecStart=\S+\//m, `ExecStart=${bin}/`));
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
    assert.equal(verified.status, 0, verified.stderr);
    const security = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], { encoding: 'utf8' });
    assert.equal(security.status, 0, security.stdout.split('\n').slice(-4).join('\n'));
  });
}
