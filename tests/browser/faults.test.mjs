// SPDX-License-Identifier: Apache-2.0
// The checks of this directory against pages with one planted fault each: a check that finds
// nothing here would find nothing anywhere.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { arrange, axeFindings, startBrowser, visit } from './browser.mjs';
import { belowFirstScreen, layoutFindings } from './layout.mjs';

const style = 'body{margin:0;font:16px/1.5 sans-serif;background:#fff;color:#111}';
const wide = 'width:500px;height:30px';
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function html(body, more = '') {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>${style}${more}</style></head><body><main>${body}</main></body></html>`;
}

const good = html('<h1>Heading</h1><p>Words with a <a href="/x">link in them</a>.</p><button>Do it</button>', 'button{min-height:44px}');

// What each check says of a page; `not` is what it must not say of it.
const rows = [
  { name: 'a good page', body: good },
  { name: 'an expected refusal', body: good, status: 404, expected: 404 },
  { name: 'a table in a frame that scrolls',
    body: html(`<h1>H</h1><div tabindex="0" style="overflow-x:auto"><div style="${wide}">wide</div></div>`) },
  { name: 'words for screen readers only',
    body: html('<h1>H<span style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap">and more</span></h1>') },

  { name: 'a block wider than the screen', body: html(`<h1>H</h1><div style="${wide}">wide</div>`),
    finds: [/^scrolls sideways/, /^sticks out of the screen: <div>/] },
  { name: 'a block beyond the left edge', body: html('<h1>H</h1><div style="margin-left:-20px">text</div>'),
    finds: [/^sticks out of the screen: <div>/] },
  { name: 'overflow that is hidden', body: html(`<h1>H</h1><div style="overflow:hidden"><div style="${wide}">wide</div></div>`),
    finds: [/^is cut off: <div>/] },
  { name: 'letters that leave their box', body: html('<h1>H</h1><p style="width:60px">Donaudampfschifffahrt</p>'),
    finds: [/^text leaves its box: <p>/] },
  { name: 'overflow in a closed disclosure', body: html(`<h1>H</h1><details><summary>More</summary><div style="${wide}">wide</div></details>`),
    finds: [/^sticks out of the screen: <div>/] },
  { name: 'only when the letters are large', body: html('<h1>H</h1><p style="width:20rem">text</p>'),
    look: { width: 360, text: 200 }, finds: [/^scrolls sideways/] },
  { name: 'only when turned round', body: html('<h1>H</h1><p style="margin-left:-8px">text</p>', 'main{padding-inline-start:8px}'),
    look: { width: 360, dir: 'rtl' }, finds: [/^sticks out of the screen: <p>/] },
  { name: 'only at twice the size', body: html('<h1>H</h1><p style="width:300px">text</p>'),
    look: { width: 400, zoom: 2 }, finds: [/^scrolls sideways/] },
  { name: 'a small target', body: html('<h1>H</h1><button style="padding:0;border:0;width:60px;height:16px;font-size:12px">Go</button>'),
    finds: [/^target of 60 × 16 px: <button>/] },
  { name: 'small targets with room around them, on a dense page', dense: true,
    body: html('<h1>H</h1><p><button class="s">One</button></p><p><button class="s">Two</button></p>', '.s{padding:0;border:0;width:60px;height:16px;font-size:12px}') },
  { name: 'small targets side by side, on a dense page', dense: true,
    body: html('<h1>H</h1><button class="s">A</button><button class="s">B</button>', '.s{padding:0;border:0;width:16px;height:16px;font-size:12px}'),
    finds: [/^target of 16 × 16 px: <button class="s"> A/] },
  { name: 'an action below the first screen', body: html('<h1>H</h1><div style="height:630px"></div><button>Do it</button>', 'button{min-height:44px}'),
    finds: [/^button ends at \d+ px, below the first screen/] },

  { name: 'low contrast', body: html('<h1>H</h1><p style="color:#999">grey words</p>'), finds: [/^axe color-contrast\b/] },
  { name: 'low contrast in the dark only', look: { width: 360, scheme: 'dark' },
    body: html('<h1>H</h1><p>words</p>', '@media (prefers-color-scheme:dark){body{background:#333}}'), finds: [/^axe color-contrast\b/] },
  { name: 'a field without a label', body: html('<h1>H</h1><input style="height:30px">'), finds: [/^axe label/] },
  { name: 'a picture without words', body: html('<h1>H</h1><img width="9" height="9" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'),
    finds: [/^axe image-alt/] },
  { name: 'no language', body: good.replace(' lang="en"', ''), finds: [/^axe html-has-lang/] },

  { name: 'an inline script', body: html('<h1>H</h1><script>document.title = "x"</script>'), csp: policy,
    finds: [/^CSP violation: script-src/, /^console error/] },
  { name: 'an inline style', body: html('<h1 style="color:#00f">H</h1>'), csp: "default-src 'none'; img-src data:",
    finds: [/^CSP violation: style-src/, /^console error/] },
  { name: 'an inline style, without JavaScript', body: html('<h1 style="color:#00f">H</h1>'), csp: "default-src 'none'; img-src data:",
    options: { javaScriptEnabled: false }, finds: [/^CSP violation: style-src/] },
  { name: 'too wide, without JavaScript', body: html(`<h1>H</h1><div style="${wide}">wide</div>`),
    options: { javaScriptEnabled: false }, finds: [/^scrolls sideways/] },
  { name: 'a console error', body: html('<h1>H</h1><script>console.error("broken")</script>'), finds: [/^console error: broken/] },
  { name: 'a console warning', body: html('<h1>H</h1><script>console.warn("old")</script>'), finds: [/^console warning: old/] },
  { name: 'an exception', body: html('<h1>H</h1><script>undefined.x</script>'), finds: [/^page error: /] },
  { name: 'a request to somebody else', body: html('<h1>H</h1><img alt="" src="http://127.0.0.2:9/x.png">'),
    finds: [/^request to another origin: http:\/\/127\.0\.0\.2:9/, /^request failed/] },
  { name: 'a request to somebody else that the policy stops', body: html('<h1>H</h1><img alt="" src="http://127.0.0.2:9/x.png">'),
    csp: policy, finds: [/^CSP violation: img-src/] },
  { name: 'a part that is missing', body: html('<h1>H</h1><img alt="" src="/missing.png">'), finds: [/^status 404: .*missing\.png/] },
  { name: 'an unexpected refusal', body: good, status: 500, finds: [/^status 500 where 200 was expected/] },
];

let server;
let browser;
let origin;

before(async () => {
  server = createServer((request, response) => {
    const row = rows[Number(request.url.slice(1))];
    if (!row) return response.writeHead(404).end();
    const policy_ = row.csp ? { 'content-security-policy': row.csp } : {};
    return response.writeHead(row.status ?? 200, { 'content-type': 'text/html', ...policy_ }).end(row.body);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function everythingWrong(row, place) {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, ...row.options });
  const visited = await visit(context, origin, { path: `/${place}`, status: row.expected });
  const { page, findings } = visited;
  const below = await page.evaluate(belowFirstScreen, row.body.includes('<button') ? ['h1', 'button'] : ['h1']);
  await arrange(visited, row.look ?? { width: 360 });
  const layout = await page.evaluate(layoutFindings, row.dense);
  const axe = row.options ? [] : await axeFindings(page);
  await context.close();
  return [...findings, ...below, ...layout, ...axe];
}

test('planted faults', { concurrency: 2 }, async (t) => {
  await Promise.all(rows.map((row, place) => t.test(row.name, async () => {
    const found = await everythingWrong(row, place);
    if (!row.finds) return assert.deepEqual(found, []);
    for (const pattern of row.finds) assert.ok(found.some((text) => pattern.test(text)), `${pattern} in ${JSON.stringify(found)}`);
  })));
});
