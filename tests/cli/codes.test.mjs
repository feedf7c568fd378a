// SPDX-License-Identifier: Apache-2.0
// inspect and verify, on labels that our code did not make.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { IssuingKey, canonicalOf, keysetIni } from './brand.mjs';
import { assayPath, run, runJson, temporary } from './tool.mjs';

const active = new IssuingKey('plant-a');
const retired = new IssuingKey('plant-b', { status: 'retired' });
const revoked = new IssuingKey('plant-c', {
  status: 'revoked', compromised_since: '2990-01-01T00:00:00Z', reason: 'stolen',
});
const narrow = new IssuingKey('plant-d', { gtin_prefixes: '0950600013436' });
const pirate = new IssuingKey('pirate');

const data = temporary();
writeFileSync(join(data, 'keyset.ini'), keysetIni([active, retired, revoked, narrow]));
const env = { ASSAY_DATA: data };
const nowhere = { ASSAY_DATA: temporary() };

const unit = { gtin: '09506000134352', lot: 'L24A0917', serial: '7K3M9Q2XBT4H' };
const url = active.url(unit);
const changedToken = url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A');
const swapCase = (text) =>
  text.replace(/[a-zA-Z]/g, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
// A German layout that reads what a US scanner types: y and z swapped, punctuation elsewhere.
const german = { '-': 'ß', '/': '-', ':': 'Ö', '?': '_', '=': '´', y: 'z', z: 'y', Y: 'Z', Z: 'Y' };
const onGermanLayout = (text) => [...text].map((c) => german[c] ?? c).join('');

describe('inspect --json', () => {
  const rows = [
    ['a label', url, {
      kind: 'digital_link', ...unit, variant: null, canonical: canonicalOf(unit), label: 'genuine',
      kid: active.kid.toString('hex'), repaired: null, host: 'ID.EXAMPLE.COM',
    }],
    ['every part, with escapes', active.url({ gtin: '09506000134352', variant: '2A', lot: 'A/B', serial: '%"<>' }), {
      variant: '2A', lot: 'A/B', serial: '%"<>', label: 'genuine',
      canonical: 'https://id.gs1.org/01/09506000134352/22/2A/10/A%2FB/21/%25%22%3C%3E',
    }],
    ['another spelling of the same', url.replace('/21/7', '/21/%37'), { serial: unit.serial, label: 'genuine' }],
    ['a label of a retired key', retired.url(unit), { label: 'genuine', kid: retired.kid.toString('hex') }],
    ['a label of a revoked key', revoked.url(unit), { label: 'genuine', kid: revoked.kid.toString('hex') }],
    ['a label of a key with another scope', narrow.url(unit), { label: 'issuer_out_of_scope' }],
    ['a label of nobody', pirate.url(unit), { label: 'issuer_unknown', kid: pirate.kid.toString('hex') }],
    ['a label with a changed signature', changedToken, { label: 'forged', kid: active.kid.toString('hex') }],
    ['a label with another serial', url.replace('7K3M', '7K3N'), { label: 'forged', serial: '7K3N9Q2XBT4H' }],
    ['a link without a signature', url.replace(/\?.*/, ''), { label: 'no_signature', kid: null }],
    ['an element string', '(01)09506000134352(10)L24A0917(21)7K3M9Q2XBT4H', {
      kind: 'element_string', ...unit, canonical: canonicalOf(unit), label: 'no_signature', host: null,
    }],
    ['an element string from a scanner', ']Q3010950600013435210L24A0917\x1d217K3M9Q2XBT4H', {
      kind: 'element_string', ...unit,
    }],
    ['a bare serial', '7K3M9Q2XBT4H', {
      kind: 'serial', gtin: null, serial: '7K3M9Q2XBT4H', canonical: null, label: 'no_signature',
    }],
    ['blanks around it', `  ${url} \r`, { ...unit, label: 'genuine', host: 'ID.EXAMPLE.COM' }],
    ['Caps Lock', swapCase(url), { ...unit, repaired: 'caps_lock', label: 'genuine', host: null }],
    ['a German layout', onGermanLayout(url), { ...unit, repaired: 'qwertz', label: 'genuine' }],
  ];
  for (const [label, code, expected] of rows) {
    test(`reads ${label}`, () => {
      const { code: exit, answer, stderr } = runJson(['inspect', '--', code], { env });
      assert.equal(exit, 0, stderr);
      const { accepted, reason, error_at: at } = answer;
      assert.deepEqual({ accepted, reason, at }, { accepted: true, reason: null, at: null });
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, answer[name]])), expected);
    });
  }

  const refused = [
    ['nothing', '', 'empty', 0],
    ['a wrong check digit', url.replace('134352', '134353'), 'bad_check_digit', 26],
    ['a short GTIN', url.replace('09506000134352', '9506000134352'), 'bad_gtin_length', 26],
    ['parts out of order', url.replace('/10/L24A0917/21/7K3M9Q2XBT4H', '/21/7K3M9Q2XBT4H/10/L24A0917'), 'bad_path', 57],
    ['no serial', url.replace('/21/7K3M9Q2XBT4H', ''), 'no_serial', null],
    ['a broken escape', url.replace('7K3M', '7K%G'), 'bad_percent', 58],
    ['a fragment', `${url}#x`, 'bad_fragment', url.length],
    ['two signatures', `${url}&S=${active.token(unit)}`, 'repeated_signature', url.length + 1],
    ['half a signature', url.slice(0, -56), 'bad_signature', url.indexOf('S=') + 2],
    ['another scheme', url.replace('https', 'ftp'), null, null],
    ['a control character', '7K3M\x1b[31m', 'bad_character', 4],
    ['far too much', 'A'.repeat(1025), 'too_long', 1024],
    ['an element string without a GTIN', '(21)7K3M9Q2XBT4H', 'no_gtin', null],
    ['an AI that we do not read', '(01)09506000134352(21)7K3M(99)x', 'bad_ai', null],
  ];
  for (const [label, code, reason, at] of refused) {
    test(`refuses ${label}`, () => {
      const { code: exit, answer } = runJson(['inspect', '--', code], { env });
      assert.equal(exit, 4);
      assert.equal(answer.accepted, false);
      if (reason !== null) assert.equal(answer.reason, reason);
      if (at !== null) assert.equal(answer.error_at, at);
      assert.ok(answer.sentence.length > 0);
      for (const name of ['kind', 'gtin', 'serial', 'canonical', 'kid', 'repaired', 'host']) {
        assert.equal(answer[name], null, name);
      }
      assert.equal(answer.label, 'malformed');
    });
  }

  test('without a keyset reads and repairs nothing, and says so', () => {
    const { code, answer } = runJson(['inspect', url], { env: nowhere });
    assert.equal(code, 0);
    assert.equal(answer.label, 'unchecked');
    assert.equal(answer.kid, active.kid.toString('hex'));
    assert.equal(runJson(['inspect', onGermanLayout(url)], { env: nowhere }).code, 4);
  });

  test('a repair that no signature confirms is none', () => {
    const { code, answer } = runJson(['inspect', onGermanLayout(changedToken)], { env });
    assert.equal(code, 4);
    assert.equal(answer.accepted, false);
  });

  test('answers a line for a line of stdin', () => {
    const { code, answer } = runJson(['inspect', '-'], { env, input: `${url}\n\n7K3M\r\n${'A'.repeat(3000)}\nlast` });
    assert.equal(code, 4);
    assert.deepEqual(answer.map((line) => line.reason), [null, 'empty', null, 'too_long', null]);
    assert.deepEqual(answer.map((line) => line.serial), ['7K3M9Q2XBT4H', null, '7K3M', null, 'last']);
  });
});

