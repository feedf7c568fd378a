// SPDX-License-Identifier: Apache-2.0
// Every page, as people with different screens, languages and needs get it: table.mjs.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { arrange, axeFindings, lookName, signIn, startBrowser, visit } from './browser.mjs';
import { Demo } from './demo.mjs';
import { belowFirstScreen, layoutFindings } from './layout.mjs';
import * as table from './table.mjs';

const phone = { width: 360, height: 640 };
const bytesMax = 14 * 1024;
let demo;
let browser;

before(async () => {
  demo = await Demo.start(200);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

// A browser of its own for each visit: nothing is cached, no cookie stays, and nothing is still moving
// when it is looked at.
async function see(row, options, look) {
  const context = await browser.newContext({ locale: 'en', viewport: phone, reducedMotion: 'reduce', ...options });
  try {
    if (row.role) await signIn(context, demo.origin, demo.key(row.role));
    const visited = await visit(context, demo.origin, { ...row, ...(await row.begin?.()) });
    await look(visited);
    assert.deepEqual(visited.findings, []);
  } finally {
    await context.close();
  }
}

async function lookAt(visited, looks, findings) {
  const all = new Map();
  for (const look of looks) {
    await arrange(visited, look);
    for (const finding of new Set(await findings(visited.page))) all.set(finding, [...(all.get(finding) ?? []), lookName(look)]);
  }
  assert.deepEqual([...all].map(([finding, where]) => `${finding} (${where.join('; ')})`), []);
}

const layout = (row) => (page) => page.evaluate(layoutFindings, row.staff);
const axe = (row) => (page) => axeFindings(page, row.staff);
const firstScreen = (row) => (page) => page.evaluate(belowFirstScreen, row.firstScreen ?? []);

// Customers wait on a poor network: one request, and as many bytes as arrive in the first round trip.
// The product's picture comes after the verdict, which is whole without it.
async function isSmall(row, { response, requests }) {
  if (row.role || row.scripts) return;
  const pages = requests.filter((url) => !new URL(url).pathname.startsWith('/pictures/'));
  assert.equal(pages.length, 1 + [row.act ?? []].flat().length, `one request a page: ${requests}`);
  const bytes = gzipSync(await response.body()).length;
  assert.ok(bytes <= bytesMax, `${bytes} bytes compressed`);
}

async function prints(row, visited) {
  await arrange(visited, { width: 794, media: 'print' });
  assert.deepEqual(await layout(row)(visited.page), [], 'printed');
  assert.ok(await visited.page.locator('h1').first().isVisible(), 'the heading is printed');
  assert.equal(await visited.page.locator('.button:visible').count(), 0, 'buttons are not printed');
  const pdf = await visited.page.pdf({ format: 'A4' });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages <= (row.pages ?? 1), `${pages} pages of paper`);
}

async function shoot(row, { page }) {
  mkdirSync(process.env.ASSAY_SHOTS, { recursive: true });
  for (const look of table.shots) {
    await page.setViewportSize({ width: look.width, height: 640 });
    await page.emulateMedia({ colorScheme: look.scheme });
    const name = `${row.name.replace(/[^a-z0-9]+/gi, '-')}.${look.width}.${look.scheme}.png`;
    await page.screenshot({ path: join(process.env.ASSAY_SHOTS, name), fullPage: true });
  }
}

async function inEnglish(row) {
  await see(row, {}, async (visited) => {
    if (row.verdict) assert.ok(await visited.page.locator(`body.${row.verdict}`).count(), `a page of class ${row.verdict}`);
    await isSmall(row, visited);
    if (process.env.ASSAY_SHOTS) return shoot(row, visited);
    await lookAt(visited, [phone], firstScreen(row));
    await lookAt(visited, table.looks(row), layout(row));
    await lookAt(visited, table.looksForAxe(row), axe(row));
    if (row.words || table.isFull) await prints(row, visited);
  });
}

async function withoutScripts(row) {
  await see(row, { javaScriptEnabled: false }, async (visited) => {
    assert.ok(await visited.page.locator('h1').first().isVisible());
    await lookAt(visited, [phone], firstScreen(row));
    await lookAt(visited, table.looksWithoutScripts, layout(row));
  });
}

async function inTranslation(row, language) {
  await see(row, { locale: language }, async (visited) => {
    assert.equal(await visited.page.locator('html').getAttribute('lang'), language);
    await isSmall(row, visited);
    await lookAt(visited, [phone], firstScreen(row));
    await lookAt(visited, table.looksOfTranslation, layout(row));
    await lookAt(visited, table.looksForAxeOfTranslation, axe(row));
  });
}

function cases() {
  const all = table.rows(demo).filter(({ name }) => table.wanted.test(name));
  const customers = all.filter((row) => !row.staff);
  const translated = table.languages.flatMap(({ language }) => customers
    .filter((row) => row.words || table.hardest.includes(language)).map((row) => [row, language]));
  return [
    ...all.map((row) => [row.name, () => inEnglish(row)]),
    ...all.filter(table.seenWithoutScripts).map((row) => [`${row.name}, without JavaScript`, () => withoutScripts(row)]),
    ...translated.map(([row, language]) => [`${row.name}, ${language}`, () => inTranslation(row, language)]),
  ];
}

test('pages', { concurrency: 2 }, async (t) => {
  const all = cases();
  assert.ok(all.length > 0 && demo.situations.length >= 20);
  await Promise.all(all.map(([name, look]) => t.test(name, look)));
});
