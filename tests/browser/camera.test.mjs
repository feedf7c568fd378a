// SPDX-License-Identifier: Apache-2.0
// What a desk does with the machine that it runs on: cameras, their light, sound and vibration. The
// cameras are Chromium's own; what those cannot do (a light, a plug that is pulled, another program
// that has the camera) is put in their place in the page, as the machine would show it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { temporary } from '../e2e/gateway.mjs';
import { startBrowserWithCamera } from './browser.mjs';
import { makeClip } from './clip.mjs';
import { Shop, hasFocus, lines, newest, total, type } from './desk.mjs';

const cameras = ['fake_device_0', 'fake_device_1', 'fake_device_2'];
let shop;

before(async () => {
  shop = await Shop.start(20, [`--use-fake-device-for-media-stream=device-count=${cameras.length}`]);
});
after(() => shop?.stop());

// Runs in a page before its own scripts: every track that a camera gave is in `machine.tracks`;
// `refuse` names the error that a camera is refused with, `hold` makes the answer wait for
// `machine.answer()`, `torches` says what each camera says of its light.
function watchCameras({ refuse, hold, torches = {}, brokenLight }) {
  const machine = { tracks: [], constraints: [], refuse };
  window.machine = machine;
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function ask(wanted) {
    if (hold) await new Promise((resolve) => { machine.answer = resolve; });
    if (machine.refuse) throw new DOMException('no', machine.refuse);
    const stream = await getUserMedia.call(this, wanted);
    machine.tracks.push(...stream.getTracks());
    return stream;
  };
  const { getCapabilities, applyConstraints } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.getCapabilities = function tell() {
    const torch = torches[this.label];
    return { ...getCapabilities.call(this), ...(torch !== undefined && { torch }) };
  };
  MediaStreamTrack.prototype.applyConstraints = async function note(wanted) {
    const torch = wanted.advanced?.[0]?.torch;
    if (torch === undefined) return applyConstraints.call(this, wanted);
    if (brokenLight) throw new DOMException('no', 'OverconstrainedError');
    machine.constraints.push([this.label, torch]);
    return undefined;
  };
}

// A desk whose cameras are watched; without `leave` the browser may not use them.
function desk(t, { leave = true, cameras: machine = {}, ...options } = {}) {
  return shop.desk(t, { ...options, prepare: async (context) => {
    if (leave) await context.grantPermissions(['camera'], { origin: shop.demo.origin });
    await context.addInitScript(watchCameras, machine);
    await options.prepare?.(context);
  } });
}

const panel = (page) => page.locator('[data-camera-panel]');
const chooser = (page) => page.locator('[data-camera-choice]');
const light = (page) => page.locator('[data-camera-torch]');
const said = (page, words) => page.locator('[data-camera-said]', { hasText: words }).waitFor();
const looks = (page) => said(page, 'Hold the label into the picture');
const openCamera = (page) => page.getByRole('button', { name: 'Camera', exact: true }).click();
async function start(page) {
  await openCamera(page);
  await looks(page);
}
const tracks = (page) => page.evaluate(() => window.machine.tracks.map(({ label, readyState }) => `${label} ${readyState}`));
const chosen = (page) => chooser(page).evaluate((select) => select.selectedOptions[0]?.textContent);

// As a plug that is pulled.
const unplug = (page) => page.evaluate(() => {
  const track = window.machine.tracks.at(-1);
  track.stop();
  track.dispatchEvent(new Event('ended'));
});

test('several cameras: the chooser lists them, and the one before is let go', async (t) => {
  const { page, findings } = await desk(t);
  await start(page);
  assert.deepEqual(await chooser(page).locator('option').allTextContents(), cameras);
  assert.equal(await chosen(page), cameras[0]);
  await chooser(page).selectOption({ label: cameras[2] });
  assert.equal(await hasFocus(page), 'code', 'or a scanner would type into the chooser');
  await page.waitForFunction(() => window.machine.tracks.length === 2);
  await looks(page);
  assert.deepEqual(await tracks(page), [`${cameras[0]} ended`, `${cameras[2]} live`]);
  assert.equal(await chosen(page), cameras[2]);
  const shown = await page.evaluate(() => document.querySelector('video').srcObject.getVideoTracks()[0] === window.machine.tracks[1]);
  assert.equal(shown, true);
  await page.keyboard.press('F8');
  assert.equal(await panel(page).isVisible(), false);
  assert.deepEqual(await tracks(page), [`${cameras[0]} ended`, `${cameras[2]} ended`]);
  await page.reload();
  await start(page);
  assert.deepEqual(await tracks(page), [`${cameras[2]} live`], 'remembered');
  assert.deepEqual(findings, []);
});

