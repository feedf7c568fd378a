// SPDX-License-Identifier: Apache-2.0
// `assay import` from outside, with lists whose labels Node signed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assay } from '../e2e/gateway.mjs';
import { IssuingKey } from './brand.mjs';
import { after, afterGrowth, dataDirectory, gtin, header, killed, listOf, rowOf, run, runJson, temporary, writeList } from './registry.mjs';

const key = new IssuingKey('plant-a');
const numbers = (count, from = 0) => Array.from({ length: count }, (_, i) => String(from + i));
const rowsOf = (result) => result.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
const units = (data) => rowsOf(run(data, 0, 'check', '--json')).pop().units;

test('every row gets its result', () => {
  const retired = new IssuingKey('plant-r', { status: 'retired' });
  const revoked = new IssuingKey('plant-s', { status: 'revoked', compromised_since: '2021-01-01T00:00:00Z', reason: 'stolen' });
  const narrow = new IssuingKey('plant-n', { gtin_prefixes: '0412345' });
  const past = new IssuingKey('plant-p', { not_after: '2021-01-01T00:00:00Z' });
  const future = new IssuingKey('plant-f', { not_before: '2029-01-01T00:00:00Z' });
  const unknown = new IssuingKey('pirate');
  const data = dataDirectory([key, retired, revoked, narrow, past, future]);
  const other = '09506000134369';
  const swapped = key.token({ gtin, serial: '99' });
  const rows = [
    [rowOf(key, { serial: '1' }), 'registered'],
    [rowOf(key, { serial: '00001' }), 'registered'],
    [rowOf(key, { serial: '2' }, swapped), 'label_forged'],
    [rowOf(key, { serial: '3' }, `${swapped.slice(0, -1)}1`), 'token_invalid'],
    [rowOf(unknown, { serial: '4' }), 'issuer_unknown'],
    [rowOf(retired, { serial: '5' }), 'issuer_retired'],
    [rowOf(revoked, { serial: '6' }), 'issuer_revoked'],
    [rowOf(narrow, { serial: '7' }), 'issuer_out_of_scope'],
    [rowOf(past, { serial: '8' }), 'issuer_outside_window'],
    [rowOf(future, { serial: '9' }), 'issuer_outside_window'],
    [rowOf(key, { serial: '1' }), 'duplicate_row'],
    [`${other},,,1,,,,${key.token({ gtin: other, serial: '1' })}`, 'product_unknown'],
    [rowOf(key, { serial: '10' }).replace(gtin, '9.50600E+12'), 'gtin_invalid'],
    [rowOf(key, { serial: '11' }).replace(gtin, '9506000134352'), 'gtin_invalid'],
    [rowOf(key, { serial: '12' }).replace(gtin, '09506000134353'), 'gtin_invalid'],
    ['', 'row_invalid'],
    [rowOf(key, { serial: '13', claim: 'nonsense' }), 'claim_invalid'],
    [rowOf(key, { serial: 'A B' }), 'value_invalid'],
    [rowOf(key, { serial: '14', claim: 'G24HN2TXSQ' }), 'registered'],
    [rowOf(key, { serial: '"Q"', lot: 'L1' }).replace('"Q"', '"""Q"""'), 'registered'],
  ];
  const file = writeList([header, ...rows.map(([line]) => line)]);
  const expected = rows.map(([, outcome], i) => [i + 2, outcome]);
  const outcomeOf = (row) => (row.outcome === 'refused' ? row.code : row.outcome);
  for (const dry of [['--dry-run'], []]) {
    const answers = rowsOf(run(data, 8, 'import', file, '--rows', 'all', '--json', ...dry));
    const summary = answers.pop();
    assert.deepEqual(answers.map((row) => [row.line, outcomeOf(row)]), expected);
    assert.deepEqual(summary, { rows: 20, registered: 4, already: 0, refused: 16, vouched: false, dry_run: dry.length > 0 });
    assert.equal(units(data), dry.length > 0 ? 0 : 4);
  }
  const again = rowsOf(run(data, 8, 'import', file, '--json'));
  assert.equal(again.length, 17, 'only refused rows are listed');
  assert.equal(again.pop().already, 4);
  const said = run(data, 8, 'import', file).stdout;
  assert.match(said, /^line 4: refused 09506000134352 2 \(label_forged\): /m);
  assert.match(said, /assay product put/);
  assert.match(said, /leading zeros/);
  assert.match(said, /^20 rows: 0 registered, 4 there already, 16 refused$/m);
});

