// SPDX-License-Identifier: Apache-2.0
// Signing in with a real browser: what it sends, keeps and withholds by itself is what the defence
// against other sites rests on.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Gateway, freePort } from '../e2e/gateway.mjs';
import { World, must } from '../http/world.mjs';
import { startBrowser } from './browser.mjs';

let world;
let gateway;
let origin;
let browser;
let other;
let key;
let html;

// Another site: whatever page a test wants it to have.
async function startOther() {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(html));
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

before(async () => {
  world = new World();
  key = must('credential', 'new', '--role', 'operator', '--organisation', 'a', '--data', world.data).trim();
  gateway = await Gateway.start(world.data);
  origin = `http://localhost:${gateway.port}`;
  other = await startOther();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  other?.close();
  await gateway?.stop();
});

async function withPage(options, use) {
  const context = await browser.newContext(options);
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

const follow = (page, button) => Promise.all([page.waitForEvent('load'), page.click(button)]);

async function signIn(page, path = '/sign-in') {
  await page.goto(origin + path);
  await page.fill('#key', key);
  await follow(page, 'main button');
}

async function isSignedIn(page) {
  return (await page.context().request.get(`${origin}/v1/session`)).status() === 200;
}

async function signOut(page) {
  await page.click('.person summary');
  await follow(page, '.person button:not([name])');
}

for (const javaScriptEnabled of [true, false])
  test(`in and out, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => withPage({ javaScriptEnabled }, async (page, context) => {
    await signIn(page, '/console/units?lot=A');
    assert.equal(page.url(), `${origin}/console/units?lot=A`);
    const [cookie, ...more] = await context.cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.path, cookie.domain, cookie.expires, more.length],
      ['assay', true, 'Strict', '/', 'localhost', -1, 0]);
    await page.goto(`${origin}/sign-in`);
    assert.match(page.url(), /\/console$/);
    await signOut(page);
    assert.equal(page.url(), `${origin}/sign-in`);
    assert.deepEqual(await context.cookies(), []);
    await page.goto(`${origin}/console/units`);
    assert.equal(page.url(), `${origin}/sign-in?next=%2Fconsole%2Funits`);
    await context.addCookies([cookie]);
    assert.equal(await isSignedIn(page), false);
    assert.deepEqual(await context.cookies(), [cookie]);
    await page.goto(`${origin}/console/units`);
    assert.match(await page.textContent('[role=status]'), /You were signed out/);
    assert.deepEqual(await context.cookies(), []);
  }));

for (const javaScriptEnabled of [true, false])
  test(`a link of another site leads in, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => withPage({ javaScriptEnabled }, async (page) => {
    html = `<a href="${origin}/console/units?lot=A">see</a>`;
    await page.goto(other.url);
    await page.click('a');
    await page.waitForURL(/again=1/);
    await signIn(page);
    await page.goto(other.url);
    await page.click('a');
    await page.waitForURL(`${origin}/console/units?lot=A`);
  }));

test('a form of another site does nothing', () => withPage({}, async (page) => {
  const send = async (action, fields) => {
    html = `<form method="post" action="${origin}${action}">${fields}</form>`;
    await page.goto(other.url);
    const [answer] = await Promise.all([page.waitForNavigation(), page.locator('form').evaluate((form) => form.submit())]);
    return answer;
  };
  // Nobody is signed in by it as somebody else.
  assert.equal((await send('/sign-in', `<input name="key" value="${key}">`)).status(), 403);
  assert.equal(await isSignedIn(page), false);
  await signIn(page);
  const csrf = await page.inputValue('form[action="/sign-out"] [name=csrf]');
  // The browser keeps the cookie back; with it, the request would be refused (tests/http/session.test.mjs).
  await send('/sign-out', `<input name="csrf" value="${csrf}">`);
  await page.waitForURL(`${origin}/console`);
  assert.ok(await isSignedIn(page));
  html = `<script>fetch('${origin}/v1/session?everywhere=true', { method: 'DELETE', credentials: 'include' })
    .catch(() => {}).finally(() => { document.title = 'over'; })</script>`;
  await page.goto(other.url);
  await page.waitForFunction(() => document.title === 'over');
  assert.ok(await isSignedIn(page));
}));

// By plain http to another name than localhost a browser sends no Sec-Fetch-Site: Origin has to do,
// which a page without a referrer would hide.
test('forms work where only Origin tells where they come from', async () => {
  const port = await freePort();
  const at = `http://desk.test:${port}`;
  const data = new World().data;
  const deskKey = must('credential', 'new', '--role', 'operator', '--organisation', 'a', '--data', data).trim();
  const plain = await Gateway.start(data, port, ['--base-url', at]);
  const another = await startBrowser(['--host-resolver-rules=MAP desk.test 127.0.0.1']);
  try {
    const page = await another.newPage();
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.allHeaders()));
    await page.goto(`${at}/console/units`);
    await page.fill('#key', deskKey);
    await follow(page, 'main button');
    assert.equal(page.url(), `${at}/console/units`);
    await signOut(page);
    assert.equal(page.url(), `${at}/sign-in`);
    const heads = await Promise.all(sent);
    assert.deepEqual(heads.map((head) => [head.origin, head['sec-fetch-site']]), [[at, undefined], [at, undefined]]);
  } finally {
    await another.close();
    await plain.stop();
  }
});

