// SPDX-License-Identifier: Apache-2.0
// `assay report` and `assay inventory` from outside.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assay, bin } from '../e2e/gateway.mjs';
import { IssuingKey } from './brand.mjs';
import { dataDirectory, gtin, header, product, rowOf, run, runJson, temporary, writeList } from './registry.mjs';

const key = new IssuingKey('plant-a');
const rowsOf = (result) => result.stdout.trimEnd().split('\n').filter(Boolean).map((line) => JSON.parse(line));
const serialsOf = (data, ...args) => rowsOf(run(data, 0, 'report', '--json', ...args)).map((row) => row.serial);

function write(name, lines, encoding) {
  const file = join(temporary(), name);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''), encoding);
  return file;
}

// Units 00001, 7K3M, -B and =1+1, of which lot L1 has the first two.
function filled() {
  const data = dataDirectory([key]);
  run(data, 0, 'product', 'put', product(data, {
    item: 'D-18', name: 'Drill, 18 V', version: 1,
    entitlements: [{ id: 'std', title: 'Two years', starts: ['sale'], months: 24 }],
  }));
  const units = [['00001', 'L1'], ['7K3M', 'L1'], ['-B', ''], ['=1+1', '']];
  run(data, 0, 'import', writeList([header, ...units.map(([serial, lot]) => rowOf(key, { serial, lot }))]));
  writeFileSync(join(data, 'assayd.ini'), 'document_hosts = erp.example.com\n');
  return data;
}

const receipts = ['EAN;Serial No;Bin;Order;Link',
  `${gtin};7K3M;Shelf 3;PO-1;https://erp.example.com/gr/1`,
  `"=""${gtin}""";"=""00001""";Shelf 4;PO-1;`];
const receiptMap = 'gtin=EAN,serial=Serial No,location=Bin,po=Order,document=Link';

// RFC 4180, written out here.
function parseCsv(text) {
  const rows = [];
  let row = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/gy;
  for (let m = cells.exec(text); m; m = cells.exec(text)) {
    row.push(m[1] === undefined ? m[2] : m[1].replaceAll('""', '"'));
    if (m[3] === '\n') { rows.push(row); row = []; }
  }
  return rows;
}

test('a file is taken once, and again without harm', () => {
  const data = filled();
  const file = write('receipts.csv', receipts);
  const args = ['inventory', file, '--kind', 'receipts', '--map', receiptMap];
  assert.deepEqual(runJson(data, ...args, '--dry-run'), { rows: 2, applied: 2, already: 0, refused: 0, dry_run: true });
  assert.deepEqual(serialsOf(data, '--state', 'in_stock'), []);
  assert.deepEqual(runJson(data, ...args), { rows: 2, applied: 2, already: 0, refused: 0, dry_run: false });
  assert.deepEqual(serialsOf(data, '--state', 'in_stock'), ['00001', '7K3M']);
  const again = rowsOf(run(data, 0, ...args, '--rows', 'all', '--json'));
  assert.deepEqual(again.map((row) => row.outcome), ['already', 'already', undefined]);
  assert.match(run(data, 0, 'history', gtin, '7K3M').stdout, /receive/);
  assert.equal(rowsOf(run(data, 0, 'check', '--json')).pop().units, 4);
});

test('refused rows say how to mend the export', () => {
  const data = filled();
  const rows = [
    ['9.50600E+12;7K3M;S;;', 'gtin_invalid', /format the column as text and export again/],
    ['9506000134352;7K3M;S;;', 'gtin_invalid', /13 digits, 14 are needed.*leading zeros/],
    ['9506000134352.0;7K3M;S;;', 'gtin_invalid', /number with decimals/],
    [`${gtin};1;S;;`, 'unit_unknown', /import its manifest/],
    [`${gtin};7K3M;;;`, 'value_invalid', /location is missing/],
    [`${gtin};7K3M;S;;http://erp.example.com/1`, 'document_refused', /https link to one of: erp/],
    [`${gtin};7K3M;S;;https://erp.example.org/1`, 'document_refused', /erp\.example\.com/],
    [`${gtin};7K3M`, 'row_invalid', /2 fields/],
    [`${gtin};7K3M;"S"x;;`, 'row_invalid', /quote/],
  ];
  const file = write('r.csv', [receipts[0], ...rows.map(([line]) => line)]);
  const args = ['inventory', file, '--kind', 'receipts', '--map', receiptMap];
  const answers = rowsOf(run(data, 1, ...args, '--json'));
  assert.deepEqual(answers.pop(), { rows: 9, applied: 0, already: 0, refused: 9, dry_run: false });
  rows.forEach(([line, code, says], i) => {
    assert.deepEqual([answers[i].line, answers[i].code], [i + 2, code], line);
    assert.match(answers[i].reason, says, line);
  });
  const mixed = write('m.csv', [...receipts, '9.50600E+12;7K3M;S;;']);
  const said = run(data, 8, 'inventory', mixed, '--kind', 'receipts', '--map', receiptMap).stdout;
  assert.match(said, /^line 4: refused \(gtin_invalid\): gtin: a spreadsheet made 9\.50600E\+12/m);
  assert.match(said, /^3 rows: 2 applied, 0 so already, 1 refused$/m);
});

