// SPDX-License-Identifier: Apache-2.0
// Products, events, histories, recalls and `assay check` from outside.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assay } from '../e2e/gateway.mjs';
import { IssuingKey } from './brand.mjs';
import { dataDirectory, gtin, header, listOf, product, rowOf, run, runJson, temporary, writeList } from './registry.mjs';

const key = new IssuingKey('plant-a');
function withUnits(...serials) {
  const data = dataDirectory([key]);
  run(data, 0, 'import', writeList(listOf(key, serials)));
  return data;
}
function refused(data, code, says, ...args) {
  const result = assay(...args, '--data', data);
  assert.equal(result.code, code, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
  assert.match(result.stderr, says, args.join(' '));
  assert.equal(result.stdout, '');
}

test('a product is put, read as it was put, and listed', () => {
  const data = join(temporary(), 'data');
  const full = {
    item: 'DR-18', brand: 'Müller', model: '18', support: 'https://support.example.com/dr-18', markets: ['AT', 'DE'],
    offset_minutes: 60, activation_before_sale: false, returns_from_any: false,
    entitlements: [{ id: 'std', title: 'Two years', starts: ['sale', 'shipment'], months: 24, requires_activation: false, covers: 'parts' }],
  };
  assert.match(run(data, 0, 'product', 'put', product(data, full)).stdout, /added, version 1/);
  assert.deepEqual(runJson(data, 'product', 'get', gtin), { gtin, version: 1, name: 'Cordless drill', ...full });
  run(data, 0, 'product', 'put', product(data, { gtin: '09506000134369', name: 'Seat' }));
  assert.deepEqual(runJson(data, 'product', 'list').products.map((p) => p.name), ['Cordless drill', 'Seat']);
  assert.match(run(data, 0, 'product', 'list').stdout, /^09506000134369 .* Seat$/m);
  refused(data, 3, /not in the catalogue/, 'product', 'get', '09506000134376');
  refused(data, 2, /check digit/, 'product', 'get', '09506000134353');
});

test('a change states the version it saw, and nobody loses one', () => {
  const data = dataDirectory();
  const seen = runJson(data, 'product', 'get', gtin);
  run(data, 0, 'product', 'put', product(data, { ...seen, name: 'First' }));
  refused(data, 5, /version 1, but the catalogue has 2/, 'product', 'put', product(data, { ...seen, name: 'Second' }));
  assert.equal(runJson(data, 'product', 'get', gtin).name, 'First');
  refused(data, 5, /version 9/, 'product', 'put', product(data, { version: 9 }));
  refused(data, 5, /version 0, but/, 'product', 'put', product(data, { version: 0 }));
  const { version: _, ...unversioned } = seen;
  assert.equal(runJson(data, 'product', 'put', product(data, { ...unversioned, name: 'Third' })).version, 3);
});

test('a product that breaks a rule is refused with the place', () => {
  const data = dataDirectory();
  const rows = [
    [{ gtin: '09506000134353' }, /\/gtin/],
    [{ name: '' }, /\/name/],
    [{ colour: 'red' }, /\/colour/],
    [{ support: 'javascript:alert(1)' }, /\/support/],
    [{ entitlements: [{ id: 'a', title: 'T', starts: ['sale'], months: 0 }] }, /\/entitlements\/0\/months/],
  ];
  for (const [members, says] of rows) refused(data, 1, says, 'product', 'put', product(data, members));
  const broken = join(temporary(), 'broken.json');
  writeFileSync(broken, '{"gtin":');
  refused(data, 1, /broken\.json: line 1 column/, 'product', 'put', broken);
  writeFileSync(broken, ' '.repeat(70000));
  refused(data, 1, /larger than/, 'product', 'put', broken);
  refused(data, 3, /nonexistent/, 'product', 'put', '/nonexistent.json');
  assert.equal(runJson(data, 'product', 'get', gtin).version, 1);
});

test('what happens to a unit is recorded, in order, by whom', () => {
  const data = withUnits('1');
  const event = (...args) => run(data, 0, 'event', ...args).stdout.trim();
  assert.equal(event('receive', gtin, '1', 'location=Cologne', 'purchase_order=PO-1', '--actor', 'Brand'), `${gtin} 1: issued -> in_stock`);
  assert.equal(event('sell', gtin, '1', 'on=2026-01-02', 'sales_order=SO-1', '--actor', 'Shop', '--role', 'retailer'), `${gtin} 1: in_stock -> sold`);
  assert.equal(event('report_stolen', gtin, '1', '--actor', 'Brand'), `${gtin} 1: sold -> sold, stolen`);
  const { unit, events } = runJson(data, 'history', gtin, '1');
  assert.deepEqual([unit.state, unit.conditions, unit.version, unit.sold_on, unit.seller, unit.sales_order],
    ['sold', ['stolen'], 4, '2026-01-02', 'Shop', 'SO-1']);
  assert.deepEqual(events.map(({ type, role, actor }) => [type, role, actor]).slice(1),
    [['receive', 'operator', 'Brand'], ['sell', 'retailer', 'Shop'], ['report_stolen', 'operator', 'Brand']]);
  assert.equal(events[0].type, 'commission');
  assert.deepEqual(events[1].fields, { location: 'Cologne', purchase_order: 'PO-1' });
  assert.equal(new Set(events.map(({ operation }) => operation)).size, 4);
  const lines = run(data, 0, 'history', gtin, '1').stdout.trimEnd().split('\n');
  assert.equal(lines.length, 5);
  assert.match(lines[0], /: sold, stolen$/);
  assert.match(lines[3], /sell +retailer Shop +on=2026-01-02 +sales_order=SO-1$/);
});

test('who looked at a unit', () => {
  const data = withUnits('1');
  const seen = runJson(data, 'scans', gtin, '1');
  assert.deepEqual([seen.sessions, seen.countries, seen.evidence.length, seen.rule], [0, [], 6, undefined]);
  const lines = run(data, 0, 'scans', gtin, '1').stdout.trimEnd().split('\n');
  assert.equal(lines[0], 'nobody looked');
  assert.match(lines[1], /^sessions +0 of 40$/);
  assert.match(lines[3], /^unshipped +0 \(not a rule of this product\)$/);
  refused(data, 3, /not registered/, 'scans', gtin, '2');
  refused(data, 2, /GTIN/, 'scans', '1', '1');
});

test('a dry run of an event tells and writes nothing', () => {
  const data = withUnits('1');
  const { dry_run: dry, before, after } = runJson(data, 'event', 'hold', gtin, '1', 'reason=why', '--dry-run', '--actor', 'Brand');
  assert.deepEqual([dry, before.conditions, after.conditions], [true, [], ['held']]);
  assert.equal(runJson(data, 'history', gtin, '1').events.length, 1);
});

test('events that cannot be are refused', () => {
  const data = withUnits('1');
  const rows = [
    [2, /did you mean sell/, 'sel', gtin, '1'],
    [2, /field=value/, 'hold', gtin, '1', 'reason'],
    [2, /did you mean reason/, 'hold', gtin, '1', 'reasn=x'],
    [1, /does not take location/, 'hold', gtin, '1', 'reason=x', 'location=y'],
    [1, /reason is missing/, 'hold', gtin, '1'],
    [1, /reason/, 'hold', gtin, '1', `reason=${'x'.repeat(256)}`],
    [1, /given twice/, 'hold', gtin, '1', 'reason=x', 'reason=y'],
    [1, /sell/, 'sell', gtin, '1', 'on=2026-02-30'],
    [1, /registered by: assay import/, 'commission', gtin, '1'],
    [1, /\/v1\/replacements/, 'replace', gtin, '1', 'other_serial=2'],
    [1, /\/v1\/activations/, 'activate', gtin, '1', '--role', 'service'],
    [3, /not registered/, 'hold', gtin, '2', 'reason=x'],
    [2, /check digit/, 'hold', '09506000134353', '1', 'reason=x'],
    [2, /serial/, 'hold', gtin, 'A B', 'reason=x'],
    [6, /not for the role operator \(--role and --actor say on whose behalf\)/, 'return', gtin, '1'],
    [5, /not while the unit is issued/, 'return', gtin, '1', '--role', 'retailer'],
    [5, /not held/, 'release', gtin, '1'],
    [5, /not while the unit is issued/, 'end_ownership', gtin, '1', 'reason=x'],
    [1, /ends_claim has to be yes or no/, 'end_ownership', gtin, '1', 'reason=x', 'ends_claim=1'],
    [2, /--role/, 'hold', gtin, '1', 'reason=x', '--role', 'owner'],
  ];
  for (const [code, says, ...args] of rows) refused(data, code, says, 'event', ...args);
  assert.equal(runJson(data, 'history', gtin, '1').events.length, 1);
  refused(data, 3, /not registered/, 'history', gtin, '2');
});

test('only who began a hold, or the operator, ends it', () => {
  const data = withUnits('1');
  const as = (actor, role) => ['--actor', actor, '--role', role];
  run(data, 0, 'event', 'hold', gtin, '1', 'reason=x', ...as('Shop A', 'retailer'));
  refused(data, 6, /who began it/, 'event', 'release', gtin, '1', ...as('Shop B', 'retailer'));
  refused(data, 6, /who began it/, 'event', 'release', gtin, '1', ...as('Shop A', 'service'));
  run(data, 0, 'event', 'release', gtin, '1', ...as('Shop A', 'retailer'));
  run(data, 0, 'event', 'hold', gtin, '1', 'reason=y', ...as('Shop A', 'retailer'));
  run(data, 0, 'event', 'release', gtin, '1', ...as('Brand', 'operator'));
  run(data, 0, 'event', 'hold', gtin, '1', 'reason=z', ...as('Shop B', 'retailer'));
  refused(data, 6, /who began it/, 'event', 'release', gtin, '1', ...as('Shop A', 'retailer'));
});

test('a second return holds the unit, as it does at the gateway', () => {
  const data = withUnits('1');
  const as = (actor, role = 'retailer') => ['--actor', actor, '--role', role];
  const back = (...args) => refused(data, 5, /returned to Shop A already, and that return is open/, 'event', 'return', gtin, '1', ...args);
  run(data, 0, 'event', 'sell', gtin, '1', ...as('Shop A'));
  run(data, 0, 'event', 'return', gtin, '1', ...as('Shop A'));
  back('--dry-run', ...as('Shop B'));
  assert.equal(runJson(data, 'history', gtin, '1').events.length, 3);
  back(...as('Shop B'));
  const { unit, events } = runJson(data, 'history', gtin, '1');
  assert.deepEqual([unit.state, unit.conditions, unit.version], ['returned', ['held'], 4]);
  assert.deepEqual([events[3].type, events[3].role, events[3].fields],
    ['hold', 'operator', { reason: 'returned to Shop B while its return to Shop A is open' }]);
  back(...as('Shop B'));
  back(...as('Shop A'));
  assert.equal(runJson(data, 'history', gtin, '1').events.length, 4);
  refused(data, 6, /who began it/, 'event', 'release', gtin, '1', ...as('Shop A'));
  refused(data, 6, /not for the role service/, 'event', 'return', gtin, '1', ...as('Bench', 'service'));
  run(data, 0, 'event', 'release', gtin, '1', ...as('Brand', 'operator'));
  run(data, 0, 'check');
});

test('the last event is taken back, by who made it', () => {
  const data = withUnits('1', '2');
  const shop = ['--actor', 'Shop', '--role', 'retailer'];
  const brand = ['--actor', 'Brand'];
  const undo = (...args) => ['event', 'undo', gtin, '1', ...args];
  refused(data, 5, /nothing happened to 09506000134352 1 since it was registered/, ...undo(...brand));
  run(data, 0, 'event', 'receive', gtin, '1', 'location=Cologne', ...brand);
  run(data, 0, 'event', 'sell', gtin, '1', 'on=2026-01-02', 'sales_order=SO-1', ...shop);
  refused(data, 6, /only for the organisation that made the event/, ...undo(...brand));
  refused(data, 5, /event 2 is not the last one, which is 3/, ...undo('undoes=2', ...shop));
  assert.match(run(data, 0, ...undo('--dry-run', ...shop)).stdout, new RegExp(
    `^${gtin} 1: sold -> in_stock \\(dry run: nothing was written\\)\nwould be taken back: event 3, sell, of 20..-..-..T..:..:..Z by retailer Shop \\(on=2026-01-02, sales_order=SO-1\\)\n$`));
  assert.equal(runJson(data, 'history', gtin, '1').unit.state, 'sold');
  assert.match(run(data, 0, ...undo('reason=wrong unit', ...shop)).stdout, /^09506000134352 1: sold -> in_stock\ntaken back: event 3, sell, .* by retailer Shop/);
  const { unit, events } = runJson(data, 'history', gtin, '1');
  assert.deepEqual([unit.state, unit.location, unit.sold_on, unit.seller, unit.version], ['in_stock', 'Cologne', undefined, undefined, 4]);
  assert.deepEqual(events[3].fields, { undoes: '3', reason: 'wrong unit' });
  refused(data, 5, /undo is never taken back/, ...undo(...shop));
  const { undone, after, dry_run: dry } = (run(data, 0, 'event', 'hold', gtin, '2', 'reason=x', ...brand), runJson(data, 'event', 'undo', gtin, '2', ...brand));
  assert.deepEqual([undone.type, undone.fields, after.conditions, after.version, dry], ['hold', { reason: 'x' }, [], 3, false]);
  run(data, 0, 'event', 'report_stolen', gtin, '2', ...brand);
  refused(data, 5, /stolen/, 'event', 'undo', gtin, '2', ...brand);
  run(data, 0, 'recall', 'open', 'R-1', '--gtin', gtin, '--text', 'Stop.');
  run(data, 0, 'event', 'sell', gtin, '1', ...shop);
  refused(data, 5, /recalled/, ...undo(...shop));
  assert.match(run(data, 0, 'check').stdout, /no damage/);
});

test('every event has a dry run, which writes nothing', () => {
  const data = withUnits('1');
  const dry = (...args) => run(data, 0, 'event', ...args, '--dry-run', '--actor', 'Brand');
  const before = readFileSync(join(data, 'registry/data.mdb'));
  dry('receive', gtin, '1', 'location=Cologne');
  dry('ship', gtin, '1', 'location=Bonn');
  dry('sell', gtin, '1');
  dry('retire', gtin, '1', 'reason=scrapped');
  dry('report_lost', gtin, '1');
  dry('suspect', gtin, '1', 'reason=two countries');
  refused(data, 5, /./, 'event', 'undo', gtin, '1', '--dry-run');
  assert.ok(before.equals(readFileSync(join(data, 'registry/data.mdb'))));
});

test('documents are on the hosts that are configured', () => {
  const data = withUnits('1');
  const sell = (document) => ['event', 'sell', gtin, '1', `document=${document}`];
  refused(data, 1, /document_hosts/, ...sell('https://erp.example.com/1'));
  writeFileSync(join(data, 'assayd.ini'), 'document_hosts = erp.example.com\n');
  refused(data, 1, /evil\.example\.org|erp\.example\.com/, ...sell('https://evil.example.org/1'));
  run(data, 0, ...sell('https://erp.example.com/1'));
});

test('a recall is previewed, opened once, listed and lifted', () => {
  const data = dataDirectory([key]);
  const serials = ['A', 'B', 'C', 'D'];
  run(data, 0, 'import', writeList([header, ...serials.map((serial, i) => rowOf(key, { serial, lot: i < 3 ? 'L1' : 'L2' }))]));
  const open = (...more) => ['recall', 'open', 'R-1', '--gtin', gtin, '--text', 'Stop.', ...more];
  const affected = (...more) => runJson(data, ...open('--dry-run', ...more)).affected;
  assert.equal(affected(), 4);
  assert.equal(affected('--lot', 'L1'), 3);
  assert.equal(affected('--lot', 'L1', '--serial-from', 'B'), 2);
  assert.equal(affected('--serial-from', 'B', '--serial-to', 'C'), 2);
  assert.equal(affected('--lot', 'L3'), 0);
  assert.equal(runJson(data, 'recall', 'list').recalls.length, 0);
  run(data, 0, ...open('--lot', 'L1', '--stop-use'));
  refused(data, 5, /there already/, ...open());
  assert.match(run(data, 0, 'recall', 'list').stdout, /^R-1 +09506000134352 +stop use +open +Stop\.$/m);
  run(data, 0, 'recall', 'lift', 'R-1');
  refused(data, 5, /lifted already/, 'recall', 'lift', 'R-1');
  const [recall] = runJson(data, 'recall', 'list').recalls;
  assert.deepEqual([recall.id, recall.version, recall.lot, recall.stop_use], ['R-1', 2, 'L1', true]);
  assert.ok(recall.lifted_at >= recall.opened_at);
});

test('a recall speaks the languages that it was given', () => {
  const data = dataDirectory();
  const texts = [{ language: 'de', text: 'Gerät nicht benutzen = Gefahr.' }, { language: 'pt-BR', text: 'Pare.' }];
  const open = ['recall', 'open', 'R-1', '--gtin', gtin, '--text', 'Stop.', '--lot', 'L1', '--link', 'https://example.com/r'];
  assert.equal(run(data, 0, ...open, ...texts.flatMap(({ language, text }) => ['--text-lang', `${language}=${text}`])).stdout,
    'R-1 opened\n  de: Gerät nicht benutzen = Gefahr.\n  pt-BR: Pare.\n');
  const shown = runJson(data, 'recall', 'show', 'R-1');
  assert.deepEqual([shown.text, shown.texts, shown.version], ['Stop.', texts, 1]);
  assert.match(run(data, 0, 'recall', 'show', 'R-1').stdout,
    /^R-1: open, warning\nof 09506000134352, lot L1\nopened 20.*Z\nlink https:\/\/example\.com\/r\nStop\.\n  de: Gerät .*\n  pt-BR: Pare\.\n$/);
  const { version: _version, opened_at: _opened, ...whole } = shown;
  const file = join(temporary(), 'recall.json');
  writeFileSync(file, JSON.stringify({ ...whole, id: 'R-2', made_from: '2026-01-01', stop_use: true }));
  assert.equal(runJson(data, 'recall', 'open', '--file', file, '--dry-run').affected, 0);
  assert.deepEqual(runJson(data, 'recall', 'open', '--file', file).recall.texts, texts);
  assert.match(run(data, 0, 'recall', 'list').stdout, /^R-1 .* open .* Stop\.\n  de: Gerät .*\n  pt-BR: Pare\.\nR-2 .* stop use +open/);
  assert.match(run(data, 0, 'recall', 'lift', 'R-2').stdout, /^R-2 lifted\n  de: Gerät/);
  assert.match(run(data, 0, 'recall', 'show', 'R-2').stdout, /^R-2: lifted, stop use\nof .*, lot L1, made from 2026-01-01\nopened .*\nlifted 20/);
  refused(data, 2, /--file has the whole recall in it: leave out --lot/, 'recall', 'open', '--file', file, '--lot', 'L1');
  refused(data, 2, /--file has the ID in it: leave out "R-3"/, 'recall', 'open', 'R-3', '--file', file);
  refused(data, 5, /there already/, 'recall', 'open', '--file', file);
  writeFileSync(file, JSON.stringify({ id: 'R-4', gtin, text: 'x', texts: [{ language: 'd', text: 'y' }] }));
  refused(data, 1, /recall\.json: \/texts\/0\/language/, 'recall', 'open', '--file', file);
  refused(data, 3, /no recall "R-9"/, 'recall', 'show', 'R-9');
});

test('recalls that cannot be are refused', () => {
  const data = dataDirectory([key]);
  const open = (id, ...more) => ['recall', 'open', id, ...more];
  const rows = [
    [1, /\/id/, ...open('R 1', '--gtin', gtin, '--text', 'x')],
    [2, /ID: longer/, ...open('R'.repeat(41), '--gtin', gtin, '--text', 'x')],
    [2, /needs --text/, ...open('R', '--gtin', gtin)],
    [2, /needs --gtin/, ...open('R', '--text', 'x')],
    [2, /needs ID/, 'recall', 'open', '--gtin', gtin, '--text', 'x'],
    [2, /not of the form de=TEXT/, ...open('R', '--gtin', gtin, '--text', 'x', '--text-lang', 'Gefahr')],
    [2, /--text-lang de: longer than 500/, ...open('R', '--gtin', gtin, '--text', 'x', '--text-lang', `de=${'x'.repeat(501)}`)],
    [2, /more than 4 times/, ...open('R', '--gtin', gtin, '--text', 'x', ...['de', 'fr', 'it', 'pt', 'es'].flatMap((l) => ['--text-lang', `${l}=x`]))],
    [1, /\/texts\/1\/language/, ...open('R', '--gtin', gtin, '--text', 'x', '--text-lang', 'de=x', '--text-lang', 'DE=y')],
    [2, /--text is given twice/, ...open('R', '--gtin', gtin, '--text', 'x', '--text', 'y')],
    [1, /\/text/, ...open('R', '--gtin', gtin, '--text=')],
    [2, /--text/, ...open('R', '--gtin', gtin, '--text', 'x'.repeat(501))],
    [1, /\/gtin/, ...open('R', '--gtin', '09506000134353', '--text', 'x')],
    [3, /not in the catalogue/, ...open('R', '--gtin', '09506000134369', '--text', 'x')],
    [1, /\/link/, ...open('R', '--gtin', gtin, '--text', 'x', '--link', 'http://a/b')],
    [1, /\/serial_to/, ...open('R', '--gtin', gtin, '--text', 'x', '--serial-from', 'B', '--serial-to', 'A')],
    [2, /--made-to/, ...open('R', '--gtin', gtin, '--text', 'x', '--made-to', 'yesterday')],
    [3, /no recall/, 'recall', 'lift', 'R'],
  ];
  for (const [code, says, ...args] of rows) refused(data, code, says, ...args);
  assert.deepEqual(runJson(data, 'recall', 'list').recalls, []);
});

test('credentials that cannot be are refused', () => {
  const data = dataDirectory();
  const rows = [
    [2, /--organisation is needed: a retailer acts under its own name/, 'new', '--role', 'retailer'],
    [2, /--expires-at 2020-01-01 has passed already/, 'new', '--role', 'admin', '--expires-at', '2020-01-01'],
    [2, /the name of a place has 1 to 40 bytes/, 'new', '--role', 'retailer', '--organisation', 'Shop', '--location', 'a,,b'],
    [2, /--role "owner"/, 'new', '--role', 'owner'],
    [3, /see assay credential list/, 'rotate', 'nope'],
    [3, /see assay credential list/, 'revoke', 'nope'],
  ];
  for (const [code, says, ...args] of rows) refused(data, code, says, 'credential', ...args);
  assert.deepEqual(runJson(data, 'credential', 'list').credentials, []);
});

test('check finds every flipped bit that it is shown', () => {
  const data = withUnits('SERIAL-TO-BE-FOUND', '2', '3');
  assert.match(run(data, 0, 'check').stdout, /units 3, .*notices 0, sessions 0, scanned units 0, .*no damage/);
  const file = join(data, 'registry/data.mdb');
  const bytes = readFileSync(file);
  let hit = 0;
  for (let at = bytes.indexOf('SERIAL-TO-BE-FOUND'); at >= 0; at = bytes.indexOf('SERIAL-TO-BE-FOUND', at + 1)) {
    const copy = join(temporary(), 'data');
    cpSync(data, copy, { recursive: true });
    const damaged = Buffer.from(bytes);
    damaged[at + 3] ^= 1;
    writeFileSync(join(copy, 'registry/data.mdb'), damaged);
    const result = assay('check', '--data', copy);
    if (result.code === 0) continue; // a page that the engine no longer uses
    hit++;
    assert.equal(result.code, 1, result.stderr);
    assert.match(result.stdout, /^damaged: /m);
  }
  assert.ok(hit > 0, 'the unit was not found in the file');
});

test('check says what else is lost or damaged', () => {
  const rows = [
    ['secrets', (data) => rmSync(join(data, 'secrets')), /secrets is missing/, 'stderr'],
    ['registry', (data) => rmSync(join(data, 'registry'), { recursive: true }), /registry is missing/, 'stderr'],
    ['keyset', (data) => writeFileSync(join(data, 'keyset.ini'), 'nonsense\n'), /damaged: .*keyset\.ini:1/, 'stdout'],
    ['secrets damaged', (data) => writeFileSync(join(data, 'secrets'), 'x'), /secrets: /, 'stderr'],
  ];
  for (const [label, damage, says, where] of rows) {
    const data = withUnits('1');
    damage(data);
    const result = assay('check', '--data', data);
    assert.equal(result.code, 1, `${label}: ${result.stdout}${result.stderr}`);
    assert.match(result[where], says, label);
  }
  refused(join(temporary(), 'data'), 3, /no registry yet/, 'check');
});
