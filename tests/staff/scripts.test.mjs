// SPDX-License-Identifier: Apache-2.0
// The modules of the return desk that touch no page: scanners, CSV, the session, the camera's memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { tree } from '../e2e/gateway.mjs';

const load = (name) => import(pathToFileURL(join(tree, 'web/assets', name)));
const { cleanCode, diagnose, keyMeaning, showCode, splitCodes } = await load('scanner.js');
const { csvCell, csvText } = await load('csv.js');
const { Session, isAnswered, isWaiting } = await load('session.js');
const { Sightings } = await load('sightings.js');

// As scanner.c of staff writes it.
const source = readFileSync(join(tree, 'gateway/staff/scanner.c'), 'utf8');
const literal = /test_code\[\] = ((?:\s*"[^"]*")+);/.exec(source)[1];
const expected = [...literal.matchAll(/"([^"]*)"/g)].map(([, part]) => part.replace('\\x1D', '\u001d')).join('');
const [head, tail] = expected.split('\u001d');

test('the test code has every character that matters', () => {
  assert.match(expected, /^[!-~]+\u001d[!-~]+$/);
  for (const c of 'AZQWYMazqwym0123456789-_/?=:%&') assert.ok(expected.includes(c), c);
});

const none = { ctrlKey: false, altKey: false, metaKey: false };
const presses = [
  ['Enter', { key: 'Enter' }, 'end'],
  ['Tab', { key: 'Tab' }, 'end'],
  ['line feed', { key: 'j', ctrlKey: true }, 'end'],
  ['carriage return', { key: 'm', ctrlKey: true }, 'end'],
  ['Ctrl+]', { key: ']', ctrlKey: true }, 'separator'],
  ['the character itself', { key: '\u001d' }, 'separator'],
  ['a bracket', { key: ']' }, undefined],
  ['a bracket by AltGr', { key: ']', ctrlKey: true, altKey: true }, undefined],
  ['Command+]', { key: ']', metaKey: true }, undefined],
  ['j', { key: 'j' }, undefined],
  ['Ctrl++', { key: '+', ctrlKey: true }, undefined],
  ['Ctrl+V', { key: 'v', ctrlKey: true }, undefined],
  ['Shift+Tab', { key: 'Tab', shiftKey: true }, undefined],
  ['Enter that ends a composed word', { key: 'Enter', isComposing: true }, undefined],
  ['Alt+Enter', { key: 'Enter', altKey: true }, undefined],
];
for (const [name, event, meaning] of presses) {
  test(`key press: ${name}`, () => assert.equal(keyMeaning({ ...none, ...event }), meaning));
}

test('codes come without what scanners put around them', () => {
  assert.equal(cleanCode(' \t01␝21\r\n'), '01\u001d21');
  assert.equal(cleanCode('a\0b\ud800c'), 'abc');
  assert.equal(cleanCode('x😀'), 'x😀');
  assert.equal(cleanCode(' \n'), '');
  assert.equal(showCode('1\u001d2'), '1<GS>2');
  assert.deepEqual(splitCodes('a\r\n\r\nb\tc\n \nd e'), ['a', 'b', 'c', 'd e']);
  assert.deepEqual(splitCodes(''), []);
});

// What the keyboards of Germany and France make of the keys, written down by hand.
const german = 'ABCDEFGHIJKLMNOPQRSTUVWXZYabcdefghijklmnopqrstuvwxzy0123456789ß?-_´Ö%/';
const french = 'QBCDEFGHIJKL?NOPARSTUVZXYWqbcdefghijkl,noparstuvzxywà&é"\'(-è_ç)°!§=M57';
const swapped = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/?=:%&';
const faults = [
  ['nothing', expected, []],
  ['Caps Lock', `${swapped}\u001dend`, ['caps_lock']],
  ['capitals only', expected.toUpperCase(), ['upper']],
  ['small letters only', expected.toLowerCase(), ['lower']],
  ['QWERTZ computer', `${german}\u001dEND`, ['qwertz']],
  ['AZERTY computer', `${french}\u001dEND`, ['azerty']],
  ['scanner of QWERTZ', `ABCDEFGHIJKLMNOPQRSTUVWXZYabcdefghijklmnopqrstuvwxzy0123456789/?&_)>%^\u001dEND`, ['qwertz_scanner']],
  ['separator lost', head + tail, ['lost_gs']],
  ['separator as a brace', `${head}}${tail}`, ['other_gs }']],
  ['prefix', `]Q3${expected}`, ['prefix ]Q3']],
  ['suffix', `${expected}#1`, ['suffix #1']],
  ['Caps Lock and no separator', `${swapped}end`, ['caps_lock', 'lost_gs']],
  ['QWERTZ, prefix and no separator', `~${german}END`, ['qwertz', 'lost_gs', 'prefix ~']],
  ['cut in the middle', head.slice(0, 40), ['cut ghijklmn']],
  ['cut at the separator', head, [`cut ${head.slice(-8)}`]],
  ['another code', 'https://id.example.com/', ['other https://']],
  ['a digit changed', expected.replace('5', 'X'), ['other X6789-_/']],
];
const words = (list) => list.map(({ fault, what }) => (what ? `${fault} ${what}` : fault));
for (const [name, arrived, found] of faults) {
  test(`scanner: ${name}`, () => {
    assert.deepEqual(words(diagnose(expected, arrived, true)), found);
    assert.deepEqual(words(diagnose(expected, arrived, false)), [...found, 'no_enter']);
  });
}

const cells = [
  ['', ''],
  ['plain', 'plain'],
  ['09506000134352', '"=""09506000134352"""'],
  ['1E5', '"=""1E5"""'],
  ['1-2', '"=""1-2"""'],
  ['mar24', '"=""mar24"""'],
  ['12:30', '"=""12:30"""'],
  ['2026-01-31', '2026-01-31'],
  ['2026-11-22T18:00:00Z', '2026-11-22T18:00:00Z'],
  ['7K3M9Q2XBT4H', '7K3M9Q2XBT4H'],
  ['=1+1', "'=1+1"],
  ['+49', '"=""+49"""'],
  ['+cmd', "'+cmd"],
  ['-x', "'-x"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['a,b', '"a,b"'],
  ['a "b"', '"a ""b"""'],
  ['two\nlines', '"two\nlines"'],
];
for (const [value, cell] of cells) test(`cell ${JSON.stringify(value)}`, () => assert.equal(csvCell(value), cell));

test('rows and what is absent', () => {
  assert.equal(csvText([['a', 'b'], [undefined, 5]]), 'a,b\n,"=""5"""\n');
});

const row = (outcome, serial = 'A1', ...codes) => ({ outcome, gtin: '09506000134352', serial,
  reasons: codes.map((code) => ({ code, text: code, outcome })) });
const scanned = (session, ...rows) => rows.map((answer, place) => {
  const line = session.add(`code ${place}`, '2026-01-01T00:00:00Z', `id-${session.lines.length}`);
  session.answer(line, answer, 'again');
  return line;
});

test('a session: the same unit twice is flagged, whatever its spelling, and never accepted twice', () => {
  const session = new Session();
  const [first, other, again] = scanned(session, row('accept', 'A1', 'genuine', 'sold_here'), row('accept', 'a1', 'genuine', 'sold_here'),
    row('accept', 'A1', 'genuine', 'sold_here'));
  assert.deepEqual([first.outcome, other.outcome, again.outcome], ['accept', 'accept', 'review']);
  assert.equal(again.repeats, 1);
  assert.equal(again.reasons[0].code, 'repeated');
  assert.deepEqual([first, other, again].map((line) => session.offers(line)), [['return'], ['return'], []]);
  first.takenBack = true;
  const [third] = scanned(session, row('refuse', 'A1', 'returned'));
  assert.equal(third.repeats, 3);
  assert.equal(third.outcome, 'refuse');
  assert.deepEqual(session.totals(), { accept: 1, refuse: 1, review: 1, unchecked: 0, repeated: 2, recorded: 0 });
});

test('what was not answered is not checked, and offers nothing', () => {
  const session = new Session();
  const line = session.add('x', '2026-01-01T00:00:00Z', 'id');
  assert.ok(isWaiting(line));
  assert.deepEqual(session.offers(line), []);
  for (const bad of [undefined, {}, { outcome: 'accept' }, { outcome: 'yes', reasons: [] }, row('review', 'A', 'registry_unavailable'),
    row('review', 'A', 'rate_limited'), row('refuse', 'A', 'not_checked')]) assert.equal(isAnswered(bad), false, JSON.stringify(bad));
  assert.ok(isAnswered(row('refuse', 'A', 'stolen')));
});

test('what may be done about a line', () => {
  const session = new Session();
  const [returned, held, both] = scanned(session, row('refuse', 'R', 'returned'), row('review', 'H', 'held'), row('refuse', 'B', 'returned', 'held'));
  assert.deepEqual(session.offers(returned), ['restock']);
  assert.deepEqual(session.offers(held), []);
  assert.deepEqual(session.offers(both), []);
  const [line] = scanned(session, row('accept', 'S', 'genuine', 'sold_here'));
  line.done = { type: 'return', version: 3 };
  assert.deepEqual(session.offers(line), ['restock', 'undo']);
  line.pending = { type: 'undo' };
  assert.deepEqual(session.offers(line), []);
  line.pending = undefined;
  line.takenBack = true;
  assert.deepEqual(session.offers(line), []);
  assert.equal(session.newest(), both);
});

test('unsent lines of another tab join the list, once', () => {
  const session = new Session();
  session.add('a', '1', 'one');
  session.adopt([{ id: 'one', number: 7, at: '1', code: 'a', outcome: 'unchecked', reasons: [], tries: 2 }, { id: 'two', number: 1, at: '2', code: 'b',
    outcome: 'unchecked', reasons: [] }]);
  assert.deepEqual(session.lines.map(({ id, number, tries }) => [id, number, tries]), [['one', 1, 2], ['two', 2, undefined]]);
});

test('the list as rows', () => {
  const session = new Session();
  const [line] = scanned(session, { ...row('accept', '=A1', 'genuine', 'sold_here'), lot: 'L1' });
  line.done = { type: 'return', version: 3, reference: '@RMA', reason: 'too, loud' };
  const text = csvText(session.rows()).split('\n');
  assert.equal(text[0], 'line,scanned_at,outcome,reasons,gtin,serial,lot,same_as_line,recorded,rma,reason,taken_back,scanner_fault,code');
  assert.equal(text[1], `"=""1""",2026-01-01T00:00:00Z,accept,genuine sold_here,"=""09506000134352""",'=A1,L1,,return,'@RMA,"too, loud",,,code 0`);
});

test('a label in the picture counts once, until it was away for two seconds', () => {
  const sightings = new Sightings();
  const seen = [[0, 'a'], [100, 'a'], [1900, 'a'], [3800, 'a'], [3850, 'b'], [5800, 'a'], [5849, 'b'], [7000, 'b'], [8000, 'a']];
  assert.deepEqual(seen.map(([now, code]) => sightings.isNew(code, now)), [true, false, false, false, true, true, false, false, true]);
});