test('a list with CR LF, a byte order mark, no last line end', () => {
  const data = dataDirectory([key]);
  const lines = listOf(key, ['1', '2']);
  assert.equal(runJson(data, 'import', writeList(lines, '\r\n')).registered, 2);
  assert.equal(runJson(data, 'import', writeList([`\ufeff${lines[0]}`, ...lines.slice(1)])).already, 2);
  const open = join(temporary(), 'list.csv');
  writeFileSync(open, lines.join('\n'));
  assert.equal(runJson(data, 'import', open).already, 2);
});

test('a serial that is registered is never given to another label', () => {
  const data = dataDirectory([key]);
  assert.equal(runJson(data, 'import', writeList(listOf(key, ['1']))).registered, 1);
  const other = writeList([header, rowOf(key, { serial: '1', lot: 'L2' })]);
  const [row, summary] = rowsOf(run(data, 1, 'import', other, '--json'));
  assert.deepEqual([row.code, summary.refused], ['serial_exists', 1]);
  assert.equal(units(data), 1);
});

test('what cannot be imported at all is one clear line', () => {
  const data = dataDirectory([key]);
  const nowhere = join(temporary(), 'data');
  const list = writeList(listOf(key, ['1']));
  const text = (content) => {
    const file = join(temporary(), 'x.csv');
    writeFileSync(file, content);
    return file;
  };
  const rows = [
    ['no file', data, ['/nonexistent.csv'], 3, /nonexistent/],
    ['a directory', data, [temporary()], 7, /directory/],
    ['empty', data, [text('')], 1, /empty/],
    ["the printer's list", data, [text('url,gtin,lot,serial\n')], 1, /\.manifest\.csv/],
    ['semicolons', data, [text('gtin;variant\n')], 1, /commas/],
    ['a NUL', data, [text(`${header}\n\0`)], 1, /:2: holds a NUL/],
    ['a long line', data, [text(`${header}\n${'x'.repeat(5000)}\n`)], 1, /:2: longer/],
    ['a broken seal', data, [text(`${header}\n#manifest,1,x\n`)], 1, /:2: .*damaged/],
    ['no registry', nowhere, [list], 3, /no registry yet/],
    ['no registry, dry run', nowhere, [list, '--dry-run'], 3, /no registry yet/],
    ['no threads', data, [list, '--threads', '0'], 2, /--threads/],
    ['unknown rows', data, [list, '--rows', 'some'], 2, /--rows/],
    ['actor without a name', data, [list, '--actor', ' '], 2, /--actor/],
  ];
  for (const [label, directory, args, code, says] of rows) {
    const result = assay('import', ...args, '--data', directory);
    assert.equal(result.code, code, `${label}: ${result.stderr}`);
    assert.match(result.stderr, says, label);
    assert.equal(result.stderr.split('\n').filter((line) => line.startsWith('assay:')).length, 1, label);
    assert.equal(result.stdout, '', label);
  }
  assert.equal(units(data), 0);
});

test('two imports at once register every unit once', async () => {
  const data = dataDirectory([key]);
  const serials = numbers(3000);
  const [first, second] = [writeList(listOf(key, serials)), writeList(listOf(key, [...serials].reverse()))];
  const ended = await Promise.all([first, second].map((file) => killed(after(60000), {}, 'import', file, '--data', data)));
  assert.deepEqual(ended.map(({ code }) => code), [0, 0]);
  assert.equal(units(data), 3000);
  assert.equal(runJson(data, 'import', first).already, 3000);
});

// Moments from the beginning to the end, and then moments while it commits.
test('kill -9 at any moment: run it again', async () => {
  const count = 10000;
  const file = writeList(listOf(key, numbers(count)));
  const began = Date.now();
  run(dataDirectory([key]), 0, 'import', file);
  const duration = Date.now() - began;
  let halfway = 0;
  for (let round = 0; round < 10 || (halfway === 0 && round < 30); round++) {
    const data = dataDirectory([key]);
    const moment = round < 4 ? after(duration * (round + Math.random()) / 4) : afterGrowth(data, 40 * Math.random());
    await killed(moment, {}, 'import', file, '--data', data);
    const { registered, already, refused } = runJson(data, 'import', file);
    assert.deepEqual([registered + already, refused], [count, 0]);
    assert.equal(units(data), count);
    halfway += registered > 0 && already > 0 ? 1 : 0;
  }
  assert.ok(halfway > 0, 'no import was cut in the middle');
});
