// SPDX-License-Identifier: Apache-2.0
// The return desk as people use it: by keyboard alone, with a poor network, and with a gateway that
// is away. A code that was not checked must never look accepted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, temporary } from '../e2e/gateway.mjs';
import { arrange, axeFindings, signIn } from './browser.mjs';
import { Demo } from './demo.mjs';
import { Shop, hasFocus, lines, newest, patience, total, type } from './desk.mjs';
import { layoutFindings } from './layout.mjs';

const gs = '\u001d';
let shop;
let demo;
let browser;

before(async () => {
  shop = await Shop.start(1040);
  ({ demo, browser } = shop);
});
after(() => shop?.stop());

const link = (unit) => shop.link(unit);
const record = (unit) => shop.record(unit);
const desk = (...all) => shop.desk(...all);

async function download(page, act) {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return readFileSync(await file.path(), 'utf8').trimEnd().split('\n');
}

test('a whole session by keyboard: check, record, take back, save', async (t) => {
  const { page, findings } = await desk(t);
  const [first, second] = [demo.sold(), demo.sold()];
  assert.equal(await hasFocus(page), 'code');
  await type(page, link(first));
  await newest(page, 'accept').waitFor();
  await type(page, link(second), 'Tab');
  await total(page, 'accept', 2);
  assert.equal(await hasFocus(page), 'code');
  await page.keyboard.press('F2');
  await total(page, 'recorded', 1);
  assert.equal((await record(second)).state, 'returned');
  assert.equal((await record(first)).state, 'sold');
  await page.keyboard.press('F4');
  await total(page, 'recorded', 0);
  assert.equal((await record(second)).state, 'sold');
  assert.match(await lines(page).first().innerText(), /Taken back/);
  await type(page, demo.origin + demo.path('reported stolen'));
  await newest(page, 'refuse').waitFor();
  await type(page, 'what is this?');
  await total(page, 'refuse', 2);
  assert.equal(await page.locator('#lines > li.accept').count(), 2);
  await page.keyboard.press('F4');
  await total(page, 'refuse', 1);
  const [head, ...rows] = await download(page, () => page.keyboard.press('F9'));
  assert.match(head, /^line,scanned_at,outcome,reasons,gtin,serial/);
  assert.equal(rows.length, 4);
  assert.match(rows[0], new RegExp(`,accept,genuine sold_here,"=""${first.gtin}""",`));
  assert.match(rows[1], /,undo,,,yes,,/);
  assert.match(rows[2], /,refuse,stolen /);
  assert.match(rows[3], /,yes,,what is this\?$/);
  assert.equal(await hasFocus(page), 'code');
  assert.deepEqual(findings, []);
});