test('documents need a configured host', () => {
  const data = filled();
  writeFileSync(join(data, 'assayd.ini'), 'port = 8080\n');
  const file = write('r.csv', receipts);
  const [row] = rowsOf(run(data, 8, 'inventory', file, '--kind', 'receipts', '--map', receiptMap, '--json'));
  assert.equal(row.code, 'document_refused');
  assert.match(row.reason, /document_hosts = erp\.example\.com/);
});

test('what cannot be taken at all is one clear line', () => {
  const data = filled();
  const file = write('r.csv', receipts);
  const rows = [
    ['no file', ['/nonexistent.csv', '--kind', 'receipts', '--map', receiptMap], 3, /nonexistent/],
    ['unknown kind', [file, '--kind', 'returns', '--map', receiptMap], 2, /receipts, shipments or sales/],
    ['no kind', [file, '--map', receiptMap], 2, /--kind/],
    ['no map', [file, '--kind', 'receipts'], 2, /--map/],
    ['a map without a serial', [file, '--kind', 'receipts', '--map', 'gtin=EAN'], 2, /--map: receipts need a column for serial/],
    ['a value of another kind', [file, '--kind', 'sales', '--map', receiptMap], 2, /--map: location: sales/],
    ['a column that is not there', [file, '--kind', 'receipts', '--map', receiptMap.replace('Bin', 'Shelf')], 1, /no column is called Shelf; there are: EAN, Serial No, Bin/],
    ['unknown rows', [file, '--kind', 'receipts', '--map', receiptMap, '--rows', 'some'], 2, /--rows/],
  ];
  for (const [label, args, code, says] of rows) {
    const result = assay('inventory', ...args, '--data', data);
    assert.equal(result.code, code, `${label}: ${result.stdout}${result.stderr}`);
    assert.match(result.stderr, says, label);
    assert.equal(result.stdout, '', label);
  }
  assert.deepEqual(serialsOf(data, '--state', 'in_stock'), []);
});

// Starts a list, kills it with SIGKILL after `ms`, and answers the lines that it had said were applied.
function cut(ms, args) {
  const said = join(temporary(), 'said');
  return new Promise((resolve) => {
    const child = spawn(join(bin, 'assay'), args, { stdio: ['ignore', openSync(said, 'w'), 'ignore'] });
    setTimeout(() => child.kill('SIGKILL'), ms).unref();
    child.on('exit', () => resolve(readFileSync(said, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line))
      .filter((row) => row.outcome === 'applied').map((row) => row.serial)));
  });
}

// Each unit is received and then moved: three events in all, however often it is run.
test('kill -9 loses nothing that was said, and nothing is done twice', async () => {
  const serials = Array.from({ length: 6000 }, (_, i) => `K${i}`);
  const base = dataDirectory([key]);
  run(base, 0, 'import', writeList([header, ...serials.map((serial) => rowOf(key, { serial }))]));
  const rows = ['A', 'B'].flatMap((place) => serials.map((serial) => `${gtin},${serial},${place}`));
  const list = ['inventory', write('kill.csv', ['gtin,serial,location', ...rows]), '--kind', 'receipts', '--map', 'gtin=gtin,serial=serial,location=location'];
  const copy = () => { const data = join(temporary(), 'data'); cpSync(base, data, { recursive: true }); return data; };
  const began = Date.now();
  run(copy(), 0, ...list);
  const duration = Date.now() - began;
  let halfway = 0;
  for (let round = 0; round < 6 || (halfway === 0 && round < 20); round++) {
    const data = copy();
    const said = await cut(duration * Math.random(), [...list, '--rows', 'all', '--json', '--data', data]);
    const received = new Set(rowsOf(run(data, 0, 'report', '--json', '--state', 'in_stock')).map((row) => row.serial));
    assert.deepEqual(said.filter((serial) => !received.has(serial)), []);
    const { applied, already, refused } = runJson(data, ...list);
    assert.deepEqual([applied + already, refused], [rows.length, 0]);
    assert.deepEqual(rowsOf(run(data, 0, 'check', '--json')).pop().events, serials.length * 3);
    assert.equal(rowsOf(run(data, 0, 'report', '--json', '--location', 'B')).length, serials.length);
    halfway += applied > 0 && already > 0 ? 1 : 0;
  }
  assert.ok(halfway > 0, 'no list was cut in the middle');
});

