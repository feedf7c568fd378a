// SPDX-License-Identifier: Apache-2.0
// Sheets and rolls are drawn as a printer draws them, measured in millimetres and read back by two
// scanners. Where a code stands is worked out here from the measures of the sheet.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { IssuingKey } from '../cli/brand.mjs';
import { run, runJson, temporary } from '../cli/tool.mjs';
import { burn, crop, inkBox, pages, pdfInfo, pdfText, textBox, zbar, zpl, zxing } from './printed.mjs';

const key = new IssuingKey('plant-a');
const gtin = '09506000134352';
const lot = 'L24A0917';
const unit = (i) => ({ gtin, lot, serial: `7K3M9Q2X${String(i).padStart(4, '0')}` });
const urlOf = (i) => key.url(unit(i));

function labelsCsv(count, first = 1) {
  const path = join(temporary(), 'run.labels.csv');
  const rows = Array.from({ length: count }, (_, i) => [urlOf(first + i), gtin, lot, unit(first + i).serial].join(','));
  writeFileSync(path, `url,gtin,lot,serial\n${rows.join('\n')}\n`);
  return path;
}

function pdf(count, ...args) {
  const path = join(temporary(), 'run.pdf');
  const done = runJson(['label', labelsCsv(count), '--format', 'pdf', '-o', path, ...args]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  return { path, ...done };
}

const dpi = 300;
const dot = (mm) => (mm * dpi) / 25.4;
const near = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, not ${expected}`);

// The ink of the code that is expected with its upper left corner at (x, y) and 49 modules of
// `module` mm: its edges are there to 0.1 mm, its quiet zone of 4 modules is white. Gives the picture.
function codeAt(page, x, y, module) {
  const quiet = 4 * module;
  const side = 49 * module;
  const picture = crop(page, dot(x - quiet) + 1, dot(y - quiet) + 1, dot(side + 2 * quiet) - 2, dot(side + 2 * quiet) - 2);
  const ink = inkBox(picture);
  assert.ok(ink, `there is ink at ${x}, ${y} mm`);
  const mm = (dots, from) => ((dots + Math.round(dot(from - quiet) + 1)) * 25.4) / dpi;
  near(mm(ink.left, x), x, 0.1, 'left edge, mm');
  near(mm(ink.top, y), y, 0.1, 'upper edge, mm');
  near(mm(ink.right, x), x + side, 0.1, 'right edge, mm');
  near(mm(ink.bottom, y), y + side, 0.1, 'lower edge, mm');
  return picture;
}

async function bothRead(picture, url) {
  assert.deepEqual(zbar(picture), [url]);
  assert.deepEqual(await zxing(picture), [url]);
}

// Upper left corner of the ink on the first label: the margin of the sheet, then the smaller of
// 5 mm and half of what the label is higher than code and quiet zone, then 4 modules.
// 22806: text below; (50.8 - 22.8 - 1 - 3 lines of 12 pt) / 2 = 7.15 above, 14 at the side.
const inch = 25.4;
const geometry = [
  { sheet: 'avery-l7163', module: 0.4, columns: 2, rows: 7, pitch: [101.6, 38.1], at: [4.65 + 5 + 1.6, 15.15 + 7.65 + 1.6], page: [210, 297] },
  { sheet: 'avery-l7160', module: 0.4, columns: 3, rows: 7, pitch: [66, 38.1], at: [7.25 + 5 + 1.6, 15.15 + 7.65 + 1.6], page: [210, 297] },
  { sheet: 'avery-l7159', module: 0.4, columns: 3, rows: 8, pitch: [66, 33.9], at: [7.25 + 5 + 1.6, 12.9 + 5.55 + 1.6], page: [210, 297] },
  { sheet: 'avery-l7651', module: 0.33, columns: 5, rows: 13, pitch: [40.6, 21.2], at: [4.75 + 1.195 + 1.32, 10.7 + 1.195 + 1.32], page: [210, 297] },
  { sheet: 'avery-l7636', module: 0.35, columns: 4, rows: 12, pitch: [48.3, 21.2], at: [9.7 + 0.625 + 1.4, 21.3 + 0.625 + 1.4], page: [210, 297] },
  { sheet: 'avery-5160', module: 0.4, columns: 3, rows: 10, pitch: [2.75 * inch, inch], at: [4.7625 + 1.3 + 1.6, 12.7 + 1.3 + 1.6], page: [215.9, 279.4] },
  { sheet: 'avery-22806', module: 0.4, columns: 3, rows: 4, pitch: [2.625 * inch, (7.75 * inch) / 3], at: [15.875 + 14 + 1.6, 15.875 + 7.15 + 1.6], page: [215.9, 279.4] },
];

describe('a full sheet: every label is where it belongs and reads as its URL', () => {
  for (const { sheet, module, columns, rows, pitch, at, page } of geometry) {
    test(sheet, async () => {
      const count = columns * rows;
      const { path, answer } = pdf(count, '--sheet', sheet, '--module-mm', String(module));
      assert.equal(answer.labels, count);
      assert.equal(answer.sheets, 1);
      const info = pdfInfo(path);
      assert.equal(info.Pages, '1');
      const [, width, height] = info['Page size'].match(/^([\d.]+) x ([\d.]+) pts/).map(Number);
      near((width * 25.4) / 72, page[0], 0.05, 'page width, mm');
      near((height * 25.4) / 72, page[1], 0.05, 'page height, mm');
      const [picture] = pages(path, dpi);
      for (let i = 0; i < count; i++) {
        const x = at[0] + (i % columns) * pitch[0];
        const y = at[1] + Math.floor(i / columns) * pitch[1];
        const label = codeAt(picture, x, y, module);
        assert.deepEqual(await zxing(label), [urlOf(i + 1)]);
        if (i < columns * 2) assert.deepEqual(zbar(label), [urlOf(i + 1)]);
      }
      const text = pdfText(path).replace(/\s+/g, ' ');
      for (let i = 1; i <= count; i++) assert.ok(text.includes(unit(i).serial), `${unit(i).serial} is there to read`);
      assert.equal(text.split(gtin).length - 1, count);
    });
  }
});

const l7163 = geometry[0];
const place = (i) => [l7163.at[0] + (i % 2) * 101.6, l7163.at[1] + Math.floor(i / 2) * 38.1];

test('start at the fifth label: four are left free, the rest goes on the next sheet', async () => {
  const { path, answer } = pdf(12, '--sheet', 'L7163', '--start-at', '5');
  assert.equal(answer.sheets, 2);
  const [first, second] = pages(path, dpi);
  assert.equal(inkBox(crop(first, 0, 0, dot(210), dot(15.15 + 2 * 38.1))), null);
  await bothRead(codeAt(first, ...place(4), 0.4), urlOf(1));
  await bothRead(codeAt(first, ...place(13), 0.4), urlOf(10));
  await bothRead(codeAt(second, ...place(0), 0.4), urlOf(11));
  assert.equal(inkBox(crop(second, 0, dot(15.15 + 38.1), dot(210), dot(200))), null);
});

test('three of each, side by side', async () => {
  const { path, answer } = pdf(5, '--sheet', 'L7163', '--copies', '3');
  assert.deepEqual([answer.labels, answer.copies, answer.sheets], [5, 3, 2]);
  const [first, second] = pages(path, dpi);
  for (const [page, i, label] of [[first, 0, 1], [first, 1, 1], [first, 2, 1], [first, 3, 2], [first, 13, 5], [second, 0, 5]]) {
    await bothRead(codeAt(page, ...place(i), 0.4), urlOf(label));
  }
});

for (const [x, y] of [[-1.5, 2], [3, -0.7]]) {
  test(`shifted by ${x} and ${y} mm`, async () => {
    const { path } = pdf(14, '--sheet', 'L7163', `--shift-x=${x}`, `--shift-y=${y}`);
    const [page] = pages(path, dpi);
    for (const i of [0, 13]) await bothRead(codeAt(page, place(i)[0] + x, place(i)[1] + y, 0.4), urlOf(i + 1));
  });
}

test('an own sheet in millimetres', async () => {
  // 30 x 30 mm labels, code of 22.8: 3.6 mm around it
  const { path, answer } = pdf(6, '--page', '120x100', '--columns', '3', '--rows', '2', '--label', '30x30', '--pitch', '33x35.5',
    '--margin-left', '8', '--margin-top', '12', '--no-caption');
  assert.equal(answer.module_mm, 0.4);
  const [page] = pages(path, dpi);
  for (let i = 0; i < 6; i++) {
    await bothRead(codeAt(page, 8 + 3.6 + 1.6 + (i % 3) * 33, 12 + 3.6 + 1.6 + Math.floor(i / 3) * 35.5, 0.4), urlOf(i + 1));
  }
  assert.equal(pdfText(path).trim(), '');
});

test('an own sheet stands in the middle of the page unless told otherwise', async () => {
  const { path } = pdf(1, '--page', 'letter', '--columns', '2', '--rows', '3', '--label', '50x40', '--no-caption');
  const [page] = pages(path, dpi);
  // (215.9 - 100) / 2 + 5 + 1.6; (279.4 - 120) / 2 + 8.6 + 1.6
  await bothRead(codeAt(page, 57.95 + 6.6, 79.7 + 10.2, 0.4), urlOf(1));
});

test('a test sheet shows the edge of every label', () => {
  const { path } = pdf(1, '--sheet', 'L7163', '--outline');
  const [page] = pages(path, dpi);
  // The last label is empty but for its frame: 99.1 x 38.1 mm at 4.65 + 101.6, 15.15 + 6 x 38.1.
  const [x, y] = [106.25, 243.75];
  const around = crop(page, dot(x - 1), dot(y - 1), dot(101.1), dot(40.1));
  const grey = { ...around, dots: around.dots.map((dot_) => (dot_ < 250 ? 0 : 255)) };
  const ink = inkBox(grey);
  near(ink.left, dot(1), 2, 'left');
  near(ink.right, dot(1 + 99.1), 2, 'right');
  assert.equal(inkBox(crop(grey, dot(2), dot(3), dot(97), dot(36))), null);
});

test('the same input makes the same file', () => {
  const csv = labelsCsv(3);
  const [a, b] = [0, 1].map(() => {
    const path = join(temporary(), 'run.pdf');
    assert.equal(run(['label', csv, '--format', 'pdf', '--sheet', 'l7163', '-o', path]).code, 0);
    return readFileSync(path);
  });
  assert.ok(a.equals(b));
});

test('readers are told not to scale', () => {
  const { path } = pdf(1, '--sheet', 'l7163');
  assert.match(readFileSync(path, 'latin1'), /\/PrintScaling\s*\/None/);
});

function roll(csv, ...args) {
  const path = join(temporary(), 'run.zpl');
  const done = runJson(['label', csv, '--format', 'zpl', '-o', path, ...args]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  return { labels: zpl(readFileSync(path, 'latin1')), ...done };
}

describe('ZPL: whole dots, read back', () => {
  for (const [resolution, module, dots, mm] of [[203, 0.25, 2, 0.2502], [203, 0.375, 3, 0.3754], [300, 0.34, 4, 0.3387],
    [300, 0.42, 5, 0.4233], [600, 0.42, 10, 0.4233], [600, 0.33, 8, 0.3387]]) {
    test(`${module} mm at ${resolution} dpi: ${dots} dots`, async () => {
      const { labels, answer, stderr } = roll(labelsCsv(3), '--dpi', String(resolution), '--module-mm', String(module), '--label', '60x30');
      assert.equal(answer.dots, dots);
      assert.equal(answer.module_mm, mm);
      assert.equal(labels.length, 3);
      if (mm < 0.33) assert.match(stderr + answer.warning, /warning: modules of 0\.25 mm: .*phones[^]*phones/);
      for (const [i, label] of labels.entries()) {
        near(label.width, (60 * resolution) / 25.4, 1, 'width');
        near(label.height, (30 * resolution) / 25.4, 1, 'height');
        const [{ x, y, bits }] = label.graphics;
        assert.equal(bits.length, 49 * dots);
        for (const [n, row] of bits.entries()) {
          assert.ok(row.slice(0, 49 * dots).match(/(.)\1*/g).every((same) => same.length % dots === 0), 'every run is whole modules');
          assert.equal(row, bits[n - (n % dots)]);
          assert.doesNotMatch(row.slice(49 * dots), /1/);
        }
        const picture = burn(label);
        const ink = inkBox(picture);
        assert.ok(ink.left >= 4 * dots && ink.top >= 4 * dots && ink.bottom <= label.height - 4 * dots, 'quiet zone');
        await bothRead(picture, urlOf(i + 1));
        assert.deepEqual(label.texts.map(({ text }) => text), [`(01) ${gtin}`, `(10) ${lot}`, `(21) ${unit(i + 1).serial}`]);
        for (const text of label.texts.map(textBox)) {
          assert.ok(text.left >= x + (49 + 4) * dots && text.right <= label.width && text.bottom <= label.height, 'text beside the code');
        }
        assert.ok(y > 0);
      }
    });
  }

  test('three across, the last row not full, two of each', async () => {
    const { labels, answer } = roll(labelsCsv(5), '--dpi', '300', '--label', '32x25', '--across', '3', '--gap', '3', '--module-mm', '0.34',
      '--no-caption', '--copies', '2');
    assert.equal(answer.labels, 5);
    assert.deepEqual(labels.map(({ graphics, copies }) => [graphics.length, copies]), [[3, 2], [2, 2]]);
    near(labels[0].width, (102 * 300) / 25.4, 1, 'three labels and two gaps');
    const [a, b] = labels[0].graphics;
    near(b.x - a.x, (35 * 300) / 25.4, 1, 'label and gap');
    const width = (35 * 300) / 25.4;
    for (let i = 0; i < 5; i++) {
      await bothRead(crop(burn(labels[Math.floor(i / 3)]), (i % 3) * width, 0, width - 30, labels[0].height), urlOf(i + 1));
    }
  });

  test('what would be a command is escaped', () => {
    const id = { gtin, lot: '_"%&', serial: '*_7;<=>?!\'' };
    const path = join(temporary(), 'run.labels.csv');
    const quoted = (field) => `"${field.replaceAll('"', '""')}"`;
    writeFileSync(path, `url,gtin,lot,serial\n${[key.url(id), gtin, id.lot, id.serial].map(quoted).join(',')}\n`);
    const { labels } = roll(path, '--label', '80x30', '--dpi', '203');
    assert.deepEqual(labels[0].texts.map(({ text }) => text).join(' '), `(01) ${gtin} (10) ${id.lot} (21) ${id.serial}`);
  });

  test('shifted, with a frame', () => {
    const [plain, moved] = [[], ['--shift-x', '2.54', '--shift-y=1.27', '--outline']].map(
      (args) => roll(labelsCsv(1), '--label', '60x30', '--dpi', '203', ...args).labels[0]);
    near(moved.graphics[0].x - plain.graphics[0].x, 20.3, 1, 'right');
    near(moved.graphics[0].y - plain.graphics[0].y, 10.15, 1, 'down');
    assert.equal(moved.frames.length, 1);
    assert.equal(plain.frames.length, 0);
  });
});

