// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { IssuingKey, keysetIni } from './brand.mjs';
import { assayPath, passphraseFile, run, runJson, temporary } from './tool.mjs';

const mode = (path) => (statSync(path).mode & 0o7777).toString(8);

// RFC 9679: the first five bytes of the SHA-256 of the key as a COSE_Key.
function kidOf(publicKeyHex) {
  const coseKey = Buffer.from(`a301012006215820${publicKeyHex}`, 'hex');
  return createHash('sha256').update(coseKey).digest('hex').slice(0, 10);
}

function newKey(data, passphrase, name = 'plant-a', extra = []) {
  return runJson(['keys', 'new', name, '--organisation', 'Example Bränd', '--gtin-prefix', '0950600,0412345',
    '--passphrase-file', passphrase, '--data', data, ...extra]);
}

describe('keys new', () => {
  const dir = temporary();
  const data = join(dir, 'data');
  const passphrase = passphraseFile(dir);
  const secret = join(data, 'keys/plant-a.key');
  const keyset = join(data, 'keyset.ini');
  let made;

  before(() => {
    made = newKey(data, passphrase);
    assert.equal(made.code, 0, made.stderr);
  });

  test('makes a secret that nobody else can read, and trusts its public half', () => {
    assert.equal(mode(secret), '600');
    assert.equal(mode(join(data, 'keys')), '700');
    const ini = readFileSync(keyset, 'utf8');
    const publicKey = ini.match(/^public_key = ([0-9a-f]{64})$/m)[1];
    assert.equal(made.answer.kid, kidOf(publicKey));
    assert.match(ini, new RegExp(`^\\[key ${made.answer.kid}\\]$`, 'm'));
    assert.match(ini, /^gtin_prefixes = 0950600 0412345$/m);
    assert.match(ini, /^organisation = Example Bränd$/m);
    assert.match(ini, /^version = 1$/m);
  });

  test('answers what it made', () => {
    const { kid, not_before: from, not_after: until, ...rest } = made.answer;
    assert.match(kid, /^[0-9a-f]{10}$/);
    assert.deepEqual(rest, {
      name: 'plant-a', organisation: 'Example Bränd', gtin_prefixes: ['0950600', '0412345'],
      status: 'active', age_days: 0, secret: true,
    });
    const years = new Date(until).getUTCFullYear() - new Date(from).getUTCFullYear();
    assert.equal(years, 5);
    assert.ok(Math.abs(Date.now() - Date.parse(from)) < 120_000);
  });

  test('refuses a name that is taken, and changes nothing', () => {
    const before = [readFileSync(keyset), readFileSync(secret)];
    const again = newKey(data, passphrase);
    assert.equal(again.code, 5);
    assert.equal(again.answer.error.code, 'exists');
    assert.deepEqual([readFileSync(keyset), readFileSync(secret)], before);
  });

  test('goes on where it was interrupted, with the right passphrase only', () => {
    const other = passphraseFile(dir, 'other', 'another passphrase\n');
    rmSync(keyset);
    const wrong = newKey(data, other);
    assert.equal(wrong.code, 6);
    assert.match(wrong.answer.error.text, /wrong passphrase/);
    assert.equal(existsSync(keyset), false);
    const right = newKey(data, passphrase);
    assert.equal(right.code, 0, right.stderr);
    assert.match(right.stderr, /taken up/);
    assert.equal(right.answer.kid, made.answer.kid);
  });

  test('refuses the key file of another name', () => {
    const copied = join(data, 'keys/plant-z.key');
    writeFileSync(copied, readFileSync(secret), { mode: 0o600 });
    const done = newKey(data, passphrase, 'plant-z');
    assert.equal(done.code, 5);
    assert.match(done.answer.error.text, /holds the key plant-a/);
    rmSync(copied);
  });
});

