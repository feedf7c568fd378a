// SPDX-License-Identifier: Apache-2.0
// What a printer would make of our files: PDF drawn by poppler, ZPL by a decoder of its own that
// knows the guide's ^GFA and nothing of our code. Pictures are {width, height, dots}, grey, 0 is ink.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { temporary } from '../cli/tool.mjs';

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) }, fireImmediately: false });

// "P5 WIDTH HEIGHT 255" and the dots.
function readPgm(path) {
  const bytes = readFileSync(path);
  const [head, width, height] = bytes.subarray(0, 40).toString('latin1').match(/^P5\s+(\d+)\s+(\d+)\s+255\s/);
  return { width: Number(width), height: Number(height), dots: bytes.subarray(head.length) };
}

// Every page, at `dpi`.
export function pages(pdf, dpi = 300) {
  const dir = temporary();
  execFileSync('pdftoppm', ['-r', String(dpi), '-gray', pdf, join(dir, 'page')]);
  return readdirSync(dir).sort().map((name) => readPgm(join(dir, name)));
}

export function pdfInfo(pdf) {
  const lines = execFileSync('pdfinfo', [pdf]).toString().split('\n');
  return Object.fromEntries(lines.filter((l) => l.includes(':')).map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()]));
}

export const pdfText = (pdf) => execFileSync('pdftotext', ['-layout', pdf, '-']).toString();

export function crop(picture, left, top, width, height) {
  const [x, y, w, h] = [left, top, width, height].map(Math.round);
  const dots = Buffer.alloc(w * h, 255);
  for (let row = Math.max(0, -y); row < h && y + row < picture.height; row++) {
    const from = (y + row) * picture.width + x;
    picture.dots.copy(dots, row * w, from, from + Math.min(w, picture.width - x));
  }
  return { width: w, height: h, dots };
}

// Left, top, right and bottom edge of the ink, in dots; null when there is none.
export function inkBox({ width, height, dots }) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (dots[y * width + x] >= 128) continue;
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
  }
  return right === 0 ? null : { left, top, right, bottom };
}

export async function zxing({ width, height, dots }) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  dots.forEach((dot, i) => data.fill(dot, 4 * i, 4 * i + 3));
  const found = await readBarcodes({ data, width, height }, { formats: ['QRCode'], tryInvert: false, tryHarder: true });
  return found.map(({ text }) => text);
}

export function zbar({ width, height, dots }) {
  const path = join(temporary(), 'picture.pgm');
  writeFileSync(path, Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), dots]));
  const out = execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  return out.toString().split('\n').filter(Boolean);
}

// The guide's "Alternative Data Compression Scheme", a row of hex digits at a time.
function inflate(data, rowBytes, rows) {
  const digits = rowBytes * 2;
  const out = [];
  let row = '';
  let count = 0;
  for (const c of data) {
    if (/[\s]/.test(c)) continue;
    if (c === ':') {
      if (row !== '' || out.length === 0) throw new Error('a colon within a row');
      out.push(out.at(-1));
    } else if (c === ',' || c === '!') row = row.padEnd(digits, c === ',' ? '0' : 'F');
    else if (/[G-Y]/.test(c)) count += c.charCodeAt(0) - 70;
    else if (/[g-z]/.test(c)) count += (c.charCodeAt(0) - 102) * 20;
    else if (/[0-9A-F]/.test(c)) {
      row += c.repeat(count || 1);
      count = 0;
    } else throw new Error(`"${c}" in a graphic`);
    if (row.length > digits) throw new Error('a row is too long');
    if (row.length === digits) {
      out.push(row);
      row = '';
    }
  }
  if (row !== '' || count !== 0 || out.length !== rows) throw new Error(`${out.length} of ${rows} rows`);
  return out;
}

const bitsOf = (row) => [...row].map((c) => parseInt(c, 16).toString(2).padStart(4, '0')).join('');

// Rows of labels: {width, height, copies, graphics: [{x, y, bits}], texts: [{x, y, font, height, width, text}]}
export function zpl(text) {
  return [...text.matchAll(/\^XA([^]*?)\^XZ/g)].map(([, body]) => {
    const number = (command) => Number(body.match(new RegExp(`\\^${command}(\\d+)`))[1]);
    const label = { width: number('PW'), height: number('LL'), copies: number('PQ'), graphics: [], texts: [], frames: [] };
    for (const [, x, y, rest] of body.matchAll(/\^FO(\d+),(\d+)([^]*?)\^FS/g)) {
      const at = { x: Number(x), y: Number(y) };
      const graphic = rest.match(/^\^GFA,(\d+),(\d+),(\d+),([^]*)$/);
      const field = rest.match(/^\^A([A-Z0-9])N,(\d+),(\d+)\^FH_\^FD([^]*)$/);
      const frame = rest.match(/^\^GB(\d+),(\d+),(\d+)$/);
      if (graphic) {
        const [bytes, total, rowBytes] = graphic.slice(1, 4).map(Number);
        if (bytes !== total || total % rowBytes !== 0) throw new Error('counts of a graphic');
        label.graphics.push({ ...at, bits: inflate(graphic[4], rowBytes, total / rowBytes).map(bitsOf) });
      } else if (field) {
        if (/[\^~]/.test(field[4])) throw new Error('a command within a text');
        const decoded = field[4].replace(/_([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
        label.texts.push({ ...at, font: field[1], height: Number(field[2]), width: Number(field[3]), text: decoded });
      } else if (frame) label.frames.push({ ...at, width: Number(frame[1]), height: Number(frame[2]) });
      else throw new Error(`a field that no label has: ${rest.slice(0, 40)}`);
    }
    return label;
  });
}

// What the print head burns: the graphics, and each text as a grey box of its true width (the guide's
// cells: A 5+1, D 10+2, F 13+3 dots, magnified).
export function burn(label) {
  const dots = Buffer.alloc(label.width * label.height, 255);
  for (const { x, y, bits } of label.graphics) {
    bits.forEach((row, dy) => [...row].forEach((bit, dx) => {
      if (bit === '0') return;
      if (x + dx >= label.width || y + dy >= label.height) throw new Error('ink beside the label');
      dots[(y + dy) * label.width + x + dx] = 0;
    }));
  }
  return { width: label.width, height: label.height, dots };
}

export function textBox({ x, y, font, height, text }) {
  const cell = { A: [9, 5, 1], D: [18, 10, 2], F: [26, 13, 3] }[font];
  const magnify = height / cell[0];
  return { left: x, top: y, right: x + (text.length * (cell[1] + cell[2]) - cell[2]) * magnify, bottom: y + height };
}
