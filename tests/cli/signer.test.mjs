// SPDX-License-Identifier: Apache-2.0
// `assay signer` through its socket: it gives what it may and never more, whatever comes in.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assay, temporary as temporaryRoot } from '../e2e/gateway.mjs';
import { Signer, say } from '../e2e/signer.mjs';
import { gtin, product, run, temporary } from './registry.mjs';

const directory = temporary();
const doors = temporaryRoot('assay-door-'); // where other users may look, too
const data = join(directory, 'data');
const passphrase = join(directory, 'passphrase');
const other = '09506000134369';
let sockets = 0;

before(() => {
  chmodSync(doors, 0o711);
  writeFileSync(passphrase, 'correct horse battery\n', { mode: 0o600 });
  for (const name of ['scope', 'quota', 'day', 'killed', 'many', 'odd', 'state', 'users', 'faulty', 'once'])
    run(data, 0, 'keys', 'new', name, '--organisation', 'Example', '--gtin-prefix', '0950600', '--passphrase-file', passphrase);
  run(data, 0, 'product', 'put', product(data));
});

const socketPath = () => join(doors, `s${++sockets}`);
const start = (key, options, more = {}) =>
  Signer.start({ data, key, passphrase, socket: socketPath(), ...more }, options);
async function withSigner(key, options, use, more) {
  const signer = await start(key, options, more);
  try {
    await use(signer);
  } finally {
    const { code } = await signer.stop();
    assert.equal(code, 0, signer.stderr);
    assert.ok(!existsSync(signer.socket), 'the socket is gone');
  }
}
const codeOf = (answer) => answer.error?.code ?? 'ok';
const used = (key) => Number(/^used (\d+)$/m.exec(readFileSync(join(data, `keys/${key}.key.quota`), 'utf8'))[1]);
const serialsOf = ({ labels }) => labels.trimEnd().split('\n').slice(1).map((line) => line.split(',')[3]);