const card = (i) => ({ serial: unit(i).serial, code: `C${String(i).padStart(4, '0')}Q2XBT` });
function cardsCsv(count) {
  const path = join(temporary(), 'run.cards.csv');
  const rows = Array.from({ length: count }, (_, i) => `${gtin},${card(i + 1).serial},${card(i + 1).code}`);
  writeFileSync(path, `gtin,serial,claim_code\n${rows.join('\n')}\n`, { mode: 0o600 });
  return path;
}
const grouped = (code) => `${code.slice(0, 5)}-${code.slice(5)}`;

describe('cards', () => {
  test('ten on a sheet, each with its serial and its code in two groups, and no other QR code', async () => {
    const path = join(temporary(), 'cards.pdf');
    const { code, answer, stdout, stderr } = runJson(['cards', cardsCsv(10), '--data', '/nowhere', '--title', 'Bohrer für Öl – 18 V',
      '--base-url', 'https://id.example.com', '-o', path]);
    assert.equal(code, 0, stdout);
    assert.equal(answer.cards, 10);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const text = pdfText(path);
    for (let i = 1; i <= 10; i++) {
      assert.equal(text.split(card(i).serial).length - 1, 1);
      assert.equal(text.split(grouped(card(i).code)).length - 1, 1);
      assert.ok(!(stdout + stderr).includes(card(i).code) && !(stdout + stderr).includes(grouped(card(i).code)));
    }
    assert.equal(text.split('Bohrer für Öl – 18 V').length - 1, 10);
    const [page] = pages(path, dpi);
    for (let i = 0; i < 10; i++) {
      const one = crop(page, dot(20 + (i % 2) * 85), dot(13.5 + Math.floor(i / 2) * 54), dot(85), dot(54));
      await bothRead(one, 'https://ID.EXAMPLE.COM/register');
    }
  });

  test('without an address there is no QR code at all', async () => {
    const path = join(temporary(), 'cards.pdf');
    assert.equal(run(['cards', cardsCsv(2), '--data', '/nowhere', '-o', path]).code, 0);
    const [page] = pages(path, 200);
    assert.deepEqual(await zxing(page), []);
  });

  test('on a roll', async () => {
    const path = join(temporary(), 'cards.zpl');
    const done = run(['cards', cardsCsv(2), '--data', '/nowhere', '--format', 'zpl', '--label', '76x51', '--dpi', '203', '--title', 'Drill ^XZ~_1',
      '--base-url', 'https://id.example.com', '-o', path]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const labels = zpl(readFileSync(path, 'latin1'));
    assert.equal(labels.length, 2);
    const texts = labels[1].texts.map(({ text }) => text);
    assert.ok(texts.includes('Drill ^XZ~_1'), texts.join('|'));
    assert.ok(texts.includes(`S/N ${card(2).serial}`));
    assert.ok(texts.includes(grouped(card(2).code)));
    for (const box of labels[1].texts.map(textBox)) assert.ok(box.right <= labels[1].width && box.bottom <= labels[1].height);
    await bothRead(burn(labels[1]), 'https://ID.EXAMPLE.COM/register');
  });
});
