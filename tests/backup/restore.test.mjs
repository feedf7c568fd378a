// SPDX-License-Identifier: Apache-2.0
// Putting a backup back: nothing damaged is taken, nothing is lost, and an old registry is noticed.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Gateway, bin, freePort } from '../e2e/gateway.mjs';
import { IssuingKey, keysetIni } from '../cli/brand.mjs';
import { dataDirectory, gtin, killed, listOf, run, runJson, temporary, writeList } from '../cli/registry.mjs';

const key = new IssuingKey('plant-a');
const numbers = (count, from = 0) => Array.from({ length: count }, (_, i) => `S${from + i}`);

function filled(count) {
  const data = dataDirectory([key]);
  run(data, 0, 'import', writeList(listOf(key, numbers(count))));
  return data;
}
function backedUp(data) {
  const to = join(temporary(), 'b');
  run(data, 0, 'backup', to);
  return to;
}
const sell = (data, serial) => run(data, 0, 'event', 'sell', gtin, serial);
const stateOf = (data, serial) => runJson(data, 'history', gtin, serial).unit?.state;
const units = (data) => runJson(data, 'check').units;

async function refusedStart(data, ...extra) {
  const port = await freePort();
  const done = spawnSync(join(bin, 'assayd'), ['--data', data, '--port', String(port), ...extra],
    { encoding: 'utf8', timeout: 20000 });
  return { code: done.status, stderr: done.stderr };
}

test('into a new directory', async () => {
  const data = filled(50);
  sell(data, 'S1');
  const backup = backedUp(data);
  const fresh = join(temporary(), 'new');
  assert.equal(runJson(fresh, 'restore', backup).units, 50);
  assert.equal(units(fresh), 50);
  assert.deepEqual(readdirSync(fresh).filter((name) => name.includes('part')), []);
  assert.equal(readFileSync(join(fresh, 'keyset.ini'), 'utf8'), readFileSync(join(data, 'keyset.ini'), 'utf8'));
  const gateway = await Gateway.start(fresh);
  const { body } = await gateway.verdict(key.url({ gtin, serial: 'S1' }).replace(/^https:\/\/[^/]+/, ''));
  assert.equal(body.label.result, 'genuine');
  await gateway.stop();
});

test('a registry that is there is moved aside, and only when that is said', () => {
  const data = filled(10);
  const backup = backedUp(data);
  run(data, 0, 'import', writeList(listOf(key, numbers(5, 10))));
  assert.match(run(data, 5, 'restore', backup).stderr, /--replace/);
  assert.equal(units(data), 15);
  assert.match(run(data, 0, 'restore', backup, '--dry-run').stdout, /the backup is whole.*with --replace, is moved aside/s);
  run(data, 0, 'restore', backup, '--replace', '--dry-run');
  assert.equal(units(data), 15);
  const answer = runJson(data, 'restore', backup, '--replace');
  assert.equal(units(data), 10);
  assert.equal(units(answer.moved_aside_to), 15);
  assert.ok(answer.had_operations > answer.operations);
  sell(data, 'S2'); // and it is written to as before
  const second = runJson(data, 'restore', backup, '--replace');
  assert.notEqual(second.moved_aside_to, answer.moved_aside_to);
  assert.equal(units(answer.moved_aside_to), 15);
});

test('a keyset that knows more stays, and so do the configuration and the keys', () => {
  const data = filled(3);
  writeFileSync(join(data, 'assayd.ini'), 'port = 8081\n');
  mkdirSync(join(data, 'keys'));
  writeFileSync(join(data, 'keys/plant-a.key'), 'old', { mode: 0o600 });
  writeFileSync(join(data, 'keys/plant-b.key'), 'b', { mode: 0o600 });
  const backup = join(temporary(), 'b');
  run(data, 0, 'backup', backup, '--with-keys');
  const revoked = keysetIni([new IssuingKey('plant-a', { status: 'retired' })], 7);
  writeFileSync(join(data, 'keyset.ini'), revoked);
  writeFileSync(join(data, 'assayd.ini'), 'port = 8082\n');
  writeFileSync(join(data, 'keys/plant-a.key'), 'new', { mode: 0o600 });
  unlinkSync(join(data, 'keys/plant-b.key'));
  assert.equal(runJson(data, 'restore', backup, '--replace').kept_keyset, true);
  assert.equal(readFileSync(join(data, 'keyset.ini'), 'utf8'), revoked);
  assert.equal(readFileSync(join(data, 'assayd.ini'), 'utf8'), 'port = 8082\n');
  assert.equal(readFileSync(join(data, 'keys/plant-a.key'), 'utf8'), 'new');
  assert.equal(readFileSync(join(data, 'keys/plant-b.key'), 'utf8'), 'b');
  writeFileSync(join(data, 'keyset.ini'), keysetIni([key], 1).replace('version = 1', 'version = nonsense'));
  assert.equal(runJson(data, 'restore', backup, '--replace').kept_keyset, false);
  assert.match(readFileSync(join(data, 'keyset.ini'), 'utf8'), /version = 1\n/);
});

