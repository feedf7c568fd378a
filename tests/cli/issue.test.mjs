// SPDX-License-Identifier: Apache-2.0
// `assay issue` from outside: what it writes is checked with Node's Ed25519 and another BLAKE2b.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assay, bin } from '../e2e/gateway.mjs';
import { canonicalOf } from './brand.mjs';
import { after, gtin, killed, linesOf, product, run, temporary } from './registry.mjs';

const { blake2b } = createRequire(new URL('../node/', import.meta.url))('@noble/hashes/blake2b');

const data = join(temporary(), 'data');
const passphrase = join(temporary(), 'passphrase');
let key;

const issueArgs = (more) => ['issue', '--gtin', gtin, '--key', 'plant-a', '--passphrase-file', passphrase,
  '--base-url', 'https://id.example.com', '--data', data, ...more];
const issue = (...more) => assay(...issueArgs(more));
const newRun = () => join(temporary(), 'run');

before(() => {
  writeFileSync(passphrase, 'correct horse battery\n', { mode: 0o600 });
  run(data, 0, 'keys', 'new', 'plant-a', '--organisation', 'Example', '--gtin-prefix', '0950600', '--passphrase-file', passphrase);
  run(data, 0, 'keys', 'new', 'plant-r', '--organisation', 'Example', '--gtin-prefix', '0950600', '--passphrase-file', passphrase);
  run(data, 0, 'keys', 'new', 'plant-x', '--organisation', 'Example', '--gtin-prefix', '0412345', '--passphrase-file', passphrase);
  run(data, 0, 'keys', 'retire', 'plant-r');
  run(data, 0, 'product', 'put', product(data));
  const section = readFileSync(join(data, 'keyset.ini'), 'utf8').split('[key ').find((part) => part.includes('name = plant-a\n'));
  const value = (name) => section.match(new RegExp(`^${name} = (.*)$`, 'm'))[1];
  key = { kid: section.slice(0, 10), public: value('public_key'), manifest: value('manifest_key') };
});

const publicKey = (hex) => createPublicKey({ format: 'der', type: 'spki',
  key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(hex, 'hex')]) });
const fromBase32 = (text) => Buffer.from([...text].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c)
  .toString(2).padStart(5, '0')).join('').match(/.{8}/g).map((byte) => parseInt(byte, 2)));

// The Sig_structure by hand: design section 2.
function signedBytes(kid, context, payload) {
  return Buffer.concat([Buffer.from('846a5369676e6174757265314aa201270445', 'hex'), kid,
    Buffer.from([0x40 + context.length]), Buffer.from(context), Buffer.from([0x58, payload.length]), payload]);
}
const kidOf = (hex) => createHash('sha256').update(Buffer.from(`a301012006215820${hex}`, 'hex')).digest().subarray(0, 5);
function checkToken(text, identity) {
  const token = fromBase32(text);
  assert.equal(token.length, 70);
  assert.equal(token[0], 1);
  assert.equal(token.subarray(1, 6).toString('hex'), key.kid);
  const signed = signedBytes(token.subarray(1, 6), 'assay/serial/v1', Buffer.from(canonicalOf(identity)));
  assert.ok(verify(null, signed, publicKey(key.public), token.subarray(6)), identity.serial);
}
function checkSeal(text) {
  const at = text.lastIndexOf('#manifest,');
  const [, version, kid, rows, signature] = text.slice(at).trimEnd().split(',');
  assert.equal(version, '1');
  assert.equal(kid, key.kid);
  assert.equal(Number(rows), text.slice(0, at).trimEnd().split('\n').length - 1);
  const digest = Buffer.from(blake2b(Buffer.from(text.slice(0, at)), { dkLen: 32 }));
  const signed = signedBytes(kidOf(key.manifest), 'assay/manifest/v1', digest);
  assert.ok(verify(null, signed, publicKey(key.manifest), Buffer.from(signature, 'hex')));
}