test('a run is what `assay issue` writes: its labels verify, its manifest registers', async () => {
  await withSigner('scope', [], async (signer) => {
    const made = await signer.issue(50, { lot: 'L1', made_on: '2026-01-12', expires_on: '2028-01-12' });
    assert.equal(codeOf(made), 'ok', JSON.stringify(made.error));
    assert.equal(made.count, 50);
    const manifest = join(directory, 'run.manifest.csv');
    writeFileSync(manifest, made.manifest, { mode: 0o600 });
    const summary = JSON.parse(run(data, 0, 'import', manifest, '--json').stdout.trim().split('\n').at(-1));
    assert.equal((summary.summary ?? summary).registered, 50);
    const url = made.labels.split('\n')[1].split(',')[0];
    assert.match(url, /^https:\/\/ID\.EXAMPLE\.COM\/01\/09506000134352\/10\/L1\/21\//);
    run(data, 0, 'verify', url);
    assert.match(made.cards, /^gtin,serial,claim_code\n(09506000134352,[0-9A-Z]{12},[0-9A-Z]{10}\n){50}$/);
    assert.equal(new Set(serialsOf(made)).size, 50);
  });
});

test('status tells key, scope and what is left', async () => {
  await withSigner('scope', ['--quota', '1000', '--per-day', '200', '--max-batch', '100', '--gtin-prefix', '0950600013435'], async (signer) => {
    const status = await signer.ask({ request: 'status' });
    assert.match(status.kid, /^[0-9a-f]{10}$/);
    assert.deepEqual({ ...status, kid: '' }, { key: 'scope', kid: '', organisation: 'Example', status: 'active',
      gtin_prefixes: ['0950600013435'], max_batch: 100, quota: 1000, used: 50, per_day: 200, used_today: 50 });
  });
});

test('scope: the key\'s own, further narrowed', async () => {
  await withSigner('scope', ['--gtin-prefix', '0950600013435', '--max-batch', '10'], async (signer) => {
    const before_ = used('scope');
    const rows = [
      [{ gtin: other }, 'out_of_scope'],
      [{ gtin: '04012345678901' }, 'out_of_scope'],
      [{ gtin }, 'ok'],
      [{ gtin, count: 11 }, 'batch_too_large'],
      [{ gtin, base_url: 'https://id.example.com/path' }, 'malformed'],
      [{ gtin, base_url: 'ftp://id.example.com' }, 'malformed'],
    ];
    for (const [more, code] of rows) {
      const answer = await signer.issue(1, more);
      assert.equal(codeOf(answer), code, JSON.stringify(more));
      if (answer.error) assert.ok(answer.error.text.length > 10);
    }
    assert.equal(used('scope') - before_, 1, 'a refusal uses nothing');
  });
  for (const prefix of ['0412345', '09x'])
    assert.equal(assay('signer', '--key', 'scope', '--socket', socketPath(), '--passphrase-file', passphrase,
      '--data', data, '--gtin-prefix', prefix).code, 2, prefix);
});

test('a key that is retired or revoked signs nothing from the next request on', async () => {
  await withSigner('state', [], async (signer) => {
    assert.equal(codeOf(await signer.issue(1)), 'ok');
    run(data, 0, 'keys', 'retire', 'state');
    assert.equal(codeOf(await signer.issue(1)), 'key_refused');
    assert.equal((await signer.ask({ request: 'status' })).status, 'retired');
    run(data, 0, 'keys', 'revoke', 'state', '--compromised-since', '2026-01-01', '--reason', 'lost', '--yes');
    const refused = await signer.issue(1);
    assert.equal(codeOf(refused), 'key_refused');
    assert.match(refused.error.text, /revoked/);
  });
});

test('quota: exact, over restarts, and for the day', async () => {
  await withSigner('quota', ['--quota', '10'], async (signer) => {
    assert.equal(codeOf(await signer.issue(4)), 'ok');
    assert.equal(codeOf(await signer.issue(7)), 'quota_exceeded');
    assert.equal(codeOf(await signer.issue(4)), 'ok');
  });
  await withSigner('quota', ['--quota', '10'], async (signer) => {
    assert.equal(codeOf(await signer.issue(3)), 'quota_exceeded');
    assert.equal(codeOf(await signer.issue(2)), 'ok');
    assert.equal(codeOf(await signer.issue(1)), 'quota_exceeded');
  });
  await withSigner('quota', ['--quota', '11'], async (signer) => {
    assert.equal(codeOf(await signer.issue(1)), 'ok');
  });
  assert.equal(used('quota'), 11);
  const file = join(data, 'keys/day.key.quota');
  const today = new Date().toISOString().slice(0, 10);
  const days = [['2020-01-01', 'ok'], [today, 'day_quota_exceeded'], ['2999-12-31', 'day_quota_exceeded']];
  for (const [day, code] of days) {
    writeFileSync(file, `assay-quota 1\nused 100\nday ${day}\ntoday 100\n`, { mode: 0o600 });
    await withSigner('day', ['--per-day', '100'], async (signer) => assert.equal(codeOf(await signer.issue(1)), code, day));
  }
  for (const text of ['', 'assay-quota 1\nused 1\nday 2026-01-01\ntoday 2\n']) {
    writeFileSync(file, text, { mode: 0o600 });
    await assert.rejects(start('day'), /quota: damaged/, JSON.stringify(text));
  }
});

test('many at once never get more than there is', async () => {
  await withSigner('many', ['--quota', '100'], async (signer) => {
    const answers = await Promise.all(Array.from({ length: 40 }, async () => {
      for (;;) {
        const answer = await signer.issue(7);
        if (codeOf(answer) !== 'busy') return answer;
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
    }));
    const made = answers.filter((answer) => codeOf(answer) === 'ok');
    assert.equal(made.length, 14); // 14 * 7 = 98
    assert.ok(answers.every((answer) => ['ok', 'quota_exceeded'].includes(codeOf(answer))));
    assert.equal(new Set(made.flatMap(serialsOf)).size, 98);
    assert.equal(used('many'), 98);
  });
});

test('kill -9 at any moment: what was given out is never more than what is written down, nor than the quota', async () => {
  let given = 0;
  for (let i = 0; i < 5; i++) {
    const signer = await start('killed', ['--quota', '400']);
    const asking = Array.from({ length: 6 }, async () => {
      for (;;) {
        const answer = await signer.issue(5).catch(() => undefined);
        if (answer === undefined || codeOf(answer) === 'quota_exceeded') return;
        if (codeOf(answer) === 'ok') given += 5;
      }
    });
    await new Promise((resolve) => { setTimeout(resolve, 5 + i * 15); });
    await signer.stop('SIGKILL');
    await Promise.all(asking);
    assert.ok(!existsSync(join(data, 'keys/killed.key.quota')) || given <= used('killed'), `${given}`);
  }
  await withSigner('killed', ['--quota', '400'], async (signer) => {
    for (;;) {
      const answer = await signer.issue(5);
      if (codeOf(answer) === 'quota_exceeded') break;
      assert.equal(codeOf(answer), 'ok');
      given += 5;
    }
  });
  assert.ok(given > 0 && given <= 400 && used('killed') === 400, `${given} of ${used('killed')}`);
});

const order = { request: 'issue', gtin, count: 1, base_url: 'https://id.example.com' };
const odd = [
  ['nothing', '', { end: true }],
  ['an empty line', '\n'],
  ['no JSON', 'hello\n'],
  ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
  ['no object', '[]\n'],
  ['an unknown request', '{"request":"sign"}\n'],
  ['no request', '{}\n'],
  ['a member too many', `${JSON.stringify({ ...order, path: '/etc/passwd' })}\n`],
  ['a status with more', '{"request":"status","gtin":"1"}\n'],
  ['a member twice', '{"request":"status","request":"status"}\n'],
  ['no count', `${JSON.stringify({ ...order, count: undefined })}\n`],
  ['count 0', `${JSON.stringify({ ...order, count: 0 })}\n`],
  ['count -1', `${JSON.stringify({ ...order, count: -1 })}\n`],
  ['count 10001', `${JSON.stringify({ ...order, count: 10001 })}\n`],
  ['count as text', `${JSON.stringify({ ...order, count: '1' })}\n`],
  ['count 1.5', `${JSON.stringify({ ...order, count: 1.5 })}\n`],
  ['a wrong check digit', `${JSON.stringify({ ...order, gtin: '09506000134353' })}\n`],
  ['a lot of signs', `${JSON.stringify({ ...order, lot: 'a b' })}\n`],
  ['a day that is none', `${JSON.stringify({ ...order, made_on: '2026-02-30' })}\n`],
  ['it expires before it is made', `${JSON.stringify({ ...order, made_on: '2026-02-20', expires_on: '2026-02-19' })}\n`],
  ['a long address', `${JSON.stringify({ ...order, base_url: `https://${'a'.repeat(200)}.com` })}\n`],
  ['two requests', `${JSON.stringify(order)}\n${JSON.stringify(order)}\n`],
  ['too long', `${JSON.stringify({ ...order, lot: 'x'.repeat(2000) })}\n`],
  ['a megabyte', 'x'.repeat(1 << 20)],
];

test('what is no request is refused with a sentence, and uses nothing', async () => {
  await withSigner('odd', [], async (signer) => {
    for (const [label, bytes, how] of odd) {
      const text = await say(signer.socket, bytes, how);
      assert.equal(codeOf(JSON.parse(text)), 'malformed', label);
      assert.ok(JSON.parse(text).error.text.length > 5, label);
    }
    const files = existsSync(join(data, 'keys/odd.key.quota'));
    assert.ok(!files, 'nothing was used');
    assert.equal(codeOf(await signer.issue(1)), 'ok');
  });
});

test('who is slow waits alone and is told so', async () => {
  await withSigner('odd', [], async (signer) => {
    const began = Date.now();
    const slow = Array.from({ length: 4 }, () => say(signer.socket, '{"request":'));
    const dripping = connect(signer.socket);
    dripping.on('error', () => {});
    const timer = setInterval(() => dripping.write(' '), 200);
    assert.equal(codeOf(await signer.issue(3)), 'ok');
    assert.ok(Date.now() - began < 4000, 'others do not wait');
    for (const text of await Promise.all(slow)) assert.match(text, /did not arrive in time/);
    clearInterval(timer);
    dripping.destroy();
  });
});

test('more than it answers at once are told to ask again', async () => {
  await withSigner('odd', [], async (signer) => {
    const silent = Array.from({ length: 8 }, () => connect(signer.socket));
    await Promise.all(silent.map((one) => new Promise((resolve) => { one.on('connect', resolve); })));
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    assert.equal(codeOf(await signer.ask({ request: 'status' })), 'busy');
    for (const one of silent) one.destroy();
    for (let i = 0; i < 100; i++)
      if (codeOf(await signer.ask({ request: 'status' }).catch(() => ({ error: { code: 'busy' } }))) === 'ok') return;
    assert.fail('it stays busy');
  });
});

// Not to be read by other programs of its user; locked ("lo") and left out of core files ("dd").
// AddressSanitizer makes mlock() do nothing.
function checkMemory(pid) {
  if (process.getuid() !== 0) {
    assert.throws(() => readFileSync(`/proc/${pid}/smaps`), /EACCES/);
    return;
  }
  const maps = readFileSync(`/proc/${pid}/smaps`, 'utf8');
  const flags = maps.match(/^VmFlags:.*$/gm).filter((line) => / dd /.test(line));
  assert.ok(flags.length > 0, 'left out of core files');
  assert.ok(/lib[at]san/.test(maps) || flags.some((line) => / lo /.test(line)), 'locked');
}

test('the socket is for its user, the key is in locked memory', async () => {
  await withSigner('users', [], async (signer) => {
    assert.equal(statSync(signer.socket).mode & 0o777, 0o600);
    checkMemory(signer.process.pid);
    const limits = readFileSync(`/proc/${signer.process.pid}/limits`, 'utf8');
    assert.match(limits, /^Max core file size\s+0\s/m);
    await assert.rejects(start('users'), /another signer holds this key/);
    await assert.rejects(start('quota', [], { socket: signer.socket }), /a signer answers there already/);
  });
});

// What a user without rights is answered.
function askAs(uid, socket) {
  const script = `const c = require('net').connect(${JSON.stringify(socket)});
    c.on('data', (d) => process.stdout.write(d)); c.on('error', (e) => process.stdout.write(e.code));
    c.on('connect', () => c.write('{"request":"status"}\\n'));`;
  return spawnSync(process.execPath, ['-e', script], { uid, gid: uid, cwd: '/' }).stdout.toString();
}

test('another user is refused unless it was named', { skip: process.getuid() !== 0 && 'needs root' }, async () => {
  const group = ['--group', 'nogroup'];
  await withSigner('users', [], async (signer) => assert.equal(askAs(65534, signer.socket), 'EACCES'));
  await withSigner('users', group, async (signer) => {
    assert.equal(statSync(signer.socket).mode & 0o777, 0o660);
    assert.equal(JSON.parse(askAs(65534, signer.socket)).error.code, 'not_allowed');
  });
  await withSigner('users', [...group, '--allow-user', '65534', '--allow-user', 'daemon'], async (signer) =>
    assert.equal(JSON.parse(askAs(65534, signer.socket)).key, 'users'));
});

test('what stands in its place', async () => {
  const file = socketPath();
  writeFileSync(file, 'precious');
  await assert.rejects(start('once', [], { socket: file }), /no socket/);
  assert.equal(readFileSync(file, 'utf8'), 'precious');
  const left = await start('once');
  await left.stop('SIGKILL');
  assert.ok(existsSync(left.socket));
  await withSigner('once', [], async (signer) => assert.equal(codeOf(await signer.issue(1)), 'ok'), { socket: left.socket });
  await assert.rejects(start('once', [], { socket: join(directory, 'x'.repeat(120)) }), /1 to 107 bytes/);
  await assert.rejects(start('once', ['--allow-user', 'nobody-has-this-name']), /there is no such user/);
  await assert.rejects(start('once', ['--group', 'nobody-has-this-name']), /there is no such group/);
  await assert.rejects(start('nothing'), /there is no key/);
});

test('a signature that comes out wrong is never given out', async () => {
  const env = { LD_PRELOAD: process.env.FAULTY, ASAN_OPTIONS: 'verify_asan_link_order=0', BAD_SIGNATURE_AT: '30' };
  await withSigner('faulty', [], async (signer) => {
    assert.equal(codeOf(await signer.issue(20)), 'ok');
    const answer = await signer.issue(20);
    assert.equal(codeOf(answer), 'signer_failed');
    assert.match(answer.error.text, /does not verify/);
    assert.equal(answer.labels, undefined);
  }, { env });
});
