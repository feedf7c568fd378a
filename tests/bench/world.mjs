// SPDX-License-Identifier: Apache-2.0
// What is measured: data directories, and programs on their own processor.
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const tree = join(here, '../..');
export const gtin = '09506000134352';
const two = cpus().length > 1;
const pinned = (core, command) => (two ? ['taskset', '-c', String(core), ...command] : command);

export const seconds = (from) => Number(process.hrtime.bigint() - from) / 1e9;
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// The gateway counts what an address may ask for; the load comes from one.
const unlimited = ['client-requests', 'client-connections', 'client-forged', 'client-claims',
  'credential-requests', 'verifications'].flatMap((key) => [`--${key}`, '0']);

export class World {
  constructor({ bin, work, verbose }) {
    Object.assign(this, { bin, work, verbose, servers: [], passing: [] });
    mkdirSync(work, { recursive: true });
  }

  say(text) {
    if (this.verbose) process.stderr.write(`${text}\n`);
  }

  program(name) {
    return join(this.bin, name);
  }

  assay(...args) {
    return execFileSync(this.program('assay'), args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 }).toString();
  }

  timed(...args) {
    const began = process.hrtime.bigint();
    this.assay(...args);
    return seconds(began);
  }

  // A second, and a second of processor time.
  bare(what, threads, time, file = []) {
    const command = [this.program('bench_bare'), what, String(threads), String(time), ...file];
    const [program, ...args] = threads === 1 ? pinned(0, command) : command;
    const [rate, byCpu] = execFileSync(program, args).toString().trim().split(' ').map(Number);
    return { rate, processor_us: 1e6 / byCpu };
  }

  // A path in the work directory where nothing is, and nothing stays.
  scratch(name) {
    const path = join(this.work, name);
    rmSync(path, { recursive: true, force: true });
    this.passing.push(path);
    return path;
  }

  // An empty gateway with a product and an issuing key.
  begin(name) {
    const dir = join(this.work, name);
    const set = { dir, data: join(dir, 'data'), run: join(dir, 'run'), pass: join(dir, 'passphrase') };
    if (existsSync(dir)) return { ...set, made: true };
    mkdirSync(dir);
    writeFileSync(set.pass, 'a passphrase for measuring\n', { mode: 0o600 });
    this.assay('product', 'put', join(tree, `gateway/demo/products/${gtin}.json`), '--data', set.data);
    this.assay('keys', 'new', 'plant', '--organisation', 'Norrland', '--gtin-prefix', '0950600',
      '--passphrase-file', set.pass, '--data', set.data);
    return { ...set, made: false };
  }

  issue(set, count, run = set.run) {
    return this.timed('issue', '--gtin', gtin, '--count', String(count), '--lot', 'L24A0917',
      '--made-on', '2026-01-12', '--key', 'plant', '--passphrase-file', set.pass,
      '--base-url', 'http://localhost:8080', '-o', run, '--data', set.data);
  }

  import(set, manifest = `${set.run}.manifest.csv`) {
    return this.timed('import', manifest, '--data', set.data);
  }

  // The same while something else is done: {over} says whether it has ended, `ended` waits for it.
  importBeside(set, manifest) {
    const child = spawn(this.program('assay'), ['import', manifest, '--data', set.data], { stdio: 'ignore' });
    const state = { over: false };
    state.ended = new Promise((resolve, reject) => child.on('close', (code) => {
      state.over = true;
      if (code === 0) resolve();
      else reject(new Error(`the import of ${manifest} ended with ${code}`));
    }));
    return state;
  }

  credential(set, role) {
    const made = this.assay('credential', 'new', '--role', role, '--organisation', 'Norrland', '--data', set.data, '--json');
    return JSON.parse(made).key;
  }

  // `count` registered units.
  units(name, count) {
    const set = this.begin(name);
    if (!set.made) {
      this.say(`issuing and importing ${count} units`);
      this.issue(set, count);
      this.import(set);
    }
    return { ...set, count, labels: `${set.run}.labels.csv` };
  }

  bytesOf(set) {
    return statSync(join(set.data, 'registry/data.mdb')).blocks * 512;
  }

  async start(command, ready, options = {}) {
    const [program, ...args] = pinned(0, command);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.servers.push(child);
    let said = '';
    await new Promise((resolve, reject) => {
      child.stderr.on('data', (chunk) => { said += chunk; });
      child.on('exit', (code) => reject(new Error(`${command[0]} ended with ${code}: ${said}`)));
      child.stdout.on('data', (chunk) => { if (String(chunk).includes(ready)) resolve(); });
      if (ready === null) resolve();
    });
    return child;
  }

  async gateway(set, workers = 128) {
    const port = await freePort();
    const child = await this.start([this.program('assayd'), '--data', set.data, '--port', String(port),
      '--base-url', `http://localhost:${port}`, '--workers', String(workers), '--log', 'error', ...unlimited], 'serving');
    return { port, pid: child.pid, labels: set.labels, data: set.data, child };
  }

  async readThrough(data) {
    await pipeline(createReadStream(join(data, 'registry/data.mdb'), { highWaterMark: 1 << 20 }), new Writable({ write: (_chunk, _encoding, next) => next() }));
  }

  async constant(bytes, labels, { workers = 128, verify = false } = {}) {
    const port = await freePort();
    const child = await this.start([this.program('bench_constant'), String(port), String(workers), String(bytes),
      ...(verify ? ['verify'] : [])], null);
    await this.answers(port);
    return { port, pid: child.pid, labels, child };
  }

  async peer(count) {
    const port = await freePort();
    const dir = this.scratch('peer');
    mkdirSync(dir);
    const child = await this.start(['node', join(here, 'peer/serve.mjs'), String(port), String(count), dir], 'ready');
    return { port, pid: child.pid, labels: join(dir, 'labels.csv'), child };
  }

  async answers(port) {
    for (let i = 0; i < 400; i++) {
      try {
        await fetch(`http://127.0.0.1:${port}/`);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    throw new Error('the constant does not answer');
  }

  // Runs the load beside the server; resolves with what bench_load says.
  load(server, connections, time, options = [], env = {}) {
    const command = pinned(1, [this.program('bench_load'), String(server.port), String(connections), String(time),
      server.labels, `pid=${server.pid}`, ...options]);
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    let said = '';
    child.stdout.on('data', (chunk) => { said += chunk; });
    return new Promise((resolve, reject) => child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(said));
      else reject(new Error(`load against ${options.join(' ')}: ${code}: ${said}`));
    }));
  }

  async ask(server, path, { key, ...options } = {}) {
    const headers = { accept: 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}), ...options.headers };
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { ...options, headers });
    return answer.text();
  }

  // KiB of memory that is the process's own: LMDB's map is the page cache's.
  memory(server) {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+)/.exec(status)[1]);
  }

  stop(server) {
    this.servers = this.servers.filter((child) => child !== server.child);
    const ended = new Promise((resolve) => server.child.on('exit', resolve));
    server.child.removeAllListeners('exit');
    const gone = new Promise((resolve) => server.child.on('exit', resolve));
    server.child.kill();
    return Promise.race([ended, gone]);
  }

  end() {
    for (const child of this.servers) {
      child.removeAllListeners('exit');
      child.kill();
    }
    for (const path of this.passing) rmSync(path, { recursive: true, force: true });
  }
}

export function linksOf(set, count) {
  const text = readFileSync(set.labels, 'latin1').split('\n', count + 1).slice(1);
  return text.map((line) => line.slice(0, line.indexOf(',')));
}

export const pathOf = (link) => link.replace(/^https?:\/\/[^/]+/, '');