describe('inspect for a person', () => {
  test('names every piece', () => {
    const { code, stdout } = run(['inspect', url], { env });
    assert.equal(code, 0);
    for (const line of [/GS1 Digital Link/, /product \(01\) +09506000134352$/m, /lot \(10\) +L24A0917$/m,
      /serial \(21\) +7K3M9Q2XBT4H$/m, /plant-a of Example Brand$/m, /signature +genuine$/m,
      /canonical +https:\/\/id\.gs1\.org\/01/]) assert.match(stdout, line);
  });

  test('says that a scanner is set up wrongly', () => {
    assert.match(run(['inspect', swapCase(url)], { env }).stdout, /Caps Lock.*set up the scanner/);
  });

  test('points at the place', () => {
    const bad = url.replace('134352', '134353');
    const lines = run(['inspect', bad], { env }).stdout.split('\n');
    const shown = lines.findIndex((line) => line.includes('https://'));
    assert.equal(lines[shown].indexOf('09506000134353'), lines[shown + 1].indexOf('^'));
  });

  test('points at a place far to the right', () => {
    const lines = run(['inspect', `${url}#x`], { env }).stdout.split('\n');
    const shown = lines.findIndex((line) => line.includes('#x'));
    assert.equal(lines[shown].indexOf('#'), lines[shown + 1].indexOf('^'));
    assert.ok(lines[shown].length < 100);
  });

  test('shows control characters as question marks', () => {
    const { stdout } = run(['inspect', '--', 'ab\x1b[31m\x07\xe4'], { env });
    assert.match(stdout, /\n {2}ab\?\[31m\?\?\?\n/);
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f]/);
  });
});

