// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and pages that are watched while they load: what a visit finds wrong is a list
// of sentences, and a test expects none.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const executablePath = process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium';
const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function startBrowser(args = []) {
  return chromium.launch({ executablePath, args: [...quiet, ...args] });
}

// A browser whose only camera plays the clip (a file of clip.mjs) in a loop, and asks nobody.
export function startBrowserWithCamera(clip) {
  return startBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${clip}`]);
}

const opened = (request) => request.isNavigationRequest() && request.frame().parentFrame() === null;

// Notes everything that goes wrong on `page` in the list that is returned. `origin` is the only
// host that may be asked; a page itself may answer with one of `statuses`.
async function watch(page, origin, statuses) {
  const seen = { findings: [], requests: [] };
  const note = (text) => seen.findings.push(text);
  const isExpected = (message) => [...statuses].some((status) => status >= 400 &&
    message.location().url === seen.response?.url() &&
    message.text().startsWith(`Failed to load resource: the server responded with a status of ${status}`));
  page.on('pageerror', (error) => note(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isExpected(message)) {
      note(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    if (request.url().startsWith('data:') || request.url().startsWith('blob:')) return;
    seen.requests.push(request.url());
    if (new URL(request.url()).origin !== origin) note(`request to another origin: ${request.url()}`);
  });
  page.on('requestfailed', (request) => note(`request failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (opened(response.request())) seen.response = response;
    else if (response.status() >= 400) note(`status ${response.status()}: ${response.url()}`);
  });
  // Reported by the browser itself, so a page without JavaScript is watched as well.
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Audits.issueAdded', ({ issue }) => {
    const details = issue.details.contentSecurityPolicyIssueDetails;
    if (details) note(`CSP violation: ${details.violatedDirective} ${details.blockedURL ?? ''}`.trim());
  });
  await devtools.send('Audits.enable');
  seen.devtools = devtools;
  return seen;
}

// Does something that makes the browser open another page, and waits for that.
async function follow(page, act) {
  await Promise.all([page.waitForEvent('load'), act()]);
}

// Nothing but a form can make a browser post, so there is one that the gateway did not write.
async function post(page, url) {
  await page.setContent(`<form method="post" action="${url}"></form>`);
  await follow(page, () => page.locator('form').evaluate((form) => form.submit()));
}

// Opens {path, status = 200, method = 'GET'}; with `act` then does that, which opens another page
// with the status `then`, for each of them. Gives the page, its answer and what was wrong.
export async function visit(context, origin, row) {
  const acts = [row.act ?? []].flat();
  const page = await context.newPage();
  const seen = await watch(page, origin, new Set([row.status ?? 200, row.then ?? 200]));
  const expect = (status) => {
    if (seen.response.status() !== status) seen.findings.push(`status ${seen.response.status()} where ${status} was expected`);
  };
  await (row.method === 'POST' ? post(page, origin + row.path) : page.goto(origin + row.path));
  expect(row.status ?? 200);
  for (const act of acts) await follow(page, () => act(page, row));
  if (acts.length > 0) expect(row.then ?? 200);
  return { page, ...seen };
}

// A session of a member of staff: the browser gets the cookie that the key is exchanged for.
export async function signIn(context, origin, key) {
  const answer = await fetch(`${origin}/v1/session`, {
    method: 'POST', headers: { 'content-type': 'application/json', origin }, body: JSON.stringify({ key }),
  });
  if (!answer.ok) throw new Error(`POST /v1/session: ${answer.status} ${await answer.text()}`);
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [pair] = line.split(';');
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: origin, httpOnly: /;\s*httponly/i.test(line),
      secure: /;\s*secure/i.test(line), sameSite: 'Strict' };
  });
  await context.addCookies(cookies);
}

// Until the page has that width, and what its scripts draw anew has been drawn: they hear of a new
// size with the first frame and draw in the next. Without JavaScript no frame is told of.
async function drawn(page, width) {
  const seen = () => page.evaluate(() => ({ width: innerWidth, scripts: matchMedia('(scripting: enabled)').matches && document.scripts.length > 0 }));
  let now = await seen();
  for (let tries = 0; now.width !== width; tries += 1) {
    if (tries === 1000) throw new Error(`a page ${now.width} px wide, where ${width} were asked for`);
    now = await seen();
  }
  if (!now.scripts) return;
  for (let frames = 0; frames < 3; frames += 1) {
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(resolve); }));
  }
}

// A way to look at a page: {width, height, scheme, zoom, text, dir}. Zoom is the browser's own: half
// the room at twice the density. `text` enlarges the letters alone; `dir` turns the page round.
export async function arrange(visited, look) {
  const zoom = look.zoom ?? 1;
  const width = Math.floor(look.width / zoom);
  await visited.devtools.send('Emulation.setDeviceMetricsOverride', {
    width, height: Math.floor((look.height ?? 640) / zoom), deviceScaleFactor: zoom,
    mobile: false,
  });
  await visited.page.emulateMedia({ colorScheme: look.scheme ?? 'light', media: look.media ?? 'screen' });
  await visited.page.evaluate(([text, dir]) => {
    const { documentElement: root } = document;
    root.dataset.dir ??= root.dir;
    root.dir = dir || root.dataset.dir;
    root.style.fontSize = text ? `${text}%` : '';
  }, [look.text, look.dir]);
  await drawn(visited.page, width);
}

export const lookName = (look) => Object.entries(look).map(([key, value]) => `${key} ${value}`).join(', ');

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// Accessibility, by axe-core; it comes in through the debugger, so the page's policy stays as it is.
// What it cannot decide counts unless `lenient`: on crowded pages that is mostly text above other boxes.
export async function axeFindings(page, lenient = false) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const result = await page.evaluate(async ([runOnly, isLenient]) => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    const options = { runOnly, preload: false, resultTypes: ['violations', 'incomplete'],
      rules: { 'target-size': { enabled: true } } };
    const { violations, incomplete } = await window.axe.run(document, options);
    const flat = (list) => list.flatMap((rule) => rule.nodes.map((node) => `${rule.id}${node.any[0]?.data?.messageKey ? ` (${node.any[0].data.messageKey})` : ''}: ${node.html.slice(0, 160)}`));
    return [...flat(violations), ...flat(isLenient ? [] : incomplete).map((text) => `undecided ${text}`)];
  }, [tags, lenient]);
  return result.map((text) => `axe ${text}`);
}