test('three files, each for its reader, that other implementations accept', () => {
  const out = newRun();
  const made = issue('--count', '1000', '--lot', 'L24A0917', '--variant', '2A', '--made-on', '2026-01-12', '--expires-on', '2028-01-12', '-o', out, '--json');
  assert.equal(made.code, 0, made.stderr);
  const answer = JSON.parse(made.stdout);
  assert.deepEqual([answer.gtin, answer.count, answer.key, answer.kid], [gtin, 1000, 'plant-a', key.kid]);
  assert.equal(statSync(answer.labels).mode & 0o777, 0o644);
  assert.equal(statSync(answer.cards).mode & 0o777, 0o600);
  assert.equal(statSync(answer.manifest).mode & 0o777, 0o600);
  const labels = linesOf(answer.labels).map((line) => line.split(','));
  const cards = linesOf(answer.cards).map((line) => line.split(','));
  const manifest = linesOf(answer.manifest).map((line) => line.split(','));
  assert.deepEqual(labels.shift(), ['url', 'gtin', 'lot', 'serial']);
  assert.deepEqual(cards.shift(), ['gtin', 'serial', 'claim_code']);
  assert.deepEqual(manifest.shift(), ['gtin', 'variant', 'lot', 'serial', 'made_on', 'expires_on', 'claim_code', 'token']);
  assert.equal(labels.length, 1000);
  assert.equal(new Set(labels.map(([, , , serial]) => serial)).size, 1000);
  labels.forEach(([url, labelGtin, lot, serial], i) => {
    assert.match(serial, /^[0-9A-HJKMNP-TV-Z]{12}$/);
    assert.deepEqual([labelGtin, lot], [gtin, 'L24A0917']);
    const [link, token] = url.split('?S=');
    assert.equal(link, `https://ID.EXAMPLE.COM/01/${gtin}/22/2A/10/L24A0917/21/${serial}`);
    checkToken(token, { gtin, variant: '2A', lot, serial });
    assert.match(cards[i][2], /^[0-9A-HJKMNP-TV-Z]{10}$/);
    assert.deepEqual(cards[i].slice(0, 2), [gtin, serial]);
    assert.deepEqual(manifest[i], [gtin, '2A', lot, serial, '2026-01-12', '2028-01-12', cards[i][2], token]);
  });
  checkSeal(readFileSync(answer.manifest, 'utf8'));
  assert.deepEqual(readdirSync(join(out, '..')).length, 3);
  assert.equal(JSON.parse(run(data, 0, 'import', answer.manifest, '--json').stdout).registered, 1000);
});

test("a brand's own serials stay as they are, and the same serials give the same labels", () => {
  const serials = ['00001', '1', 'a', 'A', '"quoted"', 'A,B', '=1+1', '%41', 'x/y', 'ABCDEFGHIJ0123456789'];
  const file = join(temporary(), 'serials');
  writeFileSync(file, serials.join('\r\n'));
  const [first, second] = [newRun(), newRun()];
  for (const out of [first, second]) {
    const made = issue('--serials', file, '--no-claim', '-o', out);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(existsSync(`${out}.cards.csv`), false);
  }
  for (const suffix of ['labels.csv', 'manifest.csv'])
    assert.deepEqual(readFileSync(`${first}.${suffix}`), readFileSync(`${second}.${suffix}`));
  const tokens = linesOf(`${first}.manifest.csv`).slice(1, -1).map((line) => line.slice(-112));
  tokens.forEach((token, i) => checkToken(token, { gtin, serial: serials[i] }));
  const rows = run(data, 0, 'import', `${first}.manifest.csv`, '--rows', 'all', '--json').stdout.trimEnd().split('\n').map(JSON.parse);
  assert.deepEqual(rows.slice(0, -1).map(({ serial }) => serial), serials);
});