test('the number and the reason of a return go with it; put back in stock; undone in words', async (t) => {
  const { page, findings } = await desk(t);
  const unit = demo.sold();
  await page.locator('#rma').fill('RMA-1');
  await page.locator('#why').fill('=too loud');
  await page.keyboard.press('Enter');
  assert.equal(await hasFocus(page), 'code');
  await page.locator('#at-once').check();
  await type(page, link(unit));
  await total(page, 'recorded', 1);
  assert.match(await lines(page).first().innerText(), /Return recorded · RMA-1/);
  const rows = await download(page, () => page.keyboard.press('F9'));
  assert.match(rows[1], /,return,RMA-1,'=too loud,,,/);
  assert.equal(await page.locator('#rma').inputValue(), '');
  assert.equal(await page.locator('#why').inputValue(), '=too loud');
  await lines(page).first().getByRole('button', { name: 'Put back in stock' }).click();
  await page.locator('#lines .badge', { hasText: 'Back in stock' }).waitFor();
  assert.equal((await record(unit)).state, 'in_stock');
  await demo.call('/v1/events', { type: 'sell', gtin: unit.gtin, serial: unit.serial }, demo.key('operator'));
  await page.keyboard.press('F4');
  await page.locator('#said', { hasText: 'It cannot be taken back:' }).waitFor();
  assert.equal((await record(unit)).state, 'sold');
  assert.equal(await hasFocus(page), 'code');
  assert.deepEqual(findings.filter((each) => !/status (of )?409/.test(each)), []);
});

test('the field keeps the keyboard', async (t) => {
  const { page } = await desk(t);
  await page.locator('h1').click();
  assert.equal(await hasFocus(page), 'code');
  await page.getByRole('button', { name: 'Check' }).click();
  assert.equal(await hasFocus(page), 'code');
  await page.locator('#sound').uncheck();
  assert.equal(await hasFocus(page), 'code');
  await page.getByRole('button', { name: 'Take back the last' }).click();
  assert.equal(await hasFocus(page), 'code');
  assert.match(await page.locator('#said').innerText(), /nothing to take back/);
  await page.locator('#csv').focus();
  await page.keyboard.type('xyz');
  assert.equal(await page.locator('#code').inputValue(), 'xyz');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#code').inputValue(), '');
  await page.keyboard.press('Tab');
  assert.notEqual(await hasFocus(page), 'code', 'an empty field lets the keyboard go on');
  await page.reload();
  assert.equal(await hasFocus(page), 'code');
  assert.equal(await page.locator('#sound').isChecked(), false);
});

test('the same unit twice, spelled differently', async (t) => {
  const { page } = await desk(t);
  const unit = demo.sold();
  await type(page, link(unit));
  await newest(page, 'accept').waitFor();
  await type(page, link(unit).replace(unit.serial, `%${unit.serial.charCodeAt(0).toString(16)}${unit.serial.slice(1)}`));
  await newest(page, 'review').waitFor();
  await page.keyboard.insertText(`01${unit.gtin}21${unit.serial}`);
  await page.keyboard.press('Enter');
  await total(page, 'review', 2);
  assert.match(await lines(page).nth(0).innerText(), /Same as line 1/);
  assert.match(await lines(page).nth(1).innerText(), /Same as line 1/);
  assert.equal(await page.locator('#lines > li.accept').count(), 1);
  await page.keyboard.press('F2');
  assert.match(await page.locator('#said').innerText(), /not one to record/);
  await total(page, 'recorded', 0);
});

test('a separator as scanners send it, and layouts that the server mends', async (t) => {
  const { page } = await desk(t);
  const unit = demo.sold();
  await page.keyboard.insertText(`]d201${unit.gtin}10L1`);
  await page.keyboard.press('Control+]');
  await page.keyboard.insertText(`21${unit.serial}`);
  assert.ok((await page.locator('#code').inputValue()).includes(`${gs}21`));
  await page.keyboard.press('Enter');
  await newest(page, 'review').waitFor();
  assert.match(await lines(page).first().innerText(), new RegExp(unit.serial));
  const swapped = link(unit).replace(/[a-z]/gi, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()));
  await type(page, swapped);
  await page.getByText('Caps Lock is on').waitFor();
});

test('the gateway is away: codes wait, survive a reload, and are checked in order', async (t) => {
  const own = await Demo.start(4);
  t.after(() => own.stop());
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  t.after(() => context.close());
  await signIn(context, own.origin, own.key('retailer'));
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(`${own.origin}/retail`);
  const codes = [own.origin + own.units[0].path, own.origin + own.path('reported stolen'), own.origin + own.units[1].path];
  await own.gateway.stop('SIGKILL');
  await page.locator('#at-once').check();
  for (const code of codes) await type(page, code);
  await total(page, 'unchecked', 3);
  await page.locator('#stalled', { hasText: 'cannot be reached' }).waitFor();
  assert.equal(await page.locator('#lines > li.unchecked').count(), 3);
  assert.equal(await page.locator('#lines > li.accept').count(), 0);
  assert.match(await lines(page).first().innerText(), /Not checked yet[^]*Do not take it/);
  await page.getByRole('button', { name: 'New session' }).click();
  await page.getByRole('dialog').getByText('not checked yet are in the list: 3').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.id === 'code' && !document.querySelector('dialog').open);
  await total(page, 'unchecked', 3);
  await context.setOffline(true);
  own.gateway = await Gateway.start(own.data, Number(new URL(own.origin).port));
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('assay unsent')).length);
  assert.equal(kept, 3);
  await page.route('**/v1/screen', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '1' }, contentType: 'application/problem+json', body: '{"code":"unavailable"}' }));
  await context.setOffline(false);
  await page.reload();
  await total(page, 'unchecked', 3);
  assert.equal(await page.locator('#lines > li.accept').count(), 0);
  await page.unroute('**/v1/screen');
  await page.getByRole('button', { name: 'Try now' }).click();
  await total(page, 'unchecked', 0);
  await total(page, 'recorded', 2);
  const outcomes = await lines(page).evaluateAll((all) => all.map((line) => ['accept', 'refuse', 'review'].find((word) => line.classList.contains(word))));
  assert.deepEqual(outcomes, ['accept', 'refuse', 'accept']);
  await page.locator('#stalled').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('assay unsent')).length), 0);
});

