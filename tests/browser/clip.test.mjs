// SPDX-License-Identifier: Apache-2.0
// The clip of our own labels reaches a page as a camera's picture, and a scanner that we did not
// write reads it: without this, a test of the return desk's camera could fail for the wrong reason.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { temporary } from '../e2e/gateway.mjs';
import { World } from '../http/world.mjs';
import { startBrowser, startBrowserWithCamera } from './browser.mjs';
import { clipSize, makeClip } from './clip.mjs';

const directory = temporary('assay-clip-');
const clip = join(directory, 'labels.y4m');
let urls;
let server;

before(async () => {
  urls = new World().paths.slice(0, 2).map((path) => `http://LOCALHOST:8080${path}`);
  const browser = await startBrowser();
  try {
    await makeClip(browser, clip, urls, 0.5);
  } finally {
    await browser.close();
  }
  server = createServer((request, response) => response.setHeader('content-type', 'text/html')
    .end('<!doctype html><link rel="icon" href="data:,"><video autoplay muted></video>'));
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});
after(() => server?.close());

test('a clip is frames of the size that its head states', () => {
  const [head] = readFileSync(clip).subarray(0, 80).toString('latin1').split('\n');
  assert.equal(head, 'YUV4MPEG2 W1280 H720 F10:1 Ip A1:1 C420jpeg');
  const frames = 2 * (5 + 3);
  assert.equal(statSync(clip).size, head.length + 1 + frames * ('FRAME\n'.length + 1280 * 720 * 3 / 2));
});

function readByZbar(png) {
  const file = join(directory, 'frame.png');
  writeFileSync(file, png);
  try {
    return execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file]).toString().trim();
  } catch (error) {
    if (error.status === 4) return ''; // no code in the picture
    throw error;
  }
}

test('a page sees the labels through its camera, one after the other', async () => {
  const browser = await startBrowserWithCamera(clip);
  try {
    const page = await browser.newPage({ viewport: clipSize });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const size = await page.evaluate(async (wanted) => {
      const video = document.querySelector('video');
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
      await new Promise((resolve) => { video.onplaying = resolve; });
      return { width: video.videoWidth, height: video.videoHeight };
    }, clipSize);
    assert.deepEqual(size, clipSize);
    const seen = new Set();
    for (let i = 0; i < 40 && seen.size < urls.length; i++) {
      const text = readByZbar(await page.locator('video').screenshot());
      if (text) seen.add(text);
    }
    assert.deepEqual([...seen].sort(), [...urls].sort());
  } finally {
    await browser.close();
  }
});