test('cameras that come and go while one looks', async (t) => {
  const { page } = await desk(t);
  await start(page);
  const left = (count) => page.evaluate((number) => {
    const { enumerateDevices } = MediaDevices.prototype;
    navigator.mediaDevices.enumerateDevices = async () => (await enumerateDevices.call(navigator.mediaDevices))
      .filter(({ kind }) => kind === 'videoinput').slice(0, number);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  }, count);
  await left(1);
  await chooser(page).waitFor({ state: 'hidden' });
  await left(2);
  await chooser(page).waitFor();
  assert.deepEqual(await chooser(page).locator('option').allTextContents(), cameras.slice(0, 2));
  assert.equal(await chosen(page), cameras[0]);
});

test('a camera that another program has: said, and another can be chosen', async (t) => {
  const { page } = await desk(t);
  await start(page);
  await page.evaluate(() => { window.machine.refuse = 'NotReadableError'; });
  await chooser(page).selectOption({ label: cameras[1] });
  await said(page, 'used by another program');
  assert.deepEqual(await tracks(page), [`${cameras[0]} ended`]);
  await page.evaluate(() => { window.machine.refuse = undefined; });
  await chooser(page).selectOption({ label: cameras[0] });
  await looks(page);
  assert.equal(await chosen(page), cameras[0]);
});

test('a light where there is one', async (t) => {
  const torches = { [cameras[0]]: true, [cameras[1]]: [false, true], [cameras[2]]: [false] };
  const { page, findings } = await desk(t, { cameras: { torches } });
  const isOn = async () => (await light(page).getAttribute('aria-pressed')) === 'true';
  const noted = () => page.evaluate(() => window.machine.constraints.splice(0));
  const press = async (on) => {
    await light(page).click();
    await page.locator(`[data-camera-torch][aria-pressed=${on}]`).waitFor();
  };
  const change = async (label) => {
    await page.locator('[data-camera-panel][data-state=looking]').waitFor();
    await chooser(page).selectOption({ label });
    await page.waitForFunction((name) => window.machine.tracks.at(-1).label === name, label);
    await looks(page);
  };
  await start(page);
  assert.equal(await isOn(), false);
  await press(true);
  await press(false);
  await press(true);
  assert.deepEqual(await noted(), [[cameras[0], true], [cameras[0], false], [cameras[0], true]]);
  assert.equal(await hasFocus(page), 'code');
  await change(cameras[1]);
  assert.equal(await isOn(), false, 'another camera, and it is dark');
  await press(true);
  assert.deepEqual(await noted(), [[cameras[1], true]]);
  await change(cameras[2]);
  assert.equal(await light(page).isVisible(), false, 'a light that can only be off is none');
  await change(cameras[0]);
  await light(page).waitFor();
  await unplug(page);
  await light(page).waitFor({ state: 'hidden' });
  assert.deepEqual(findings, []);
});

test('a light that fails is taken away; none is shown where a camera speaks of none', async (t) => {
  const { page, findings } = await desk(t, { cameras: { torches: { [cameras[0]]: true }, brokenLight: true } });
  await start(page);
  await light(page).click();
  await light(page).waitFor({ state: 'hidden' });
  assert.equal(await page.locator('[data-camera-panel][data-state=looking]').count(), 1, 'the picture stays');
  await chooser(page).selectOption({ label: cameras[1] });
  await page.waitForFunction(() => window.machine.tracks.length === 2);
  await looks(page);
  assert.equal(await light(page).isVisible(), false);
  assert.deepEqual(findings, []);
});

