// SPDX-License-Identifier: Apache-2.0
// Backups: whole or not there at all, whatever happens while they are made. ASSAY_ROUNDS=1000 kills
// more often.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Gateway, bin } from '../e2e/gateway.mjs';
import { IssuingKey } from '../cli/brand.mjs';
import { dataDirectory, killed, listOf, run, runJson, temporary, writeList } from '../cli/registry.mjs';

const key = new IssuingKey('plant-a');
const numbers = (count, from = 0) => Array.from({ length: count }, (_, i) => `S${from + i}`);
const rounds = Number(process.env.ASSAY_ROUNDS ?? 50);

// With a fixed seed, so that the same moments come again.
let seed = 20261122;
const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; };

function filled(count) {
  const data = dataDirectory([key]);
  run(data, 0, 'import', writeList(listOf(key, numbers(count))));
  return data;
}

// A backup is whole when a restore of it says so without writing anything.
const whole = (backup) => runJson(join(temporary(), 'nowhere'), 'restore', backup, '--dry-run');

test('what is in it, and who may read it', () => {
  const data = filled(20);
  mkdirSync(join(data, 'keys'));
  writeFileSync(join(data, 'keys/plant-a.key'), 'sealed', { mode: 0o600 });
  writeFileSync(join(data, 'keys/notes.txt'), 'not ours');
  writeFileSync(join(data, 'assayd.ini'), 'port = 8080\n');
  chmodSync(join(data, 'keyset.ini'), 0o644);
  const without = join(temporary(), 'b');
  const made = runJson(data, 'backup', without);
  assert.equal(made.units, 20);
  assert.equal(made.files, 4);
  const withKeys = join(temporary(), 'b');
  assert.equal(runJson(data, 'backup', withKeys, '--with-keys').files, 5);
  assert.ok(!existsSync(join(without, 'keys')));
  assert.deepEqual(readdirSync(join(withKeys, 'keys')), ['plant-a.key']);
  for (const name of ['registry/data.mdb', 'secrets', 'keyset.ini', 'assayd.ini', 'backup.json', 'backup.b2sum'])
    assert.equal(statSync(join(without, name)).mode & 0o777, 0o600, name);
  assert.deepEqual(readdirSync(join(without, 'registry')), ['data.mdb']);
  const list = JSON.parse(readFileSync(join(without, 'backup.json'), 'utf8'));
  for (const { name, bytes, blake2b } of list.files) {
    const content = readFileSync(join(without, name));
    assert.equal(content.length, bytes);
    assert.equal(createHash('blake2b512').update(content).digest('hex'), blake2b);
  }
  execFileSync('b2sum', ['--status', '-c', 'backup.b2sum'], { cwd: without });
});

test('what cannot be backed up leaves nothing behind', () => {
  const data = filled(5);
  const there = temporary();
  const rows = [
    ['a directory that is there', [there], 5, /already there/],
    ['a slash at the end', [`${there}/new/`], 1, /without a slash/],
    ['no parent, maybe a disk that is not mounted', [join(there, 'disk/x')], 3, /No such file/],
    ['two names', [join(there, 'a'), join(there, 'b')], 2, /./],
    ['no name', [], 2, /./],
  ];
  for (const [label, names, code, says] of rows) {
    const { stderr } = run(data, code, 'backup', ...names);
    assert.match(stderr, says, label);
  }
  run(temporary(), 3, 'backup', join(temporary(), 'b'));
  const mine = join(temporary(), 'b');
  mkdirSync(`${mine}.part`);
  writeFileSync(join(`${mine}.part`, 'letter'), 'mine');
  assert.match(run(data, 5, 'backup', mine).stderr, /no unfinished backup/);
  assert.equal(readFileSync(join(`${mine}.part`, 'letter'), 'utf8'), 'mine');
});

test('a damaged registry is not backed up', () => {
  const data = filled(300);
  const file = join(data, 'registry/data.mdb');
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf('S150');
  bytes[at + 6] ^= 0x10;
  writeFileSync(file, bytes);
  const to = join(temporary(), 'b');
  const { stderr } = run(data, 1, 'backup', to);
  assert.match(stderr, /damaged/);
  assert.ok(!existsSync(to) && !existsSync(`${to}.part`));
  assert.ok(!existsSync(join(data, 'last-backup')));
});

test('killed at any moment: whole or not there, and the next one goes on', async () => {
  const data = filled(3000);
  const directory = temporary();
  const started = Date.now();
  run(data, 0, 'backup', join(directory, 'first'));
  const took = Date.now() - started;
  let cut = 0;
  let done = 0;
  for (let i = 0; i < rounds; i++) {
    const to = join(directory, 'b');
    const moment = () => new Promise((later) => { setTimeout(later, random() * took * 1.1); });
    const { signal } = await killed(moment, {}, 'backup', to, '--data', data);
    cut += signal === 'SIGKILL' ? 1 : 0;
    if (existsSync(to)) {
      assert.equal(whole(to).units, 3000, `round ${i}`);
      done++;
      rmSync(to, { recursive: true });
    }
    if (i % 10 === 9) {
      assert.equal(runJson(data, 'backup', to).units, 3000);
      assert.ok(!existsSync(`${to}.part`));
      rmSync(to, { recursive: true });
    }
  }
  assert.ok(cut > rounds / 5, `${cut} of ${rounds} were killed in the middle`);
  console.log(`# ${rounds} rounds: ${cut} killed, ${done} finished before`);
  run(data, 0, 'check');
});

test('two at once: one makes it, the other says so', async () => {
  const data = filled(2000);
  const to = join(temporary(), 'b');
  const one = () => new Promise((later) => {
    spawn(join(bin, 'assay'), ['backup', to, '--data', data], { stdio: 'ignore' }).on('exit', later);
  });
  const codes = await Promise.all([one(), one(), one(), one()]);
  assert.equal(codes.filter((code) => code === 0).length, 1, String(codes));
  assert.ok(codes.every((code) => [0, 5, 7].includes(code)), String(codes));
  assert.equal(whole(to).units, 2000);
});

test('while assayd serves and an import runs', async () => {
  const data = filled(1000);
  const gateway = await Gateway.start(data);
  const list = writeList(listOf(key, numbers(4000, 1000)));
  const importing = spawn(join(bin, 'assay'), ['import', list, '--data', data], { stdio: 'ignore' });
  const ended = new Promise((later) => importing.on('exit', later));
  const counts = [];
  while (importing.exitCode === null && counts.length < 20) {
    const to = join(temporary(), 'b');
    await new Promise((later) => { // not blocking: the import's end is noticed
      spawn(join(bin, 'assay'), ['backup', to, '--data', data], { stdio: 'ignore' }).on('exit', later);
    });
    counts.push(whole(to).units);
  }
  assert.equal(await ended, 0);
  assert.equal(runJson(data, 'backup', join(temporary(), 'b')).units, 5000);
  assert.deepEqual(counts, [...counts].sort((a, b) => a - b));
  assert.ok(counts.length > 0 && counts[0] >= 1000);
  assert.equal((await gateway.stop()).code, 0);
  run(data, 0, 'check');
});
