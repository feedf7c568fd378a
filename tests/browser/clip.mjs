// SPDX-License-Identifier: Apache-2.0
// What a camera at a counter sees: labels of ours, held by hand under a poor lamp. The clip is a
// Y4M file (raw I420 frames), which Chromium plays instead of a camera; it runs in a loop.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from '../e2e/gateway.mjs';

export const clipSize = { width: 1280, height: 720 };
const framesPerSecond = 10;

// The QR code of one label as a PNG, drawn by the program that prints it.
function drawLabel(url) {
  const png = execFileSync(join(bin, 'assay'), ['label', url, '--format', 'png', '--module-mm', '0.42', '--dpi', '300'],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  return `data:image/png;base64,${png.toString('base64')}`;
}

// Runs in a page: one frame as I420 in base64. Without a label there is only the desk.
async function drawFrame({ label, width, height, frame }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const desk = context.createLinearGradient(0, 0, width, height);
  desk.addColorStop(0, '#6b5f52');
  desk.addColorStop(1, '#3a332c');
  context.fillStyle = desk;
  context.fillRect(0, 0, width, height);
  if (label) {
    const picture = await createImageBitmap(await (await fetch(label)).blob());
    const side = height * 0.62;
    // A hand is never still: a little turn, a little slant, a little drift.
    const sway = Math.sin(frame * 0.9);
    context.filter = 'blur(0.8px) brightness(0.55) contrast(0.85)';
    context.setTransform(1, 0.03, -0.04 + 0.01 * sway, 1, width / 2 + 9 * sway, height / 2 - 6 * sway);
    context.rotate((6 + 2 * sway) * Math.PI / 180);
    context.fillStyle = '#fff';
    context.fillRect(-side * 0.56, -side * 0.56, side * 1.12, side * 1.3);
    context.drawImage(picture, -side / 2, -side / 2, side, side);
  }
  const { data } = context.getImageData(0, 0, width, height);

  // BT.601, limited range, and the grain of a small sensor: a seeded sequence, so that a clip is the
  // same each time.
  let seed = 1 + frame;
  const grain = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed / 4294967296 - 0.5) * 12;
  };
  const out = new Uint8Array(width * height * 3 / 2);
  const planes = { u: width * height, v: width * height * 5 / 4 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
      const luma = 16 + 0.257 * r + 0.504 * g + 0.098 * b + grain();
      out[y * width + x] = Math.max(16, Math.min(235, luma));
      if (x % 2 || y % 2) continue;
      const chroma = (y / 2) * (width / 2) + x / 2;
      out[planes.u + chroma] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
      out[planes.v + chroma] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  }
  let text = '';
  for (let at = 0; at < out.length; at += 32768) text += String.fromCharCode(...out.subarray(at, at + 32768));
  return btoa(text);
}

// Writes the clip `file`. Each of `urls` is held into the picture for `seconds`, and taken away for
// half of that before the next one. `browser` draws.
export async function makeClip(browser, file, urls, seconds = 1) {
  const page = await browser.newPage();
  const out = openSync(file, 'wx');
  try {
    writeSync(out, `YUV4MPEG2 W${clipSize.width} H${clipSize.height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`);
    const held = Math.max(1, Math.round(seconds * framesPerSecond));
    const scenes = urls.flatMap((url) => [{ label: drawLabel(url), frames: held }, { frames: Math.ceil(held / 2) }]);
    let frame = 0;
    for (const scene of scenes) {
      for (let i = 0; i < scene.frames; i++, frame++) {
        const pixels = await page.evaluate(drawFrame, { ...clipSize, label: scene.label, frame });
        writeSync(out, 'FRAME\n');
        writeSync(out, Buffer.from(pixels, 'base64'));
      }
    }
  } finally {
    closeSync(out);
    await page.close();
  }
}