const insecurePage = () => {
  Object.defineProperty(window, 'isSecureContext', { value: false });
  Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });
};
const failures = [
  { label: 'not allowed', leave: false, words: 'may not use the camera' },
  { label: 'not allowed by a policy', cameras: { refuse: 'SecurityError' }, words: 'may not use the camera' },
  { label: 'no camera', cameras: { refuse: 'NotFoundError' }, words: 'There is no camera here' },
  { label: 'in use', cameras: { refuse: 'NotReadableError' }, words: 'used by another program' },
  { label: 'in use, as others say it', cameras: { refuse: 'AbortError' }, words: 'used by another program' },
  { label: 'something else', cameras: { refuse: 'InvalidStateError' }, words: 'cannot be used' },
  { label: 'a page without TLS', insecure: true, words: 'https only' },
  { label: 'unplugged', then: unplug, words: 'The camera has stopped' },
  { label: 'no reader', blocked: '**/zxing/reader.wasm', words: 'could not be loaded' },
];
for (const { label, words, then, blocked, insecure, ...options } of failures) {
  test(`${label}: a plain word, and back to typing`, async (t) => {
    const { page, findings } = await desk(t, { ...options, ...(insecure && { prepare: (context) => context.addInitScript(insecurePage) }) });
    if (blocked) await page.route(blocked, (route) => route.abort());
    await openCamera(page);
    if (then) {
      await looks(page);
      await then(page);
    }
    await said(page, words);
    assert.match(await page.locator('[data-camera-said]').innerText(), /type the code/);
    await page.waitForFunction(() => document.activeElement.id === 'code');
    assert.equal(await light(page).isVisible(), false);
    assert.deepEqual((await tracks(page)).filter((each) => each.endsWith('live')), []);
    await type(page, shop.link(shop.demo.sold()));
    await newest(page, 'accept').waitFor();
    await page.evaluate(() => { window.machine.refuse = undefined; });
    if (blocked) await page.unroute(blocked);
    await page.getByRole('button', { name: 'Try again' }).click();
    await (insecure || options.leave === false ? said(page, words) : looks(page));
    assert.equal(await hasFocus(page), 'code');
    assert.deepEqual(findings.filter((each) => !blocked || !/ERR_FAILED|wasm|falling back/.test(each)), []);
  });
}

