#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A paced good client while somebody attacks: slow.mjs [--connections N] [--seconds S] [MODE…]
// Modes: quiet, headers, body, read (slowhttptest in its three ways) and forged (wrk with labels
// that nobody signed, as fast as it can). Prints a line for each and fails when good requests
// were lost or late. ASSAY_BIN is where assay and assayd are; the gateway is set up as the README
// says for one that is exposed directly.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
process.env.ASSAY_TREE ??= join(here, '../..');
process.env.ASSAY_BIN ??= join(here, '../../.build/release/bin');

export const modes = ['quiet', 'headers', 'body', 'read', 'forged'];
export const exposed = ['--workers', '2048', '--keep-alive-ms', '500', '--request-timeout-ms', '3000'];

const rate = 50; // good requests a second

const wasm = '/assets/0/zxing/reader.wasm'; // the largest thing to read slowly
const slow = {
  headers: () => ['-H', '-i', '2', '-x', '24', '-p', '3'],
  body: () => ['-B', '-i', '2', '-x', '10', '-s', '8000', '-t', 'POST', '-f', 'application/json', '-p', '3'],
  read: () => ['-X', '-w', '512', '-y', '1024', '-n', '2', '-z', '32', '-k', '3', '-p', '3'],
};
const targets = { headers: '/', body: '/v1/verify', read: wasm };

function attempt({ port, patience }, path, agent) {
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', path, agent, headers: { accept: 'application/json' } });
    let text = '';
    const end = (answer) => { clearTimeout(timer); resolve(answer); };
    const timer = setTimeout(() => { sent.destroy(); end({ why: 'late' }); }, patience);
    sent.on('response', (answer) => {
      answer.on('data', (chunk) => { text += chunk; });
      answer.on('end', () => end({ ok: answer.statusCode === 200 && /"verdict":"ok"/.test(text), why: `${answer.statusCode}` }));
      answer.on('error', (error) => end({ why: error.code }));
    });
    sent.on('error', (error) => end({ why: error.code, stale: sent.reusedSocket }));
    sent.end();
  });
}

// Requests begin at their time whether or not the one before was answered, every second one over
// a new connection. A kept connection that the gateway closes just then is tried anew, as browsers do.
export class GoodClient {
  constructor(port, paths, patience = 5000) {
    Object.assign(this, { port, paths, patience, times: [], failures: new Map(), sent: 0, open: new Set() });
    this.kept = new Agent({ keepAlive: true, maxSockets: 64 });
  }

  async one(begun) {
    const path = this.paths[this.sent % this.paths.length];
    const agent = this.sent++ % 2 === 0 ? this.kept : false;
    let answer = await attempt(this, path, agent);
    if (answer.stale) answer = await attempt(this, path, false);
    if (answer.ok) this.times.push(performance.now() - begun);
    else this.failures.set(answer.why, (this.failures.get(answer.why) ?? 0) + 1);
  }

  async run(until) {
    const begun = performance.now();
    for (let n = 0; until(n); n++) {
      const due = begun + (n * 1000) / rate;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((later) => setTimeout(later, wait));
      const job = this.one(due).finally(() => this.open.delete(job));
      this.open.add(job);
    }
    await Promise.all(this.open);
    this.kept.destroy();
  }

  get lost() {
    return this.sent - this.times.length;
  }

  percentile(share) {
    return [...this.times].sort((a, b) => a - b)[Math.ceil(this.times.length * share) - 1] ?? NaN;
  }
}

// Labels of units that are there, with signatures that nobody made.
export function lua(directory, paths) {
  const file = join(directory, 'forged.lua');
  const heads = paths.map((path) => `"${path.split('S=')[0]}"`).join(', ');
  writeFileSync(file, `local heads = { ${heads} }
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
local kid = "${paths[0].split('S=')[1].slice(0, 10)}"
function request()
  local token = { kid }
  for i = 11, 112 do local n = math.random(32); token[#token + 1] = letters:sub(n, n) end
  return wrk.format("GET", heads[math.random(#heads)] .. "S=" .. table.concat(token), { Accept = "application/json" })
end
`);
  return file;
}

// One attack; `stop` ends it and gives what it says of itself. slowhttptest ends when all its
// connections are closed, and is started again.
function attack(mode, { port, attackers, script }) {
  let output = '';
  let stopped = mode === 'quiet';
  let running;
  const start = () => {
    if (stopped) return;
    const [program, args] = mode === 'forged'
      ? ['wrk', ['-t', '2', '-c', String(Math.min(attackers, 256)), '-d', '1h', '-s', script, `http://127.0.0.1:${port}/`]]
      : ['slowhttptest', ['-c', String(attackers), '-r', '500', '-l', '3600', '-u', `http://127.0.0.1:${port}${targets[mode]}`, ...slow[mode]()]];
    running = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    running.stdout.on('data', (chunk) => { output = (output + chunk).slice(-100000); });
    running.on('error', (error) => { throw error; });
    running.ended = new Promise((resolve) => running.on('exit', resolve));
    running.ended.then(start);
  };
  start();
  return {
    async stop() {
      stopped = true;
      running?.kill('SIGINT');
      await running?.ended;
      return output;
    },
  };
}

// Connections that the gateway has on its port: established, state 01.
function connections(port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8').split('\n')
    .filter((line) => { const [, here, , state] = line.trim().split(/\s+/); return state === '01' && here.endsWith(local); }).length;
}

const per = (output) => /Requests\/sec:\s*([\d.]+)/.exec(output)?.[1] ?? '-';

// `enough(n, peak)`: no more than the n good requests so far. The most connections at once are counted.
export async function siege(mode, { gateway, paths, attackers, script, enough, patience }) {
  const attacker = attack(mode, { port: gateway.port, attackers, script });
  const good = new GoodClient(gateway.port, paths, patience);
  let peak = 0;
  await good.run((n) => {
    if (n % rate === 0) peak = Math.max(peak, connections(gateway.port));
    return !enough(n, peak);
  });
  return { good, peak, attacks: per(await attacker.stop()) };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { connections: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '30' } },
  });
  const [attackers, seconds] = [Number(values.connections), Number(values.seconds)];
  const { Gateway } = await import('../e2e/gateway.mjs');
  const { World } = await import('./world.mjs');
  const world = new World();
  const gateway = await Gateway.start(world.data, undefined, exposed);
  const script = lua(world.directory, world.paths);
  let wrong = 0;
  console.log('mode      attackers      good      lost  answered   p50 ms   p95 ms   p99 ms');
  for (const mode of positionals.length > 0 ? positionals : modes) {
    const { good, peak, attacks } = await siege(mode, {
      gateway, paths: world.paths, attackers, script, enough: (n) => n >= seconds * rate,
    });
    const share = (100 * good.times.length) / good.sent;
    const times = [0.5, 0.95, 0.99].map((at) => good.percentile(at).toFixed(1).padStart(8));
    const told = mode === 'forged' ? `${attacks}/s` : `${peak}`;
    console.log(`${mode.padEnd(9)}${told.padStart(10)}${String(good.sent).padStart(10)}${String(good.lost).padStart(10)}`
      + `${share.toFixed(2).padStart(9)}%${times.join(' ')} ${[...good.failures].map(([why, count]) => `${count} ${why}`).join(', ')}`);
    wrong += share < 99.99 || !(good.percentile(0.95) <= 100);
  }
  await gateway.stop();
  process.exitCode = wrong > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
