// SPDX-License-Identifier: Apache-2.0
// A change is honoured by the very next request: while many connections ask for the same units,
// every request that is begun after a change was answered sees it, on every thread. A change of the
// keyset is answered by the line that says it is in use. ASSAY_ROUNDS=1000 goes on for longer.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, bin, temporary, tree } from './gateway.mjs';

const CONNECTIONS = 24;
const KEYS = 3;
const ROUNDS = Number(process.env.ASSAY_ROUNDS ?? 12);
const gtin = '09506000134352';
const work = temporary();
const data = join(work, 'data');
const units = []; // of each key one: {path, serial, key, now, since}
let gateway;
let operator;
let agent;
let running = true;
let begun = 0;
let checked = 0;
const wrong = [];
const hammers = [];

// Another process, while the requests go on.
function run(...args) {
  return new Promise((resolve, reject) => {
    execFile(join(bin, 'assay'), [...args, '--data', data], (error, stdout, stderr) => {
      if (error) reject(new Error(`assay ${args.join(' ')}: ${stderr}`));
      else resolve(stdout);
    });
  });
}

// One request on a kept connection. Resolves with the verdict's reasons.
function ask(path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ port: gateway.port, host: '127.0.0.1', path, method, agent,
      headers: { accept: 'application/json', ...headers } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, body: JSON.parse(Buffer.concat(parts)) }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

// The first reason that the next answers about a unit have to give, or one of two while it changes.
function expecting(unit, reasons) {
  unit.now = reasons;
  unit.since = begun;
}

async function hammer(first) {
  for (let i = first; running; i++) {
    const unit = units[i % units.length];
    const mine = begun++;
    const answer = await ask(unit.path);
    const reason = answer.body.reasons?.[0].code;
    if (mine < unit.since) continue; // begun before: either is right
    checked++;
    if (!unit.now.includes(reason)) wrong.push(`request ${mine}: ${reason}, not ${unit.now}, since ${unit.since}`);
  }
}

// Makes a change, and looks at what was begun after it.
async function change(unit, from, to, make) {
  expecting(unit, [from, to]);
  await make();
  expecting(unit, [to]);
  const enough = begun + 4 * CONNECTIONS;
  while (begun < enough) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(wrong, []);
}

async function post(path, body) {
  const answer = await ask(path, {
    method: 'POST', body: body && JSON.stringify(body),
    headers: {
      authorization: `Bearer ${operator}`, 'idempotency-key': randomUUID(),
      ...(body ? { 'content-type': 'application/json' } : { 'content-length': 0 }),
    },
  });
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

const event = (unit, type) => post('/v1/events', { type, gtin, serial: unit.serial, reason: 'tried' });

before(async () => {
  const pass = join(work, 'passphrase');
  writeFileSync(pass, 'a passphrase for this test\n', { mode: 0o600 });
  await run('product', 'put', join(tree, `gateway/demo/products/${gtin}.json`));
  for (let i = 0; i < KEYS; i++) {
    const name = `plant-${i}`;
    await run('keys', 'new', name, '--organisation', 'Brand', '--gtin-prefix', '0950600', '--passphrase-file', pass);
    await run('issue', '--gtin', gtin, '--count', '1', '--key', name, '--passphrase-file', pass,
      '--base-url', 'http://localhost:8080', '-o', join(work, name));
    await run('import', join(work, `${name}.manifest.csv`));
    const [url, , , serial] = readFileSync(join(work, `${name}.labels.csv`), 'utf8').split('\n')[1].split(',');
    units.push({ path: new URL(url).pathname + new URL(url).search, serial, key: name, now: ['genuine'], since: 0 });
  }
  operator = JSON.parse(await run('credential', 'new', '--role', 'operator', '--organisation', 'Brand', '--json')).key;
  gateway = await Gateway.start(data, undefined, ['--client-requests', '0', '--client-connections', '0']);
  agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS + 4 });
  for (let i = 0; i < CONNECTIONS; i++) hammers.push(hammer(i));
});

after(async () => {
  running = false;
  await Promise.all(hammers);
  agent?.destroy();
  await gateway?.stop();
});

test('a theft, and that it was found again', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const unit = units[i % units.length];
    await change(unit, 'genuine', 'stolen', () => event(unit, 'report_stolen'));
    await change(unit, 'stolen', 'genuine', () => event(unit, 'recover'));
  }
});

test('a recall of one serial, and its end', async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const unit = units[i % units.length];
    const id = `R-${i}`;
    await change(unit, 'genuine', 'recalled', () => post('/v1/recalls', {
      id, gtin, serial_from: unit.serial, serial_to: unit.serial, stop_use: true, text: 'Do not use it.',
    }));
    await change(unit, 'recalled', 'genuine', () => post(`/v1/recalls/${id}/lift`));
  }
});

test('what another process wrote', async () => {
  for (let i = 0; i < 3; i++) {
    const unit = units[i];
    await change(unit, 'genuine', 'stolen', () => run('event', 'report_stolen', gtin, unit.serial));
    await change(unit, 'stolen', 'genuine', () => run('event', 'recover', gtin, unit.serial, 'reason=found'));
    const id = `C-${i}`;
    await change(unit, 'genuine', 'recalled', () => run('recall', 'open', id, '--gtin', gtin,
      '--serial-from', unit.serial, '--serial-to', unit.serial, '--stop-use', '--text', 'Do not use it.'));
    await change(unit, 'recalled', 'genuine', () => run('recall', 'lift', id));
  }
});

test('a revoked key, from the line on that says the keyset is in use', async () => {
  const reloads = () => gateway.stderr.split('"keyset_reloaded"').length;
  for (const unit of units) {
    await change(unit, 'genuine', 'issuer_revoked', async () => {
      const seen = reloads();
      await run('keys', 'revoke', unit.key, '--reason', 'tried',
        '--compromised-since', '2026-01-01T00:00:00Z', '--yes');
      gateway.process.kill('SIGHUP');
      while (reloads() === seen) await new Promise((resolve) => setTimeout(resolve, 1));
    });
  }
});

test('and many were looked at', () => {
  assert.ok(checked > 1000, `${checked}`);
});