// Whether a page can be seen is the window system's, which a browser without windows has not.
const see = (page, isSeen) => page.evaluate((seen) => {
  Object.defineProperty(document, 'hidden', { value: !seen, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, isSeen);

test('nobody looks at the page: the camera rests, and begins again', async (t) => {
  const { page, findings } = await desk(t);
  await see(page, false);
  await see(page, true);
  assert.equal(await panel(page).isVisible(), false, 'a camera that was closed stays closed');
  await start(page);
  await see(page, false);
  await said(page, 'The camera rests');
  assert.deepEqual(await tracks(page), [`${cameras[0]} ended`]);
  await type(page, shop.link(shop.demo.sold()));
  await newest(page, 'accept').waitFor();
  await see(page, true);
  await looks(page);
  assert.deepEqual(await tracks(page), [`${cameras[0]} ended`, `${cameras[0]} live`]);
  await unplug(page);
  await said(page, 'The camera has stopped');
  await see(page, false);
  await see(page, true);
  await said(page, 'The camera has stopped');
  assert.deepEqual(findings, []);
});

test('closed before the browser answered: nothing goes on looking', async (t) => {
  const { page, findings } = await desk(t, { cameras: { hold: true } });
  await openCamera(page);
  await said(page, 'The camera starts');
  await page.getByRole('button', { name: 'Close the camera' }).click();
  assert.equal(await hasFocus(page), 'code');
  await page.evaluate(() => window.machine.answer());
  await page.waitForFunction(() => window.machine.tracks[0]?.readyState === 'ended');
  assert.equal(await panel(page).isVisible(), false);
  assert.deepEqual(findings, []);
});

test('labels held before a camera, at either desk', async (t) => {
  const clip = join(temporary('assay-clip-'), 'labels.y4m');
  const units = [shop.demo.sold(), shop.demo.sold()];
  await makeClip(shop.browser, clip, units.map((unit) => shop.link(unit).replace('//localhost', '//LOCALHOST')));
  const withCamera = await startBrowserWithCamera(clip);
  t.after(() => withCamera.close());
  await t.test('the return desk lists them', async (s) => {
    const { page, findings, requests } = await shop.desk(s, { in: withCamera });
    assert.ok(!requests.some((url) => /zxing/.test(url)), 'the reader is loaded when it is needed');
    await page.keyboard.press('F8');
    await total(page, 'accept', 2);
    assert.ok(requests.some((url) => /zxing\/reader\.wasm$/.test(url)));
    assert.equal(await chooser(page).isVisible(), false, 'one camera leaves no choice');
    const text = await page.locator('#lines').innerText();
    for (const unit of units) assert.match(text, new RegExp(unit.serial));
    await page.keyboard.press('F8');
    assert.equal(await panel(page).isVisible(), false);
    assert.equal(await page.evaluate(() => document.querySelector('video').srcObject), null);
    assert.deepEqual(findings, []);
  });
  await t.test('the service desk opens the unit', async (s) => {
    const { page, findings } = await shop.desk(s, { in: withCamera, path: '/service', key: shop.demo.key('service') });
    await openCamera(page);
    await page.waitForURL(/\/service\?.*code=/);
    const text = await page.locator('main').innerText();
    assert.ok(units.some(({ serial }) => text.includes(serial)), text);
    assert.deepEqual(findings, []);
  });
});

// ---- sound and vibration ----

// Runs in a page: what it sounds and shakes is in `felt`; `without` names what its browser lacks.
function watchSenses({ without = [] } = {}) {
  window.felt = [];
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function note(...args) {
    window.felt.push(`${Math.round(this.frequency.value)} Hz`);
    return start.apply(this, args);
  };
  Navigator.prototype.vibrate = (shake) => window.felt.push(`shaken ${shake}`);
  if (without.includes('vibrate')) delete Navigator.prototype.vibrate;
  if (without.includes('userActivation')) delete Navigator.prototype.userActivation;
  if (without.includes('AudioContext')) delete window.AudioContext;
}
const sensing = (without) => ({ prepare: (context) => context.addInitScript(watchSenses, { without }) });
const felt = (page) => page.evaluate(() => window.felt.splice(0));

test('each answer is heard and felt in a way of its own', async (t) => {
  const { page } = await shop.desk(t, sensing());
  const { demo } = shop;
  const seen = new Map();
  for (const [outcome, code] of [['accept', shop.link(demo.sold())], ['refuse', demo.origin + demo.path('reported stolen')],
    ['review', demo.origin + demo.path('held')], ['unchecked', shop.link(demo.sold())]]) {
    if (outcome === 'unchecked') await page.route('**/v1/screen', (route) => route.abort());
    await type(page, code);
    await newest(page, outcome).waitFor();
    await page.waitForFunction(() => window.felt.some((each) => each.endsWith('Hz')));
    const all = await felt(page);
    seen.set(outcome, { shaken: all.filter((each) => each.startsWith('shaken')), heard: all.filter((each) => each.endsWith('Hz')) });
  }
  for (const [outcome, { shaken }] of seen) assert.equal(shaken.length, 1, `${outcome}: ${shaken}`);
  assert.equal(new Set([...seen.values()].map(({ shaken }) => shaken[0])).size, 4);
  assert.equal(new Set([...seen.values()].map(({ heard }) => heard.join())).size, 4);
  const swings = (outcome) => seen.get(outcome).shaken[0].split(',').length;
  assert.notEqual(swings('unchecked'), swings('accept'), 'a hand tells a code that waits from a yes');
});

test('turned off, neither; and that is remembered', async (t) => {
  const { page } = await shop.desk(t, sensing());
  assert.equal(await page.locator('#sound').isChecked(), true);
  await page.locator('#sound').uncheck();
  await type(page, shop.link(shop.demo.sold()));
  await newest(page, 'accept').waitFor();
  assert.deepEqual(await felt(page), []);
  await page.reload();
  assert.equal(await page.locator('#sound').isChecked(), false);
  await type(page, shop.demo.origin + shop.demo.path('reported stolen'));
  await newest(page, 'refuse').waitFor();
  assert.deepEqual(await felt(page), []);
  await page.locator('#sound').check();
  await type(page, shop.link(shop.demo.sold()));
  await newest(page, 'accept').waitFor();
  await page.waitForFunction(() => window.felt.length === 3);
});

const lacks = [
  { without: ['vibrate'], felt: /^\d+ Hz,\d+ Hz$/ },
  { without: ['AudioContext'], felt: /^shaken [\d,]+$/ },
  { without: ['userActivation'], felt: /^shaken [\d,]+,\d+ Hz,\d+ Hz$/ },
  { without: ['vibrate', 'AudioContext', 'userActivation'], felt: /^$/ },
];
for (const row of lacks) {
  test(`a browser without ${row.without.join(', ')} is no error`, async (t) => {
    const { page, findings } = await shop.desk(t, sensing(row.without));
    await type(page, shop.link(shop.demo.sold()));
    await newest(page, 'accept').waitFor();
    assert.match((await felt(page)).join(), row.felt);
    assert.equal(await lines(page).count(), 1);
    assert.deepEqual(findings, []);
  });
}
