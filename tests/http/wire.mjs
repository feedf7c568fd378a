// SPDX-License-Identifier: Apache-2.0
// Raw HTTP over a socket: bytes out, answers in, read as strictly as RFC 9112 is written.
import assert from 'node:assert/strict';
import { connect } from 'node:net';

// What has no wait in between goes out in one write: a second one could fail when the answer to the
// first is already there and the connection closed.
function joined(parts) {
  const out = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (typeof part === 'number') out.push(part);
    else if (Buffer.isBuffer(last)) out[out.length - 1] = Buffer.concat([last, Buffer.from(part)]);
    else out.push(Buffer.from(part));
  }
  return out;
}

// Sends `parts` (strings, Buffers, or numbers: milliseconds to wait) and collects what comes back
// until the other side closes, or until `idle` ms after the last part without anything new.
export function exchange(port, parts, { idle = 300, half = false } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: half });
    const chunks = [];
    let timer;
    let sent = false;
    const started = Date.now();
    const finish = (closed) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), closed, ms: Date.now() - started });
    };
    const wait = () => {
      clearTimeout(timer);
      if (sent) timer = setTimeout(() => finish(false), idle);
    };
    socket.setNoDelay(true);
    socket.on('data', (chunk) => { chunks.push(chunk); wait(); });
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('error', (error) => {
      if (['ECONNRESET', 'EPIPE'].includes(error.code)) finish(true);
      else reject(error);
    });
    socket.on('connect', async () => {
      for (const part of joined(parts)) {
        if (socket.destroyed) return;
        if (typeof part === 'number') await new Promise((later) => setTimeout(later, part));
        else if (socket.writable) socket.write(part);
      }
      if (half) socket.end();
      sent = true;
      wait();
    });
  });
}

// The answers in `bytes`; `methods` are those of the requests, HEAD has no body. Throws when
// anything is not exactly HTTP/1.1.
export function answers(bytes, methods = []) {
  const found = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    assert.notEqual(end, -1, `no end of the head: ${rest.subarray(0, 200)}`);
    const [first, ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const line = /^HTTP\/1\.1 (\d{3}) [A-Za-z -]*$/.exec(first);
    assert.ok(line, `status line: ${first}`);
    const headers = new Map();
    for (const text of lines) {
      const field = /^([A-Za-z-]+): ([\x20-\x7e]+)$/.exec(text);
      assert.ok(field, `header field: ${text}`);
      const name = field[1].toLowerCase();
      assert.ok(!headers.has(name), `twice: ${name}`);
      headers.set(name, field[2]);
    }
    assert.match(headers.get('content-length') ?? '', /^\d+$/);
    const length = methods[found.length] === 'HEAD' ? 0 : Number(headers.get('content-length'));
    const body = rest.subarray(end + 4, end + 4 + length);
    assert.equal(body.length, length, 'the body is cut');
    found.push({ status: Number(line[1]), headers, body: body.toString() });
    rest = rest.subarray(end + 4 + length);
  }
  return found;
}

// Small and seeded, so that a failure can be had again (mulberry32).
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}