describe('verify', () => {
  const rows = [
    ['a genuine label', url, 'ok', 'genuine', 'genuine', 'Example Brand'],
    ['one of a retired key', retired.url(unit), 'ok', 'genuine', 'genuine', 'Example Brand'],
    ['one that Caps Lock changed', swapCase(url), 'ok', 'genuine', 'genuine', 'Example Brand'],
    ['one of a revoked key, whatever its date', revoked.url(unit), 'bad', 'issuer_revoked', 'genuine', 'Example Brand'],
    ['one of a key with another scope', narrow.url(unit), 'bad', 'issuer_out_of_scope', 'issuer_out_of_scope', null],
    ['one of nobody', pirate.url(unit), 'bad', 'issuer_unknown', 'issuer_unknown', null],
    ['a changed signature', changedToken, 'bad', 'label_forged', 'forged', null],
    ['a changed serial', url.replace('7K3M', '7K3N'), 'bad', 'label_forged', 'forged', null],
    ['a lot taken away', url.replace('/10/L24A0917', ''), 'bad', 'label_forged', 'forged', null],
    ['another product with a right check digit', url.replace('09506000134352', '09506000134376'), 'bad', 'label_forged',
      'forged', null],
    ['a link without a signature', url.replace(/\?.*/, ''), 'unchecked', 'signature_needed', 'no_signature', null],
    ['a typed serial', '7K3M9Q2XBT4H', 'unchecked', 'signature_needed', 'no_signature', null],
    ['no code at all', 'hello world', 'bad', 'label_malformed', 'malformed', null],
  ];
  for (const [label, code, verdict, reason, result, issuer] of rows) {
    test(`${label}: ${reason}`, () => {
      const { code: exit, answer } = runJson(['verify', code], { env });
      assert.equal(exit, verdict === 'ok' ? 0 : 4);
      assert.equal(answer.verdict, verdict);
      assert.deepEqual(answer.reasons.map((r) => [r.code, r.class]), [[reason, verdict]]);
      assert.ok(answer.reasons[0].text.length > 0);
      assert.equal(answer.label, result);
      assert.equal(answer.issuer, issuer);
      assert.equal(answer.offline, true);
      assert.equal(answer.note !== null, verdict === 'ok');
    });
  }

  test('tells a person that the registry was not asked', () => {
    const good = run(['verify', url], { env });
    assert.match(good.stdout, /^ok \(genuine\)/);
    assert.match(good.stdout, /registry was not asked/);
    const bad = run(['verify', changedToken], { env });
    assert.match(bad.stdout, /^bad \(label_forged\)/);
    assert.doesNotMatch(bad.stdout, /issuer|Example Brand/);
  });

  test('answers a line for a line, and one bad one decides', () => {
    const many = [url, retired.url({ ...unit, serial: '00001' }), url];
    assert.equal(run(['verify', '-'], { env, input: `${many.join('\n')}\n` }).code, 0);
    const { code, stdout } = run(['verify', '-'], { env, input: [url, changedToken, '', 'ABC'].join('\n') });
    assert.equal(code, 4);
    assert.deepEqual(stdout.trimEnd().split('\n').map((line) => line.split(/ +/).slice(0, 2).join(' ')),
      ['ok genuine', 'bad label_forged', 'bad label_malformed'].concat('unchecked signature_needed'));
  });

  test('NDJSON keeps the order of ten thousand lines', () => {
    const lines = Array.from({ length: 10000 }, (_, i) => `SERIAL-${i}`);
    const { answer } = runJson(['verify', '-'], { env, input: lines.join('\n') });
    assert.deepEqual(answer.map((line) => line.serial), lines);
  });

  test('nothing on stdin is not genuine', () => {
    assert.equal(run(['verify', '-'], { env }).code, 1);
  });

  test('a keyset of one\'s own', () => {
    const file = join(temporary(), 'keys.ini');
    writeFileSync(file, keysetIni([pirate]));
    assert.equal(run(['verify', pirate.url(unit), '--keyset', file], { env }).code, 0);
    assert.equal(run(['verify', url, '--keyset', file], { env }).code, 4);
  });

  test('no keyset, no verdict', () => {
    for (const args of [['verify', url], ['verify', url, '--keyset', join(data, 'none')],
      ['inspect', url, '--keyset', join(data, 'none')]]) {
      const done = runJson(args, { env: nowhere });
      assert.equal(done.code, 3, done.stdout);
      assert.equal(done.answer.error.code, 'not_found');
    }
  });

  test('a damaged keyset, no verdict', () => {
    const dir = temporary();
    writeFileSync(join(dir, 'keyset.ini'), keysetIni([active]).replace('[keyset]', '[keysets]'));
    for (const command of ['verify', 'inspect']) {
      const done = runJson([command, url], { env: { ASSAY_DATA: dir } });
      assert.equal(done.code, 1, done.stdout);
      assert.equal(done.answer.error.code, 'invalid');
    }
  });
});

test('an answer that cannot be written is no success', () => {
  const full = openSync('/dev/full', 'w');
  const done = spawnSync(assayPath, ['verify', url], { env: { ...process.env, ...env }, stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  assert.equal(done.status, 7);
  assert.match(done.stderr.toString(), /could not be written/);
});

test('one changed character anywhere is never genuine, unless it is another spelling of the same', () => {
  const changes = [...url].map((c, i) => url.slice(0, i) + (c === 'X' ? 'Y' : 'X') + url.slice(i + 1));
  const { answer } = runJson(['verify', '-'], { env, input: changes.join('\n') });
  assert.equal(answer.length, url.length);
  for (const [i, { verdict, canonical, repaired }] of answer.entries()) {
    if (verdict !== 'ok') continue;
    assert.equal(canonical, canonicalOf(unit), `${changes[i]}`);
    assert.ok(i >= 8 && i < 22, `character ${i} is not of the host: ${changes[i]} (${repaired})`);
  }
});