test('what is wrong is said, and nothing is written', () => {
  const out = newRun();
  const serials = (text) => {
    const file = join(temporary(), 'serials');
    writeFileSync(file, text);
    return file;
  };
  const count = ['--count', '3'];
  const rows = [
    ['no count', [], 2, /--count/],
    ['count of 0', ['--count', '0'], 2, /--count/],
    ['count of ten million and one', ['--count', '10000001'], 2, /--count/],
    ['count that is no number', ['--count', '1e3'], 2, /--count/],
    ['lot with a blank', [...count, '--lot', 'L 1'], 2, /--lot/],
    ['lot of 21', [...count, '--lot', 'A'.repeat(21)], 2, /--lot/],
    ['variant of a dot', [...count, '--variant', '.'], 2, /--variant/],
    ['day that does not exist', [...count, '--made-on', '2026-02-30'], 2, /--made-on/],
    ['expires before it is made', [...count, '--made-on', '2026-02-02', '--expires-on', '2026-02-01'], 2, /--expires-on/],
    ['serials that are not there', ['--serials', '/nonexistent'], 3, /nonexistent/],
    ['no serials', ['--serials', serials('')], 1, /empty/],
    ['serials and another count', ['--serials', serials('1\n2\n'), '--count', '3'], 2, /has 2/],
    ['empty line', ['--serials', serials('1\n\n2\n')], 1, /serials:2: empty/],
    ['blank at the end', ['--serials', serials('1\n2 \n')], 1, /serials:2: /],
    ['serial of 21', ['--serials', serials(`1\n${'A'.repeat(21)}\n`)], 1, /serials:2: /],
    ['serial of a megabyte', ['--serials', serials(`1\n${'A'.repeat(1 << 20)}\n`)], 1, /serials:2: /],
    ['serial with a NUL', ['--serials', serials('1\nA\0B\n')], 1, /serials:2: /],
    ['serial that is not ASCII', ['--serials', serials('1\nÄ\n')], 1, /serials:2: /],
    ['byte order mark', ['--serials', serials('\ufeff1\n')], 1, /serials:1: /],
    ['serial twice', ['--serials', serials('1\n2\n01\n2\n')], 1, /serials:4: serial 2 is on line 2/],
    ["a spreadsheet's number", ['--serials', serials('1\n7.00123E+11\n')], 1, /serials:2: a spreadsheet/],
    ['base URL with a path', [...count, '--base-url', 'https://id.example.com/x'], 2, /base-url is given twice/],
    ['unknown directory', [...count, '-o', '/nonexistent/run'], 2, /output is given twice/],
  ];
  for (const [label, more, code, says] of rows) {
    const made = issue(...more, '-o', out);
    assert.equal(made.code, code, `${label}: ${made.stderr}`);
    assert.match(made.stderr, says, label);
    assert.deepEqual(readdirSync(join(out, '..')), [], label);
  }
});

test('keys that may not issue are refused', () => {
  const wrong = join(temporary(), 'passphrase');
  writeFileSync(wrong, 'incorrect horse\n', { mode: 0o600 });
  const open = join(temporary(), 'passphrase');
  writeFileSync(open, 'correct horse battery\n', { mode: 0o600 });
  chmodSync(open, 0o644);
  const foreign = join(temporary(), 'data');
  run(foreign, 0, 'keys', 'new', 'pirate', '--organisation', 'P', '--gtin-prefix', '0950600', '--passphrase-file', passphrase);
  const swapped = join(temporary(), 'data');
  mkdirSync(join(swapped, 'keys'), { recursive: true });
  copyFileSync(join(data, 'keyset.ini'), join(swapped, 'keyset.ini'));
  copyFileSync(join(data, 'keys/plant-x.key'), join(swapped, 'keys/plant-a.key'));
  chmodSync(join(swapped, 'keys/plant-a.key'), 0o600);
  const rows = [
    ['retired', data, 'plant-r', passphrase, 6, /retired/],
    ['another scope', data, 'plant-x', passphrase, 6, /scope/],
    ['unknown, with the nearest', data, 'plant-aa', passphrase, 3, /plant-a/],
    ['wrong passphrase', data, 'plant-a', wrong, 6, /passphrase/],
    ['passphrase that others can read', data, 'plant-a', open, 6, /chmod/],
    ['file of a key that is not trusted', data, join(foreign, 'keys/pirate.key'), passphrase, 6, /not in the keyset/],
    ['file that is not there', data, '/nonexistent/a.key', passphrase, 3, /nonexistent/],
    ['a name that is a path', data, '../plant-a', passphrase, 3, /plant-a/],
    ["another key's file under the name", swapped, 'plant-a', passphrase, 6, /holds/],
  ];
  for (const [label, directory, name, file, code, says] of rows) {
    const out = newRun();
    const made = assay('issue', '--gtin', gtin, '--count', '3', '--key', name, '--passphrase-file', file,
      '--base-url', 'https://id.example.com', '-o', out, '--data', directory);
    assert.equal(made.code, code, `${label}: ${made.stderr}`);
    assert.match(made.stderr, says, label);
    assert.deepEqual(readdirSync(join(out, '..')), [], label);
  }
});

