// SPDX-License-Identifier: Apache-2.0
// A manifest sent from a file: what would come of it, the rows that are refused, then for real.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { temporary } from '../e2e/gateway.mjs';
import { signIn, startBrowser } from './browser.mjs';
import { Demo } from './demo.mjs';

const gtin = '09506000134352';
const directory = temporary();
let demo;
let browser;
let page;
const errors = [];

before(async () => {
  demo = await Demo.start(1);
  browser = await startBrowser();
  const context = await browser.newContext({ acceptDownloads: true });
  await signIn(context, demo.origin, demo.key('issuer'));
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(error.message));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function choose(file) {
  await page.goto(`${demo.origin}/console/import`);
  await page.setInputFiles('#file', file);
}
const said = async (words) => page.locator('#said p', { hasText: words }).waitFor();
const numbers = () => page.locator('#summary [data-of]').allTextContents();

function manifest(count) {
  const run = join(directory, `run${count}`);
  demo.assay('issue', '--gtin', gtin, '--count', String(count), '--key', 'plant-a', '--passphrase-file', join(demo.data, 'demo.passphrase'),
    '--base-url', demo.origin, '-o', run);
  return `${run}.manifest.csv`;
}

test('a good manifest is checked, then registered', async () => {
  await choose(manifest(3000));
  await page.click('#check');
  await said('Nothing is registered yet');
  assert.deepEqual(await numbers(), ['3000', '3000', '0', '0']);
  await page.click('#register');
  await said('It is done');
  assert.deepEqual(await numbers(), ['3000', '3000', '0', '0']);
  assert.equal(await page.locator('#register').isVisible(), false);
  await page.click('#check');
  await page.locator('#summary [data-of=already]', { hasText: '3000' }).waitFor();
  assert.deepEqual(errors, []);
});

test('refused rows are listed as text, and as a file that is harmless in a spreadsheet', async () => {
  const file = join(directory, 'bad.csv');
  const [head, good] = readFileSync(manifest(2), 'utf8').split('\n');
  writeFileSync(file, [head, good, `${gtin},,,=1+1,,,,AAAA`, `${gtin},,,-2,,,,AAAA`, '<b>x</b>,,,S,,,,AAAA', ''].join('\n'));
  await choose(file);
  await page.click('#check');
  await said('each label was checked by itself');
  assert.deepEqual(await numbers(), ['4', '1', '0', '3']);
  assert.equal(await page.locator('#refused tbody tr').count(), 3);
  assert.equal(await page.locator('#refused b').count(), 0);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#results')]);
  const csv = readFileSync(await download.path(), 'utf8');
  assert.match(csv, /"'=1\+1"/);
  assert.match(csv, new RegExp(`"=""${gtin}"""`));
  assert.ok(csv.split('\r\n').every((line) => !/(^|,)"?[=+@-](?!"")/.test(line.replaceAll(`"=""${gtin}"""`, ''))), csv);
  assert.deepEqual(errors, []);
});

test('what is no manifest, and a gateway that is gone', async () => {
  const file = join(directory, 'none.csv');
  writeFileSync(file, 'hello\n');
  await choose(file);
  await page.click('#check');
  await said('manifest');
  assert.equal(await page.locator('#said p.problem').count(), 1);
  await page.context().setOffline(true);
  await page.click('#check');
  await said('The connection broke');
  await page.context().setOffline(false);
});