test('an answer that is none leaves the code unchecked', async (t) => {
  const { page } = await desk(t);
  const answers = [
    { status: 429, headers: { 'retry-after': '1' }, body: '{}' },
    { status: 500, body: 'oops' },
    { status: 200, contentType: 'text/html', body: '<title>Log in to the Wi-Fi</title>' },
    { status: 200, contentType: 'application/json', body: '{"results":[]}' },
    { status: 200, contentType: 'application/json', body: '{"results":[{"outcome":"accept"}]}' },
    { status: 200, contentType: 'application/json',
      body: '{"results":[{"outcome":"review","reasons":[{"code":"registry_unavailable","text":"later"}],"gtin":"1","serial":"2"}]}' },
  ];
  let place = 0;
  await page.route('**/v1/screen', (route) => (place < answers.length ? route.fulfill(answers[place++]) : route.continue()));
  await type(page, link(demo.sold()));
  for (let tries = 1; tries <= answers.length; tries++) {
    await page.waitForFunction(() => !document.getElementById('stalled').hidden);
    assert.equal(await page.locator('#lines > li.unchecked').count(), 1);
    assert.equal(place >= tries, true);
    await page.getByRole('button', { name: 'Try now' }).click();
    if (tries < answers.length) while (place <= tries) await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(resolve); }));
  }
  await newest(page, 'accept').waitFor();
});

test('signed out in the middle: the queue stays, and another desk does not see it', async (t) => {
  const { page, context } = await desk(t);
  const unit = demo.sold();
  await context.clearCookies();
  await type(page, link(unit));
  await page.locator('#stalled', { hasText: 'You were signed out' }).waitFor();
  assert.equal(await page.locator('#lines > li.unchecked').count(), 1);
  const other = demo.assay('credential', 'new', '--role', 'retailer', '--organisation', 'Other Shop', '--name', 'till 9').trim();
  await signIn(context, demo.origin, other);
  await page.goto(`${demo.origin}/retail`);
  assert.equal(await lines(page).count(), 0);
  await context.clearCookies();
  await page.goto(`${demo.origin}/sign-in?next=/retail`);
  await page.locator('[name=key]').fill(demo.key('retailer'));
  await page.keyboard.press('Enter');
  await newest(page, 'accept').waitFor();
  await page.locator('summary').click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/sign-in');
  await signIn(context, demo.origin, demo.key('retailer'));
  await page.goto(`${demo.origin}/retail`);
  assert.equal(await lines(page).count(), 0);
});

test('the original and its copy come back: both shops are told', async (t) => {
  const { page } = await desk(t);
  const unit = demo.sold();
  await page.locator('#at-once').check();
  await type(page, link(unit));
  await total(page, 'recorded', 1);
  await page.locator('#at-once').uncheck();
  const second = demo.assay('credential', 'new', '--role', 'retailer', '--organisation', 'Second Shop', '--name', 'till 1').trim();
  const answer = await fetch(`${demo.origin}/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${second}` },
    body: JSON.stringify({ type: 'return', gtin: unit.gtin, serial: unit.serial }) });
  assert.equal((await answer.json()).code, 'second_return');
  await type(page, link(unit));
  await newest(page, 'refuse').waitFor();
  await page.getByText(/Why it is on hold: .*Second Shop/).waitFor();
});