test('a key file can be named, and the base URL configured', () => {
  const out = newRun();
  const args = ['issue', '--gtin', gtin, '--count', '1', '--key', join(data, 'keys/plant-a.key'), '--passphrase-file', passphrase, '--data', data];
  const without = assay(...args, '-o', out);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /--base-url/);
  writeFileSync(join(data, 'assayd.ini'), 'base_url = https://labels.example.org\n');
  const made = assay(...args, '-o', out);
  assert.equal(made.code, 0, made.stderr);
  assert.match(linesOf(`${out}.labels.csv`)[1], /^https:\/\/LABELS\.EXAMPLE\.ORG\/01\//);
  for (const base of ['https://id.example.com/x', 'ftp://id.example.com', 'id.example.com', ''])
    assert.notEqual(assay(...args, '-o', newRun(), `--base-url=${base}`).code, 0, base);
});

test('a run is never overwritten', () => {
  for (const suffix of ['labels.csv', 'cards.csv', 'manifest.csv']) {
    const out = newRun();
    writeFileSync(`${out}.${suffix}`, 'precious');
    const made = issue('--count', '3', '-o', out);
    assert.equal(made.code, 5, made.stderr);
    assert.match(made.stderr, new RegExp(`${suffix}: already there`));
    assert.deepEqual(readdirSync(join(out, '..')), [`run.${suffix}`]);
    assert.equal(readFileSync(`${out}.${suffix}`, 'utf8'), 'precious');
  }
});

const faulty = (env, ...more) => execFileSync(join(bin, 'assay'), issueArgs(more), {
  stdio: 'pipe',
  env: { ...process.env, LD_PRELOAD: process.env.FAULTY, ASAN_OPTIONS: 'verify_asan_link_order=0', ...env },
});

test('a signature that comes out wrong is never printed', () => {
  const rows = [[1], [700], [1500], [1501], [700, 'NO_TMPFILE']]; // 1501: that of the manifest
  for (const [at, ...more] of rows) {
    const out = newRun();
    const env = Object.fromEntries([['BAD_SIGNATURE_AT', String(at)], ...more.map((name) => [name, '1'])]);
    assert.throws(() => faulty(env, '--count', '1500', '-o', out), (error) => {
      assert.equal(error.status, 1, String(error.stderr));
      assert.match(String(error.stderr), /does not verify/);
      return true;
    });
    assert.deepEqual(readdirSync(join(out, '..')), []);
  }
});

test('a file system without nameless files does, too', () => {
  const out = newRun();
  faulty({ NO_TMPFILE: '1' }, '--count', '10', '-o', out);
  assert.deepEqual(readdirSync(join(out, '..')).sort(), ['run.cards.csv', 'run.labels.csv', 'run.manifest.csv']);
  assert.equal(statSync(`${out}.manifest.csv`).mode & 0o777, 0o600);
  checkSeal(readFileSync(`${out}.manifest.csv`, 'utf8'));
});

test('kill -9 leaves no half files', async () => {
  const count = 4000;
  const began = Date.now();
  assert.equal(issue('--count', String(count), '-o', newRun()).code, 0);
  const duration = Date.now() - began;
  let cut = 0;
  for (let round = 0; round < 10; round++) {
    const out = newRun();
    const ended = await killed(after(duration * (0.3 + 0.075 * round)), {}, ...issueArgs(['--count', String(count), '-o', out]));
    cut += ended.signal === 'SIGKILL' ? 1 : 0;
    const files = readdirSync(join(out, '..'));
    for (const file of files) {
      assert.match(file, /^run\.(labels|cards|manifest)\.csv$/);
      const lines = linesOf(join(out, '..', file));
      assert.equal(lines.length, count + (file === 'run.manifest.csv' ? 2 : 1), file);
    }
    if (!files.includes('run.manifest.csv')) continue;
    assert.equal(files.length, 3);
    checkSeal(readFileSync(`${out}.manifest.csv`, 'utf8'));
  }
  assert.ok(cut > 0, 'nothing was killed in time');
});
