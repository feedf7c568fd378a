// SPDX-License-Identifier: Apache-2.0
// The daemon as a process: configuration, start, refusals, keyset, stop.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Gateway, bin, freePort } from '../e2e/gateway.mjs';
import { World } from './world.mjs';

const assayd = join(bin, 'assayd');
let world;

before(() => { world = new World(); });

function run(args, env = {}) {
  const { status, stdout, stderr } = spawnSync(assayd, args, { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 20000 });
  return { status, stdout, stderr };
}

const pause = (ms) => new Promise((later) => setTimeout(later, ms));

test('flags win over the environment, the environment over the file', () => {
  const file = join(world.directory, 'a.ini');
  writeFileSync(file, 'port = 9001\nlog = debug\nworkers = 3\n');
  const { status, stdout } = run(['--config', file, '--workers=5', '--print-config'], { ASSAY_LOG: 'error' });
  assert.equal(status, 0);
  assert.match(stdout, new RegExp(`# from: ${file}:1\nport = 9001\n`));
  assert.match(stdout, /# from: ASSAY_LOG\nlog = error\n/);
  assert.match(stdout, /# from: --workers\nworkers = 5\n/);
  assert.match(stdout, /\nbase_url = http:\/\/localhost:9001\n/);
  const again = join(world.directory, 'b.ini');
  writeFileSync(again, stdout);
  const values = (text) => text.replaceAll(/#.*\n/g, '');
  assert.equal(values(run(['--config', again, '--print-config']).stdout), values(stdout));
});

test('the file of the data directory is read when no other is named', () => {
  const data = join(world.directory, 'own');
  cpSync(world.data, data, { recursive: true });
  writeFileSync(join(data, 'assayd.ini'), 'port = 9002\n');
  assert.match(run(['--data', data, '--print-config']).stdout, /assayd.ini:1\nport = 9002\n/);
  assert.match(run(['--print-config'], { ASSAY_DATA: data }).stdout, /\nport = 9002\n/);
  writeFileSync(join(data, 'assayd.ini'), 'prot = 9002\n');
  assert.equal(run(['--data', data, '--check-config']).status, 1);
  rmSync(join(data, 'assayd.ini'));
  assert.equal(run(['--data', data, '--check-config']).status, 0);
  symlinkSync('assayd.ini', join(data, 'assayd.ini')); // there, and not to be read
  const unread = run(['--data', data, '--check-config']);
  assert.notEqual(unread.status, 0);
  assert.match(unread.stderr, /assayd\.ini: /);
});

test('a wrong configuration gets one clear line', () => {
  const file = join(world.directory, 'c.ini');
  writeFileSync(file, 'log = info\nprot = 1\n');
  const rows = [
    [['--config', file], 1, /c\.ini:2: unknown key prot; did you mean port\?$/],
    [['--config', '/nonexistent'], 3, /^assayd: \/nonexistent: No such file or directory$/],
    [['--prot', '1'], 2, /--prot: unknown key prot; did you mean port\?$/],
    [['--port', '0'], 2, /--port: port: expected a number from 1 to 65535$/],
    [['--port'], 2, /--port needs a value$/],
    [['8080'], 2, /try --help$/],
    [['--port', '8443s'], 2, /TLS is not served here; put a proxy/],
    [['--tls-certificate', 'a.pem'], 2, /TLS is not served here; put a proxy/],
    [['--port', '9000', '--base-url', 'http://localhost:8080'], 1, /does not lead to port 9000$/],
    [['--base-url', 'localhost'], 2, /expected http:\/\/HOST/],
    [['--address', '::1'], 2, /only IPv4 is served here/],
  ];
  for (const [args, code, text] of rows) {
    const { status, stdout, stderr } = run([...args, '--check-config']);
    assert.equal(status, code, `${args}: ${stderr}`);
    assert.match(stderr.trimEnd(), text);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.equal(stdout, '');
  }
  assert.equal(run(['--check-config'], { ASSAY_PORT: 'x' }).status, 1);
  assert.equal(run(['--check-config']).status, 0);
  assert.match(run(['--version']).stdout, /^assayd \d+\.\d+\.\d+\n$/);
  assert.match(run(['--help']).stdout, /--port NUMBER .*\(8080\)/);
});

test('what stands in the way of a start is one clear line, and nothing is damaged', async (t) => {
  const gateway = await Gateway.start(world.data);
  t.after(() => gateway.stop());
  const other = join(world.directory, 'other');
  cpSync(world.data, other, { recursive: true });
  const port = String(await freePort());
  const open = join(world.directory, 'open');
  cpSync(world.data, open, { recursive: true });
  chmodSync(join(open, 'secrets'), 0o644);
  const broken = join(world.directory, 'broken');
  cpSync(world.data, broken, { recursive: true });
  writeFileSync(join(broken, 'keyset.ini'), '[keyset]\nversion = many\n');
  const trustless = join(world.directory, 'trustless');
  cpSync(world.data, trustless, { recursive: true });
  rmSync(join(trustless, 'keyset.ini'));
  const rows = [
    [['--data', trustless, '--port', port], 1, /keyset\.ini is missing, and \d+ units are registered/],
    [['--data', world.data, '--port', port], 7, /another assayd serves this directory$/],
    [['--data', other, '--port', String(gateway.port)], 7, /another program listens there; choose another port$/],
    [['--data', '/nonexistent', '--port', port], 3, /no registry yet/],
    [['--data', open, '--port', port], 6, /others can access it/],
    [['--data', broken, '--port', port], 1, /keyset\.ini:2: /],
    [['--data', other, '--port', port, '--address', '192.0.2.1', '--base-url', 'http://a'], 1, /not an address of this machine$/],
  ];
  for (const [args, code, text] of rows) {
    const { status, stdout, stderr } = run(args);
    assert.equal(status, code, `${args}: ${stderr}`);
    assert.match(stderr.trimEnd(), text);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.equal(stdout, '');
  }
  assert.equal((await gateway.verdict(world.paths[0])).body.verdict, 'ok');
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
});

test('says where it serves, what, and how much', async () => {
  const port = await freePort();
  const daemon = spawn(assayd, ['--data', world.data, '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await daemon.stdout.take(1).toArray();
  assert.equal(String(line), `assayd: serving http://localhost:${port} (data ${world.data}, 3 units)\n`);
  daemon.kill('SIGINT');
  assert.equal(await new Promise((resolve) => daemon.on('exit', resolve)), 0);
});

test('a new key is used without a restart; a damaged keyset is not', async (t) => {
  const gateway = await Gateway.start(world.data);
  t.after(() => gateway.stop());
  const before = await (await fetch(`${gateway.base}/v1/keys`)).json();
  world.newKey('plant-b');
  const [path] = world.issue('plant-b', 'second', 1);
  let answer;
  for (let i = 0; i < 40; i++) {
    answer = await gateway.verdict(path);
    if (answer.body.verdict === 'ok') break;
    assert.equal(answer.body.verdict, 'bad');
    await pause(100);
  }
  assert.equal(answer.body.verdict, 'ok');
  const later = await (await fetch(`${gateway.base}/v1/keys`)).json();
  assert.equal(later.keys.length, before.keys.length + 1);
  assert.match(gateway.stderr, /"event":"keyset_reloaded","text":"version \d+, 2 keys"/);

  const file = join(world.data, 'keyset.ini');
  const good = readFileSync(file);
  writeFileSync(file, 'rubbish\n');
  gateway.process.kill('SIGHUP');
  for (let i = 0; i < 40 && !/keyset_refused/.test(gateway.stderr); i++) await pause(100);
  assert.match(gateway.stderr, /"level":"error","event":"keyset_refused","text":"[^"]*keyset\.ini:1: /);
  assert.equal((await gateway.verdict(path)).body.verdict, 'ok');
  writeFileSync(file, good);
  await pause(1500);
  assert.equal(gateway.stderr.match(/keyset_refused/g).length, 1, 'the same trouble is told once');
  assert.equal((await gateway.stop()).code, 0);
});

test('SIGTERM ends it within three seconds, whatever hangs on it', async (t) => {
  const gateway = await Gateway.start(world.data, undefined, ['--workers', '8', '--request-timeout-ms', '30000', '--keep-alive-ms', '30000']);
  t.after(() => gateway.stop());
  const sockets = ['', '', 'GET / HTTP/1.1\r\n', 'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{',
    'GET /v1/keys HTTP/1.1\r\nHost: a\r\n\r\n', '', '', '', '', '', '', ''].map((bytes) => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    return socket;
  });
  await pause(300);
  const started = Date.now();
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  assert.ok(Date.now() - started < 3000, `${Date.now() - started} ms`);
  for (const socket of sockets) socket.destroy();
  assert.doesNotMatch(gateway.stderr, /Sanitizer|runtime error/);
});