test('a thousand codes pasted at once', async (t) => {
  const { page } = await desk(t);
  const codes = demo.units.splice(0, 1000).map(link);
  assert.equal(codes.length, 1000);
  const begun = Date.now();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text', text);
    document.getElementById('code').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, codes.join('\r\n'));
  await total(page, 'accept', 1000);
  t.diagnostic(`1,000 codes: ${Date.now() - begun} ms, with a gateway that is built to find faults`);
  assert.equal(await lines(page).count(), 1000);
  await page.reload();
  await total(page, 'accept', 1000);
});

test('a machine without a camera: said in words', async (t) => {
  const { page } = await desk(t);
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  await page.locator('[data-camera-said]', { hasText: 'There is no camera here' }).waitFor();
  assert.equal(await hasFocus(page), 'code');
  await page.getByRole('button', { name: 'Close the camera' }).click();
  assert.equal(await hasFocus(page), 'code');
});

test('the set-up page: its code is what it says, and faults are named', async (t) => {
  const { page, findings } = await desk(t, { path: '/retail/scanner' });
  const file = join(temporary('assay-test-code-'), 'code.png');
  writeFileSync(file, await page.locator('.test-code').screenshot());
  const read = execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file]).toString().replace(/\n$/, '');
  const expected = (await page.locator('#test').getAttribute('data-expected')).replace('␝', gs);
  assert.equal(read, expected);
  const [head, tail] = expected.split(gs);
  const scan = async (first, last, end = 'Enter') => {
    await page.keyboard.insertText(first);
    if (last !== undefined) {
      await page.keyboard.press('Control+]');
      await page.keyboard.insertText(last);
    }
    if (end) await page.keyboard.press(end);
    return page.locator('#finding');
  };
  await (await scan(head, tail)).getByText('set up right').waitFor();
  await (await scan(head + tail)).getByText('separator (GS, FNC1) does not arrive').waitFor();
  await (await scan(head.toUpperCase(), tail)).getByText('All letters arrive as capitals').waitFor();
  await (await scan(`]Q3${head}`, tail)).getByText('Something stands before each code: “]Q3”').waitFor();
  await (await scan(head, tail, '')).getByText('No Enter follows').waitFor();
  assert.deepEqual(findings, []);
});

const looks = [320, 360, 768, 1280].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));
test('every state at every width', async (t) => {
  const visited = await desk(t);
  const { page } = visited;
  for (const code of [link(demo.sold()), demo.origin + demo.path('reported stolen'), demo.origin + demo.path('held'), '<b>"x"</b>'.padEnd(300, 'W')]) {
    await type(page, code);
    await page.waitForFunction(() => document.querySelectorAll('#lines > li.unchecked').length === 0);
    for (const look of looks) {
      await arrange(visited, look);
      assert.deepEqual(await page.evaluate(layoutFindings), [], `${code.slice(0, 40)} ${look.width}`);
    }
    await arrange(visited, { width: 1280, scheme: 'light' });
    assert.deepEqual(await axeFindings(page, true), []);
    await arrange(visited, { width: 360, scheme: 'dark' });
    assert.deepEqual(await axeFindings(page, true), []);
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = false; }));
    await page.locator('#code').focus();
  }
  assert.deepEqual(visited.findings, []);
});

test('without JavaScript: check, record, put back in stock', async (t) => {
  const { page } = await desk(t, { javaScriptEnabled: false });
  const unit = demo.sold();
  await page.locator('#code').fill(link(unit));
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('heading', { name: 'Accept' }).waitFor();
  await page.locator('[name=reference]').fill('RMA-7');
  await page.getByRole('button', { name: 'Record the return' }).click();
  await page.getByText('Recorded:').waitFor();
  assert.equal((await record(unit)).state, 'returned');
  await page.getByRole('button', { name: 'Put back in stock' }).click();
  await page.getByText('Recorded:').waitFor();
  assert.equal((await record(unit)).state, 'in_stock');
});
