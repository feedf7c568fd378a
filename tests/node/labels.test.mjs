// SPDX-License-Identifier: Apache-2.0
// What `assay label` draws is read back by two scanners that we did not write, zbar and zxing, and
// is the URL, character by character: as PNG at the printers' resolutions, as SVG drawn by librsvg,
// and as a terminal shows it. The labels are made by tests/cli/brand.mjs, without our code.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { IssuingKey } from '../cli/brand.mjs';
import { run, temporary } from '../cli/tool.mjs';

const key = new IssuingKey('plant-a');
const gtin = '09506000134352';
const urls = {
  'the design\'s example': key.url({ gtin, serial: '7K3M9Q2XBT4H' }),
  'with a lot': key.url({ gtin, lot: 'L24A0917', serial: '7K3M9Q2XBT4H' }),
  'the shortest': key.url({ gtin, serial: '1' }, 'https://A.DE'),
  'a test bench': key.url({ gtin, serial: '00001' }, 'http://LOCALHOST:8080'),
  'small letters in the serial': key.url({ gtin, lot: 'lot-7.b', serial: 'abcdefghij' }),
  'everything escaped': key.url({ gtin, variant: '!"%&\'()*+,/:;<=>?!"%', lot: '%%%%%%%%%%%%%%%%%%%%',
    serial: '/?%"<>&=+,;:()*\'!%%%' }),
};

// Every second URL, beginning with another one for each size: a chessboard instead of a full table.
const some = (n) => Object.entries(urls).filter((_, i) => (i + n) % 2 === 0);

before(() => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) }, fireImmediately: false });
});

// zbar, from a file of any picture format.
const zbar = (path) =>
  execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', path], { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString().replace(/\n$/, '');

// zxing, from an encoded PNG or from {data, width, height} in RGBA.
async function zxing(picture) {
  const found = await readBarcodes(picture, { formats: ['QRCode'], tryInvert: false });
  assert.equal(found.length, 1, 'one code is found');
  assert.equal(found[0].ecLevel, 'M');
  return found[0].text;
}

// Grey dots, 0 to 255, as a file for zbar and as pixels for zxing.
function picture(dir, { width, height, dots }) {
  const path = join(dir, 'picture.pgm');
  writeFileSync(path, Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), dots]));
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  dots.forEach((dot, i) => data.fill(dot, 4 * i, 4 * i + 3));
  return { path, pixels: { data, width, height } };
}

async function bothRead(path, pixels, url) {
  assert.equal(zbar(path), url);
  assert.equal(await zxing(pixels), url);
}

describe('PNG', () => {
  for (const [n, [mm, dpi]] of [[0.25, 203], [0.375, 203], [0.33, 300], [0.40, 300], [0.42, 600], [1, 1200]].entries()) {
    for (const [label, url] of some(n)) {
      test(`${mm} mm at ${dpi} dpi: ${label}`, async () => {
        const path = join(temporary(), 'label.png');
        const done = run(['label', url, '--format', 'png', '--module-mm', mm, '--dpi', dpi, '-o', path].map(String));
        assert.equal(done.code, 0, done.stderr);
        await bothRead(path, new Uint8Array(readFileSync(path)), url);
      });
    }
  }
});

describe('SVG', () => {
  for (const [n, [mm, dpi]] of [[0.25, 203], [0.33, 300], [0.40, 300], [0.40, 600], [0.396, 411]].entries()) {
    for (const [label, url] of some(n)) {
      test(`${mm} mm at ${dpi} dpi: ${label}`, async () => {
        const dir = temporary();
        const svg = join(dir, 'label.svg');
        const png = join(dir, 'label.png');
        const done = run(['label', url, '--module-mm', String(mm), '-o', svg]);
        assert.equal(done.code, 0, done.stderr);
        execFileSync('rsvg-convert', ['--dpi-x', dpi, '--dpi-y', dpi, '--background-color', 'white', '-o', png, svg].map(String));
        const side = Number(readFileSync(svg, 'utf8').match(/viewBox="0 0 (\d+)/)[1]);
        const wide = readFileSync(png).readUInt32BE(16);
        assert.ok(Math.abs(wide - (side * mm * dpi) / 25.4) <= 1, `${wide} dots wide`);
        await bothRead(png, new Uint8Array(readFileSync(png)), url);
      });
    }
  }
});

// A terminal of cells twice as high as wide; `colours` are those of its theme.
function screen(text, { paper, ink }) {
  const cell = 8;
  const lines = text.split('\n').filter((line) => /[█▀▄]/.test(line) || line.includes('\x1b['));
  const shown = lines.map((line) => {
    const own = line.includes('\x1b[38;5;16;48;5;231m');
    const cells = [...line.replace(/\x1b\[[0-9;]*m/g, '')];
    const [light, dark] = own ? [255, 0] : [paper, ink];
    return cells.map((c) => ({ ' ': [light, light], '▀': [dark, light], '▄': [light, dark], '█': [dark, dark] })[c]);
  });
  const margin = 3 * cell;
  const width = shown[0].length * cell + 2 * margin;
  const height = shown.length * cell * 2 + 2 * margin;
  const dots = Buffer.alloc(width * height, paper);
  shown.forEach((cells, y) => cells.forEach((halves, x) => halves.forEach((value, half) => {
    for (let i = 0; i < cell; i++) {
      const at = (margin + (2 * y + half) * cell + i) * width + margin + x * cell;
      dots.fill(value, at, at + cell);
    }
  })));
  return { width, height, dots };
}

describe('terminal', () => {
  const dark = { paper: 20, ink: 230 };
  const light = { paper: 245, ink: 30 };
  const solarized = { paper: 54, ink: 131 };
  for (const [n, [theme, colours, args, env]] of [
    ['its own colours, dark theme', dark, [], {}],
    ['its own colours, light theme', light, [], {}],
    ['its own colours, faint theme', solarized, [], {}],
    ['NO_COLOR, dark theme', dark, [], { NO_COLOR: '1' }],
    ['NO_COLOR, light theme', light, ['--dark-text'], { NO_COLOR: '1' }],
  ].entries()) {
    for (const [label, url] of some(n)) {
      test(`${theme}: ${label}`, async () => {
        const done = run(['label', url, '--format', 'terminal', ...args], { env });
        assert.equal(done.code, 0, done.stderr);
        const { path, pixels } = picture(temporary(), screen(done.stdout, colours));
        await bothRead(path, pixels, url);
      });
    }
  }
});

test('a code with a stain is still read: error correction M', async () => {
  const done = run(['label', urls['with a lot'], '--format', 'terminal']);
  const { width, height, dots } = screen(done.stdout, { paper: 255, ink: 0 });
  for (let y = Math.round(height * 0.58); y < height * 0.7; y++) {
    dots.fill(0, y * width + Math.round(width * 0.55), y * width + Math.round(width * 0.7));
  }
  const { path, pixels } = picture(temporary(), { width, height, dots });
  await bothRead(path, pixels, urls['with a lot']);
});
