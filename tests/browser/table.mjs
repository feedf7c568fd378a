// SPDX-License-Identifier: Apache-2.0
// Every page for people, and every way to look at one. A new page is a new row.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tree } from '../e2e/gateway.mjs';

export const isFull = process.env.ASSAY_BROWSER === 'full';

// Languages of this tree, those with the longest words first, English apart.
function translations() {
  const dir = join(tree, 'web/lang');
  return readdirSync(dir).filter((file) => file.endsWith('.ini') && file !== 'en.ini').map((file) => {
    const text = readFileSync(join(dir, file), 'utf8');
    return { language: file.slice(0, -4), length: text.length, rtl: /^direction = rtl$/m.test(text) };
  }).sort((a, b) => b.length - a.length);
}
export const languages = translations();

// The ones in which every page is looked at; the others see the pages that are marked `words`.
export const hardest = languages.filter(({ rtl }, place) => isFull || rtl || place === 0).map(({ language }) => language);

const isLabel = { words: true, firstScreen: ['.verdict h1', '.next .button'], pages: 2 };

// path; status (200), method (GET); role: who is signed in; scripts: it has some, so it may load
// more than itself; firstScreen: what is seen at once on a phone; pages: of A4 when printed at most.
export function rows(demo) {
  const perVerdict = new Set();
  const labels = demo.situations.filter(({ verdict }) => verdict !== 'no code').map(({ verdict, words, path }) => {
    const words_ = !perVerdict.has(verdict);
    perVerdict.add(verdict);
    return { ...isLabel, name: `${verdict}: ${words}`, path, verdict, words: words_ };
  });
  const label = demo.path('sold today');
  return [
    { name: 'home', path: '/', words: true, firstScreen: ['h1', 'main input', 'main button'] },
    { name: 'check: no code', path: '/check?code=hello%20there%2C%20world', status: 404, words: true, firstScreen: ['h1'] },
    { name: 'check: hostile', path: `/check?code=${encodeURIComponent('"><script>alert(1)</script>'.padEnd(900, 'W'))}`, status: 404 },
    { name: 'label: no code', path: demo.situations.at(-1).path, status: 404 },
    { name: 'error 404', path: '/nothing/here', status: 404, words: true, firstScreen: ['h1', 'main .button'] },
    { name: 'error 405', path: '/check', method: 'POST', status: 405 },
    ...labels,
    { name: 'ok: typed', path: `/check?code=${encodeURIComponent(demo.origin + label)}`, verdict: 'ok', ...isLabel, words: false },
  ];
}

const widths = [320, 360, 768, 1280];
const thorough = widths.flatMap((width) => ['light', 'dark'].flatMap((scheme) => [
  { width, scheme },
  { width, scheme, dir: 'rtl' },
  { width, scheme, zoom: 2 },
  { width, scheme, text: 200 },
]));
const usual = [
  ...widths.map((width) => ({ width })),
  { width: 320, scheme: 'dark' },
  { width: 320, dir: 'rtl' },
  { width: 1280, dir: 'rtl' },
  { width: 640, zoom: 2 },
  { width: 1280, zoom: 2 },
  { width: 320, text: 200 },
  { width: 768, text: 200 },
];

export const looks = isFull ? thorough : usual;
export const looksOfTranslation = isFull ? thorough : [{ width: 320 }, { width: 1280 }, { width: 320, text: 200 }];
export const looksWithoutScripts = isFull ? widths.map((width) => ({ width })) : [{ width: 320 }, { width: 1280 }];
export const looksForAxe = isFull
  ? widths.flatMap((width) => [{ width, scheme: 'light' }, { width, scheme: 'dark' }])
  : [{ width: 360, scheme: 'light' }, { width: 1280, scheme: 'dark' }];
export const looksForAxeOfTranslation = isFull ? looksForAxe : [{ width: 360, scheme: 'light' }];
export const shots = [{ width: 360, scheme: 'light' }, { width: 360, scheme: 'dark' }, { width: 1280, scheme: 'light' }];