test('keys new can be killed at any moment and run again', async () => {
  const dir = temporary();
  const data = join(dir, 'data');
  const passphrase = passphraseFile(dir);
  const args = ['keys', 'new', 'plant-a', '--organisation', 'Example', '--gtin-prefix', '0950600',
    '--passphrase-file', passphrase, '--data', data];
  for (const delay of [5, 100, 400, 800]) {
    const child = spawn(assayPath, args, { stdio: 'ignore' });
    setTimeout(() => child.kill('SIGKILL'), delay);
    await new Promise((resolve) => child.on('exit', resolve));
  }
  const last = run(args);
  assert.ok(last.code === 0 || last.code === 5, last.stderr);
  const { answer } = runJson(['keys', 'list', '--data', data]);
  assert.deepEqual(answer.keys.map(({ name, status, secret }) => ({ name, status, secret })),
    [{ name: 'plant-a', status: 'active', secret: true }]);
});

describe('keys new refuses', () => {
  const dir = temporary();
  const good = passphraseFile(dir);
  symlinkSync(good, join(dir, 'link'));
  const rows = [
    ['a name in capitals', { name: 'Plant' }, 2, /key's name/],
    ['a name that leaves the directory', { name: '../x' }, 2, /key's name/],
    ['a name of 33 characters', { name: 'a'.repeat(33) }, 2, /key's name/],
    ['no organisation', { organisation: '' }, 2, /--organisation/],
    ['an organisation of two lines', { organisation: 'a\nb' }, 2, /--organisation/],
    ['an organisation of 65 bytes', { organisation: 'ä'.repeat(32) + 'a' }, 2, /--organisation/],
    ['no prefix', { prefix: '' }, 2, /--gtin-prefix/],
    ['an empty prefix among others', { prefix: '0950600,,04' }, 2, /--gtin-prefix/],
    ['a prefix with a letter', { prefix: '095060O' }, 2, /--gtin-prefix/],
    ['a whole GTIN', { prefix: '09506000134352' }, 2, /--gtin-prefix/],
    ['nine prefixes', { prefix: '1,2,3,4,5,6,7,8,9' }, 2, /--gtin-prefix/],
    ['a day that does not exist', { extra: ['--not-before', '2026-02-30'] }, 2, /--not-before/],
    ['a window that ends before it begins',
      { extra: ['--not-before', '2026-02-01', '--not-after', '2026-01-31'] }, 2, /later/],
    ['a short passphrase', { passphrase: passphraseFile(dir, 'short', '1234567\n') }, 1, /passphrase/],
    ['an empty passphrase', { passphrase: passphraseFile(dir, 'empty', '') }, 1, /passphrase/],
    ['a passphrase that others can read', { passphrase: passphraseFile(dir, 'open', 'correct horse\n', 0o644) },
      6, /chmod 600/],
    ['a passphrase behind a symbolic link', { passphrase: join(dir, 'link') }, 6, /symbolic link/],
    ['a passphrase that is not there', { passphrase: join(dir, 'none') }, 3, /none/],
  ];
  for (const [label, options, code, says] of rows) {
    test(label, () => {
      const data = join(temporary(), 'data');
      const { name = 'plant-a', organisation = 'Example', prefix = '0950600', passphrase = good, extra = [] } = options;
      const done = runJson(['keys', 'new', name, '--organisation', organisation, '--gtin-prefix', prefix,
        '--passphrase-file', passphrase, '--data', data, ...extra]);
      assert.equal(done.code, code, done.stdout + done.stderr);
      assert.match(done.answer.error.text, says);
      assert.equal(existsSync(join(data, 'keyset.ini')), false);
      assert.equal(existsSync(join(data, `keys/${name}.key`)), false);
    });
  }
});

test('keys new without a terminal and without a passphrase file says what to do', () => {
  const data = join(temporary(), 'data');
  const done = spawnSync('setsid', ['--wait', assayPath, 'keys', 'new', 'plant-a', '--organisation', 'Example',
    '--gtin-prefix', '0950600', '--data', data], { input: '', env: { ...process.env, CREDENTIALS_DIRECTORY: '' } });
  assert.equal(done.status, 7);
  assert.match(done.stderr.toString(), /no terminal/);
});

// Keysets written by hand; the secrets are nowhere.
function dataWith(...keys) {
  const data = temporary();
  writeFileSync(join(data, 'keyset.ini'), keysetIni(keys, 7));
  return data;
}

const statusOf = (data, name) =>
  runJson(['keys', 'list', '--data', data]).answer.keys.find((key) => key.name === name);
const versionOf = (data) => Number(readFileSync(join(data, 'keyset.ini'), 'utf8').match(/^version = (\d+)$/m)[1]);

describe('keys list', () => {
  const ended = new IssuingKey('old', { not_before: '2010-01-01T00:00:00Z', not_after: '2020-01-01T00:00:00Z' });
  const future = new IssuingKey('next', { not_before: '2900-01-01T00:00:00Z', not_after: '2901-01-01T00:00:00Z' });
  const stolen = new IssuingKey('stolen', {
    organisation: 'Exämple', status: 'revoked', compromised_since: '2026-01-01T00:00:00Z', reason: 'laptop stolen',
  });

  test('tells everything as JSON', () => {
    const { code, answer } = runJson(['keys', 'list', '--data', dataWith(ended, stolen)]);
    assert.equal(code, 0);
    assert.equal(answer.version, 7);
    const days = Math.floor((Date.now() - Date.parse('2010-01-01T00:00:00Z')) / 86_400_000);
    assert.deepEqual(answer.keys[0], {
      name: 'old', kid: ended.kid.toString('hex'), organisation: 'Example Brand', gtin_prefixes: ['0950600'],
      not_before: '2010-01-01T00:00:00Z', not_after: '2020-01-01T00:00:00Z', status: 'active',
      age_days: days, secret: false,
    });
    assert.equal(answer.keys[1].status, 'revoked');
    assert.equal(answer.keys[1].compromised_since, '2026-01-01T00:00:00Z');
    assert.equal(answer.keys[1].reason, 'laptop stolen');
  });

  test('tells a person which keys no longer or not yet issue', () => {
    const { stdout } = run(['keys', 'list', '--data', dataWith(ended, future, stolen, new IssuingKey('now'))]);
    assert.match(stdout, /^old +[0-9a-f]{10} +window over +0950600 +2010-01-01 to 2020-01-01 .*Example Brand$/m);
    assert.match(stdout, /^next .* not yet /m);
    assert.match(stdout, /^stolen .* revoked .*Exämple\n +compromised since 2026-01-01T00:00:00Z: laptop stolen$/m);
    assert.match(stdout, /^now .* active /m);
  });

  test('without a keyset there is no key', () => {
    const { code, answer } = runJson(['keys', 'list', '--data', temporary()]);
    assert.equal(code, 0);
    assert.deepEqual(answer, { version: 0, keys: [] });
  });

  test('a damaged keyset is an error with its line', () => {
    const data = dataWith(ended);
    const path = join(data, 'keyset.ini');
    writeFileSync(path, readFileSync(path, 'utf8').replace('status = active', 'status = fine'));
    const { code, answer } = runJson(['keys', 'list', '--data', data]);
    assert.equal(code, 1);
    assert.match(answer.error.text, /keyset\.ini:\d+: status/);
  });
});

describe('keys retire', () => {
  const key = new IssuingKey('plant-a');

  test('keeps the labels and raises the version', () => {
    const data = dataWith(key);
    const done = runJson(['keys', 'retire', 'plant-a', '--data', data]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(done.answer.status, 'retired');
    assert.equal(statusOf(data, 'plant-a').status, 'retired');
    assert.equal(versionOf(data), 8);
  });

  test('suggests the name that was meant', () => {
    const done = runJson(['keys', 'retire', 'plant-e', '--data', dataWith(key)]);
    assert.equal(done.code, 3);
    assert.match(done.answer.error.text, /did you mean plant-a\?/);
  });
});

describe('keys revoke', () => {
  const key = new IssuingKey('plant-a');
  const revoke = (data, since, extra = ['--yes']) =>
    runJson(['keys', 'revoke', 'plant-a', '--compromised-since', since, '--reason', 'laptop stolen',
      '--data', data, ...extra]);

  test('says what it means and does it', () => {
    const data = dataWith(key);
    const done = revoke(data, '2026-05-01');
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stderr, /registered before that moment stay genuine/);
    const { status, compromised_since: since, reason } = statusOf(data, 'plant-a');
    assert.deepEqual({ status, since, reason },
      { status: 'revoked', since: '2026-05-01T00:00:00Z', reason: 'laptop stolen' });
  });

  test('moves the moment back, never forward, and a revoked key is not retired', () => {
    const data = dataWith(key);
    assert.equal(revoke(data, '2026-05-01').code, 0);
    assert.equal(revoke(data, '2026-05-02').code, 5);
    assert.equal(run(['keys', 'retire', 'plant-a', '--data', data]).code, 5);
    assert.equal(statusOf(data, 'plant-a').compromised_since, '2026-05-01T00:00:00Z');
    assert.equal(revoke(data, '2026-04-01T12:00:00Z').code, 0);
    assert.equal(statusOf(data, 'plant-a').compromised_since, '2026-04-01T12:00:00Z');
  });

  test('asks, and without an answer changes nothing', () => {
    const data = dataWith(key);
    const before = readFileSync(join(data, 'keyset.ini'));
    const done = revoke(data, '2026-05-01', []);
    assert.equal(done.code, 2);
    assert.match(done.answer.error.text, /--yes/);
    assert.deepEqual(readFileSync(join(data, 'keyset.ini')), before);
  });

  for (const [label, typed, code, status] of [
    ['the name typed on a terminal', 'plant-a', 0, 'revoked'],
    ['another name', 'plant-b', 6, 'active'],
    ['nothing', '', 6, 'active'],
  ]) {
    test(`on a terminal: ${label}`, () => {
      const data = dataWith(key);
      const command = `${assayPath} keys revoke plant-a --compromised-since 2026-05-01 --reason stolen --data ${data}`;
      const done = spawnSync('script', ['-qec', command, '/dev/null'], { input: `${typed}\n` });
      assert.equal(done.status, code, done.stdout.toString());
      assert.equal(statusOf(data, 'plant-a').status, status);
    });
  }

  for (const [label, args, code] of [
    ['a moment in the future', ['--compromised-since', '2990-01-01', '--reason', 'x'], 2],
    ['a moment that is none', ['--compromised-since', 'yesterday', '--reason', 'x'], 2],
    ['a moment with an offset', ['--compromised-since', '2026-05-01T00:00:00+02:00', '--reason', 'x'], 2],
    ['no moment', ['--reason', 'x'], 2],
    ['no reason', ['--compromised-since', '2026-05-01'], 2],
    ['an empty reason', ['--compromised-since', '2026-05-01', '--reason', ''], 2],
    ['a reason of 121 bytes', ['--compromised-since', '2026-05-01', '--reason', 'x'.repeat(121)], 2],
    ['a reason of two lines', ['--compromised-since', '2026-05-01', '--reason', 'a\nstatus = active'], 2],
  ]) {
    test(`refuses ${label}`, () => {
      const data = dataWith(key);
      const done = runJson(['keys', 'revoke', 'plant-a', '--yes', '--data', data, ...args]);
      assert.equal(done.code, code, done.stdout);
      assert.equal(done.answer.error.code, 'usage');
      assert.equal(versionOf(data), 7);
    });
  }
});

describe('keys export and add', () => {
  const a = new IssuingKey('plant-a');
  const b = new IssuingKey('plant-b', { gtin_prefixes: '0950600 04', organisation: 'Exämple "B"' });

  test('JWKS are keys that another library takes', () => {
    const { code, stdout } = run(['keys', 'export', '--data', dataWith(a, b)]);
    assert.equal(code, 0);
    const { keys } = JSON.parse(stdout);
    assert.deepEqual(keys.map((key) => key.kid), [a, b].map((key) => key.kid.toString('hex')));
    for (const [i, key] of [a, b].entries()) {
      const der = createPublicKey({ key: keys[i], format: 'jwk' }).export({ format: 'der', type: 'spki' });
      assert.deepEqual(der.subarray(-32), key.public);
    }
    assert.deepEqual(keys[1].gtin_prefixes, ['0950600', '04']);
    assert.equal(keys[1].organisation, 'Exämple "B"');
    assert.doesNotMatch(stdout, /"d"/);
  });

  test('one key travels as INI to another keyset', () => {
    const here = dataWith(a, b);
    const there = dataWith(a);
    const file = join(here, 'b.ini');
    assert.equal(run(['keys', 'export', 'plant-b', '--format', 'ini', '-o', file, '--data', here]).code, 0);
    assert.doesNotMatch(readFileSync(file, 'utf8'), /plant-a/);
    const added = runJson(['keys', 'add', file, '--data', there]);
    assert.equal(added.code, 0, added.stdout);
    assert.deepEqual(added.answer.added.map(({ name, kid }) => ({ name, kid })),
      [{ name: 'plant-b', kid: b.kid.toString('hex') }]);
    const again = runJson(['keys', 'add', '-', '--data', there], { input: readFileSync(file) });
    assert.deepEqual(again.answer, { added: [], unchanged: 1 });
    assert.equal(versionOf(there), 8);
  });

  test('an export is not written over another file', () => {
    const data = dataWith(a);
    const file = join(data, 'plant-a.key');
    writeFileSync(file, 'precious');
    assert.equal(run(['keys', 'export', '-o', file, '--data', data]).code, 5);
    assert.equal(readFileSync(file, 'utf8'), 'precious');
  });

  const twin = new IssuingKey('plant-a', { gtin_prefixes: '0' });
  const thief = new IssuingKey('thief');
  thief.name = 'plant-a';
  const renamed = new IssuingKey('plant-a');
  renamed.name = 'plant-c';
  for (const [label, text, code] of [
    ['the same key with a wider scope', keysetIni([twin]), 5],
    ['another key with a name that is taken', keysetIni([thief]), 5],
    ['the same key under another name', keysetIni([renamed]), 5],
    ['a good one beside a bad one', keysetIni([b, twin]), 5],
    ['a secret key', 'assay-keyfile v1\0\0\0', 1],
    ['an empty file', '', 1],
    ['a keyset without a key', '[keyset]\nversion = 1\n', 1],
    ['a kid that is not the key\'s', keysetIni([b]).replace(/\[key ../, '[key 00'), 1],
    ['a public key of small order', keysetIni([b]).replace(/public_key = .*/, `public_key = ${'00'.repeat(32)}`), 1],
  ]) {
    test(`add refuses ${label}`, () => {
      const data = dataWith(a);
      const done = runJson(['keys', 'add', '-', '--data', data], { input: text });
      assert.equal(done.code, code, done.stdout);
      assert.ok(done.answer.error.text.length > 0);
      assert.equal(versionOf(data), 7);
    });
  }

  for (const [label, args, code] of [
    ['an unknown format', ['--format', 'pem'], 2],
    ['an unknown key', ['plant-x'], 3],
    ['INI as JSON', ['--format', 'ini', '--json'], 2],
  ]) {
    test(`export refuses ${label}`, () => {
      assert.equal(run(['keys', 'export', ...args, '--data', dataWith(a)]).code, code);
    });
  }

  test('export without a keyset finds nothing', () => {
    assert.equal(run(['keys', 'export', '--data', temporary()]).code, 3);
  });
});