test('the report has what an inventory system has', () => {
  const data = filled();
  run(data, 0, 'inventory', write('r.csv', receipts), '--kind', 'receipts', '--map', receiptMap);
  const sales = write('s.csv', ['EAN,SN,Order,Day', `${gtin},7K3M,SO-9,2026-01-31`]);
  run(data, 0, 'inventory', sales, '--kind', 'sales', '--map', 'gtin=EAN,serial=SN,so=Order,on=Day');
  const [row] = rowsOf(run(data, 0, 'report', '--so', 'SO-9', '--json'));
  assert.deepEqual(row, {
    item: 'D-18', name: 'Drill, 18 V', gtin, serial: '7K3M', lot: 'L1', location: 'Shelf 3',
    purchase_order: 'PO-1', sales_order: 'SO-9', state: 'sold',
    document: 'https://erp.example.com/gr/1', warranty_end: '2028-01-31',
  });
  for (const [args, serials] of [
    [[], ['-B', '00001', '7K3M', '=1+1']],
    [['--lot', 'L1'], ['00001', '7K3M']],
    [['--po', 'PO-1', '--state', 'in_stock'], ['00001']],
    [['--location', 'Shelf 4'], ['00001']],
    [['--item', 'D-18', '--limit', '2'], ['-B', '00001']],
    [['--q', '7k3m'], ['7K3M']],
    [['--q', 'OOOOI'], ['00001']],
    [['--condition', 'stolen'], []],
    [['--gtin', '09506000134369'], []],
  ]) assert.deepEqual(serialsOf(data, ...args), serials, args.join(' '));
  assert.match(run(data, 0, 'report', '--lot', 'L1').stdout, /^09506000134352 {2}7K3M {2}L1 {2}D-18 {2}sold/m);
});

test('a table survives a spreadsheet', () => {
  const data = filled();
  run(data, 0, 'event', 'hold', gtin, '7K3M', 'reason=second return');
  const received = assay('event', '--data', data, '--', 'receive', gtin, '-B', 'location==HYPERLINK("http://x","y")');
  assert.equal(received.code, 0, received.stderr);
  const table = parseCsv(run(data, 0, 'report', '--csv').stdout);
  const [head, ...rows] = table;
  const column = (name) => rows.map((row) => row[head.indexOf(name)]);
  assert.equal(rows.length, 4);
  assert.deepEqual(column('gtin'), Array(4).fill(`="${gtin}"`));
  assert.deepEqual(column('serial'), ["'-B", '="00001"', '7K3M', "'=1+1"]);
  assert.deepEqual(column('location'), ['\'=HYPERLINK("http://x","y")', '', '', '']);
  assert.deepEqual(column('conditions'), ['', '', 'held', '']);
  for (const cell of rows.flat())
    assert.match(cell, /^(?![=+\-@\t\r])|^="[0-9A-Za-z .,:/+-]*"$/, cell);
});

test('what a filter does not take is one clear line', () => {
  const data = filled();
  for (const [args, says] of [
    [['--state', 'broken'], /--state has to be issued/],
    [['--gtin', '9506000134352'], /--gtin has to be 14 digits/],
    [['--condition', 'recalled'], /--condition has to be/],
    [['--limit', '0'], /--limit/],
    [['--colour', 'red'], /colour/],
    [['--csv', '--json'], /not both/],
  ]) {
    const result = assay('report', ...args, '--data', data);
    assert.equal(result.code, 2, args.join(' '));
    assert.match(`${result.stdout}${result.stderr}`, says);
  }
  assert.equal(assay('report', '--data', join(temporary(), 'none')).code, 3);
});