const brief = { number: 'R-2026-09', gtin: '09506000134352', text: 'The battery may overheat.' };

async function typeRecall(page) {
  await page.context().clearCookies();
  await signIn(page, '/console/recalls/new');
  await page.fill('[name=id]', brief.number);
  await page.fill('[name=gtin]', brief.gtin);
  await page.fill('[name=text]', brief.text);
  await page.check('[name=stop_use]');
  await page.context().clearCookies();
  await follow(page, 'main form button');
  assert.match(page.url(), /\/sign-in\?sent=yes$/);
  assert.match(await page.textContent('[role=alert]'), /signed out before this was saved/);
}

test('a form that came too late is filled in again, and sent by hand', () => withPage({}, async (page) => {
  await typeRecall(page);
  assert.match(await page.textContent('[role=alert]'), /kept in this tab/);
  await page.fill('#key', 'assay_00000000_wrong');
  await follow(page, 'main button');
  await page.fill('#key', key);
  await follow(page, 'main button');
  assert.equal(page.url(), `${origin}/console/recalls/new`);
  await page.locator('main .hint', { hasText: 'What you typed is here again' }).waitFor();
  assert.deepEqual([await page.inputValue('[name=id]'), await page.inputValue('[name=gtin]'), await page.inputValue('[name=text]'), await page.isChecked('[name=stop_use]')],
    [brief.number, brief.gtin, brief.text, true]);
  await follow(page, 'main form button');
  assert.match(await page.textContent('main'), /Units that this recall covers/);
  await page.goto(`${origin}/console/recalls/new`);
  assert.equal(await page.inputValue('[name=id]'), '', 'once');
}));

test('what was answered, and what is secret, is not kept', () => withPage({}, async (page) => {
  await signIn(page, '/console/recalls/new');
  await page.fill('[name=id]', brief.number);
  await page.fill('[name=gtin]', brief.gtin);
  await page.fill('[name=text]', brief.text);
  await follow(page, 'main form button');
  const kept = () => page.evaluate(() => sessionStorage.getItem('assay.sent'));
  assert.equal(await kept(), null);
  await typeRecall(page);
  assert.doesNotMatch(await kept(), /csrf|once|assay_/);
  await signIn(page);
  await signOut(page);
  assert.equal(await kept(), null, 'nor after signing out');
}));

test('without scripts a form that came too late is at least told', () => withPage({ javaScriptEnabled: false }, async (page) => {
  await typeRecall(page);
  assert.equal(await page.locator('#kept-here').isVisible(), false);
}));