test('one bit anywhere, a missing file, a foreign name: refused, and nothing is touched', () => {
  const backup = backedUp(filled(200));
  const names = ['registry/data.mdb', 'secrets', 'keyset.ini', 'backup.json', 'backup.b2sum'];
  let flips = 0;
  for (const name of names) {
    const good = readFileSync(join(backup, name));
    for (let i = 0; i < 6; i++) {
      const bad = Buffer.from(good);
      bad[Math.floor((good.length - 1) * i / 5)] ^= 1 << i;
      writeFileSync(join(backup, name), bad);
      const target = join(temporary(), 'new');
      for (const extra of [['--dry-run'], []]) {
        const { stderr } = run(target, 1, 'restore', backup, ...extra);
        assert.match(stderr, /damaged|backup\.json|do not agree/, `${name} ${i}: ${stderr}`);
        assert.ok(!existsSync(join(target, 'registry')) && !existsSync(join(target, 'secrets')));
      }
      flips++;
    }
    writeFileSync(join(backup, name), good);
    renameSync(join(backup, name), join(backup, 'away'));
    assert.notEqual(run(join(temporary(), 'new'), 3, 'restore', backup).stderr, '', name);
    renameSync(join(backup, 'away'), join(backup, name));
  }
  assert.equal(flips, 30);
  run(join(temporary(), 'new'), 0, 'restore', backup);
  run(temporary(), 3, 'restore', temporary());
});

test('while assayd serves it is refused', async () => {
  const data = filled(3);
  const backup = backedUp(data);
  const gateway = await Gateway.start(data);
  assert.match(run(data, 7, 'restore', backup, '--replace').stderr, /stop it first/);
  await gateway.stop();
  run(data, 0, 'restore', backup, '--replace');
});

test('an old copy put back by hand is noticed, by the daemon and by the tool', async () => {
  const data = filled(5);
  const old = join(temporary(), 'old');
  cpSync(join(data, 'registry'), old, { recursive: true });
  sell(data, 'S1');
  rmSync(join(data, 'registry'), { recursive: true });
  cpSync(old, join(data, 'registry'), { recursive: true });
  const { code, stderr } = await refusedStart(data);
  assert.equal(code, 5);
  assert.match(stderr, /older than it was.*--accept-older/);
  assert.match(run(data, 5, 'event', 'sell', gtin, 'S1').stderr, /older than it was/);
  run(data, 0, 'check'); // looking is allowed
  const gateway = await Gateway.start(data, undefined, ['--accept-older']);
  assert.equal((await gateway.stop()).code, 0);
  const again = await Gateway.start(data); // once is enough
  assert.equal((await again.stop()).code, 0);
  sell(data, 'S1');
});

test('a restore is the word; a checkpoint that cannot be read is not passed over', async () => {
  const data = filled(5);
  const backup = backedUp(data);
  sell(data, 'S1');
  run(data, 0, 'restore', backup, '--replace');
  const gateway = await Gateway.start(data);
  assert.equal((await gateway.stop()).code, 0);
  writeFileSync(join(data, 'checkpoint'), 'operations = many\n');
  const { code, stderr } = await refusedStart(data);
  assert.equal(code, 5);
  assert.match(stderr, /checkpoint:1.*--accept-older/);
});

test('after kill -9 it starts: the registry is then newer than its checkpoint', async () => {
  const data = filled(5);
  for (let i = 0; i < 5; i++) {
    const gateway = await Gateway.start(data);
    const list = writeList(listOf(key, numbers(200, 100 + 200 * i)));
    await killed(() => new Promise((later) => { setTimeout(later, 60 * i); }), {}, 'import', list, '--data', data);
    assert.equal((await gateway.stop('SIGKILL')).signal, 'SIGKILL');
  }
  const gateway = await Gateway.start(data);
  assert.equal((await gateway.stop()).code, 0);
});

test('killed at any moment, the same command ends what it began', async () => {
  const data = filled(400);
  const backup = backedUp(data);
  sell(data, 'S1');
  const kept = join(temporary(), 'kept');
  cpSync(data, kept, { recursive: true });
  let cut = 0;
  for (let i = 0; i < 15; i++) {
    rmSync(data, { recursive: true });
    cpSync(kept, data, { recursive: true });
    const moment = () => new Promise((later) => { setTimeout(later, 8 * i); });
    const { signal } = await killed(moment, {}, 'restore', backup, '--replace', '--data', data);
    cut += signal === 'SIGKILL' ? 1 : 0;
    run(data, 0, 'restore', backup, '--replace');
    assert.equal(units(data), 400);
    const aside = readdirSync(data).filter((name) => name.startsWith('before-restore-'))
      .map((name) => join(data, name)).filter((name) => existsSync(join(name, 'registry')));
    assert.ok(aside.some((name) => JSON.parse(run(name, 0, 'check', '--json').stdout).events === 401),
      'what was sold is still there');
  }
  assert.ok(cut > 0);
});
