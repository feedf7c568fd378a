// SPDX-License-Identifier: Apache-2.0
// What is measured, beside what, and against which target. A row is
// {name, what, value, unit, cpu_us, p99_ms, beside, ratio, cpu_ratio, target, met, why}.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linksOf, median, pathOf, seconds } from './world.mjs';

const CONNECTIONS = 32;
const peerInstalled = existsSync(fileURLToPath(new URL('peer/node_modules/fastify', import.meta.url)));

const row = (name, what, value, unit, more = {}) => ({ name, what, value, unit, ...more });
const held = (ratio, target) => ({ ratio, target: `≥ ${target}`, met: ratio >= target });

// ---- requests a second, all servers side by side, a round of each after the other ----

// What is asked of whom. `skip` gives each run labels of its own as long as there are enough.
function contenders({ small, big, huge, constant, verifying, peer, key }) {
  const verdict = ['expect="verdict":"ok"'];
  return {
    constant: { server: constant, options: [] },
    verifying: { server: verifying, options: [] },
    small: { server: small, options: verdict },
    verdict: { server: big, options: verdict },
    huge: { server: huge, options: verdict },
    forged: { server: big, options: ['forge', 'expect=label_forged'] },
    html: { server: big, options: ['accept=text/html', 'expect=<html'] },
    mixed: { server: big, options: ['write=100'], env: { ASSAY_BENCH_KEY: key } },
    peer: { server: peer, options: verdict },
  };
}

async function round(world, names, all, { time, number, verifies }) {
  const result = {};
  for (const name of names) {
    const { server, options, env } = all[name];
    const place = Object.keys(all).indexOf(name);
    const skip = `skip=${(number * 9 + place) * 1000003}`;
    result[name] = await world.load(server, CONNECTIONS, time, [...options, skip], env);
  }
  result.verify = world.bare('verify', 1, verifies);
  return result;
}

const figures = (rounds, name) => ({
  value: median(rounds.map((r) => r[name].rate)),
  cpu_us: median(rounds.map((r) => r[name].processor_us)),
  p99_ms: median(rounds.map((r) => r[name].p99_ms)),
});

const beside = (rounds, name, other) => ({
  beside: other,
  ratio: median(rounds.map((r) => r[name].rate / r[other].rate)),
  cpu_ratio: median(rounds.map((r) => r[other].processor_us / r[name].processor_us)),
});

const why = {
  verdict: 'beyond the constant, 36,000 instructions: 8,700 write the JSON, 6,500 find the record, 6,400 read the link, 4,900 '
    + 'check head, caller and route, 2,700 hash the label, 2,200 write the head; 6,000 more note later who looked. CivetWeb '
    + 'takes 16,000 of both, and the system calls are the same three',
  forged: 'of 693,000 instructions 641,000 are the one verification, 16,000 CivetWeb, 36,000 ours: 6,400 read the link, 6,300 find the '
    + 'record, 4,200 write the JSON, 4,000 hash the key, 2,700 the label. Both take longer than alone, because each finds its code '
    + 'pushed out of the caches: as the constant that verifies does',
  html: 'rendered from compiled templates; most of it copies the page',
  mixed: 'each write waits for its commit, and ends what was kept of the product',
};

function httpRows(rounds, names, counts) {
  const made = (name, what, more = {}) => ({ ...row(name, what, 0, '/s'), ...figures(rounds, name), ...more });
  const rows = [made('constant', 'the same CivetWeb answering a constant of that size')];
  const has = (name) => names.includes(name);
  // On one processor that is busy, requests a second are the inverse of processor time; when it is
  // shared with others, only the latter still says something.
  const target = (part, least) => ({ target: `≥ ${least}`, met: part.cpu_ratio >= least });
  const add = (name, what, other, least) => {
    if (!has(name)) return;
    const part = beside(rounds, name, other);
    rows.push(made(name, what, { ...part, ...(least ? target(part, least) : {}), why: why[name] }));
  };
  add('small', `verdicts, ${counts.small} units`, 'constant');
  add('verdict', `verdicts, ${counts.big} units, none asked for before`, 'constant', 0.8);
  if (has('small') && has('verdict')) {
    const part = beside(rounds, 'verdict', 'small');
    rows.push(row('depth', `${counts.big} units instead of ${counts.small}`, part.ratio, '×', { ...part, ...target(part, 0.8) }));
  }
  add('huge', `verdicts, ${counts.huge} units`, 'small', 0.8);
  if (has('forged')) {
    const part = {
      beside: 'constant + verify',
      ratio: median(rounds.map((r) => r.forged.rate * (1 / r.constant.rate + 1 / r.verify.rate))),
      cpu_ratio: median(rounds.map((r) => (r.constant.processor_us + r.verify.processor_us) / r.forged.processor_us)),
    };
    rows.push(made('forged', 'verdicts, forged labels only', { ...part, ...target(part, 0.9), why: why.forged }));
    const other = beside(rounds, 'forged', 'verifying');
    rows.push(made('verifying', 'the constant, verifying a signature each time'));
    rows.push(row('against_verifying', 'forged labels against that', other.ratio, '×', other));
  }
  add('html', 'verdicts as a page', 'constant');
  add('mixed', 'verdicts, 1 % of them changes instead', 'verdict');
  if (has('peer')) {
    const part = beside(rounds, 'verdict', 'peer');
    rows.push(made('peer', 'Node with fastify, jose and lmdb'));
    rows.push(row('against_peer', 'verdicts against that', part.ratio, '×', { ...part, ...target(part, 8) }));
  }
  return rows;
}

async function flat(world, server, count) {
  // Every worker has had a connection before, and what remembers a bounded number is full.
  await world.load(server, 128, 36000, [`requests=${Math.max(1000, Math.min(count, 400000))}`]);
  const before = world.memory(server);
  await world.load(server, CONNECTIONS, 36000, [`requests=${count}`]);
  const after = world.memory(server);
  return row('flat', `memory after ${count} verifications more`, after / 1024, 'MiB',
    { beside: `${(before / 1024).toFixed(1)} MiB before`, ratio: after / before, target: '≤ 1.1', met: after <= 1.1 * before });
}

// What is measured is a registry that is in memory and has been asked for a while. Of one that has just
// been started each part is read, and mapped, when it is asked for the first time.
async function warm(world, servers, time) {
  for (const server of servers) {
    if (server.data) await world.readThrough(server.data);
    await world.load(server, CONNECTIONS, server.data ? time * 3 : time / 3, ['skip=500000003']);
  }
}

export async function http(world, options) {
  const wants = (name) => options.only === undefined || options.only === name;
  const small = world.units('small', options.small);
  const big = world.units('big', options.units);
  const huge = options.huge > 0 ? world.units('huge', options.huge) : undefined;
  const servers = { small: await world.gateway(small), big: await world.gateway(big) };
  if (huge) servers.huge = await world.gateway(huge);
  const answer = await world.ask(servers.big, pathOf(linksOf(big, 1)[0]));
  servers.constant = await world.constant(Buffer.byteLength(answer), big.labels);
  if (wants('forged')) servers.verifying = await world.constant(Buffer.byteLength(answer), big.labels, { verify: true });
  if (peerInstalled && wants('peer')) servers.peer = await world.peer(options.peer);
  servers.key = world.credential(big, 'operator');
  const all = contenders(servers);
  const names = Object.keys(all).filter((name) => all[name].server !== undefined
    && (wants(name) || ['constant', 'verifying'].includes(name) || (name === 'verdict' && wants('peer'))));
  await warm(world, new Set(names.map((name) => all[name].server)), options.time);
  const rounds = [];
  for (let number = 0; number < options.rounds; number++) {
    world.say(`round ${number + 1} of ${options.rounds}: ${names.join(', ')}`);
    rounds.push(await round(world, names, all, { time: options.time, number, verifies: options.time / 3 }));
  }
  const rows = httpRows(rounds, names, { small: options.small, big: options.units, huge: options.huge });
  if (wants('flat')) rows.push(await flat(world, servers.big, options.verifications));
  if (!peerInstalled) rows.push(row('peer', 'Node with fastify, jose and lmdb: not installed (npm ci in tests/bench/peer)', null, ''));
  for (const server of Object.values(servers)) if (server.child) await world.stop(server);
  return rows;
}

// ---- many at once ----

export async function screen(world, options) {
  const set = world.units('small', options.small);
  const server = await world.gateway(set);
  const key = world.credential(set, 'retailer');
  const codes = linksOf(set, Math.min(10000, options.small));
  const times = [];
  for (let i = 0; i < options.rounds; i++) {
    const began = process.hrtime.bigint();
    const answer = JSON.parse(await world.ask(server, '/v1/screen', {
      key, method: 'POST', body: JSON.stringify({ codes }), headers: { 'content-type': 'application/json' },
    }));
    times.push(seconds(began));
    if (answer.results?.length !== codes.length) throw new Error(`screen: ${JSON.stringify(answer).slice(0, 200)}`);
  }
  await world.stop(server);
  return [row('screen', `screening ${codes.length} returns in one request`, codes.length / median(times), '/s')];
}

// ---- plant and import ----

function repeated(count, once) {
  return median(Array.from({ length: count }, (_, i) => once(i)));
}

export async function plant(world, options) {
  const cores = cpus().length;
  const count = options.run;
  const sign = repeated(options.rounds, () => world.bare('sign', cores, options.time / 3).rate);
  const verify = repeated(options.rounds, () => world.bare('verify', cores, options.time / 3).rate);
  const rates = { issue: [], vouched: [], unvouched: [] };
  let set;
  for (let i = 0; i < options.rounds; i++) {
    world.scratch('plant');
    world.scratch('plant-again');
    set = world.begin('plant');
    rates.issue.push(count / world.issue(set, count));
    const list = readFileSync(`${set.run}.manifest.csv`, 'latin1').replace(/#manifest,.*\n$/, '');
    writeFileSync(`${set.run}.list.csv`, list);
    rates.vouched.push(count / world.import(set));
    const again = world.begin('plant-again');
    rmSync(join(again.data, 'keyset.ini'), { force: true });
    writeFileSync(join(again.data, 'keyset.ini'), readFileSync(join(set.data, 'keyset.ini')), { mode: 0o600 });
    rates.unvouched.push(count / world.import(again, `${set.run}.list.csv`));
  }
  const both = 1 / (1 / sign + 1 / verify);
  const issue = median(rates.issue);
  const unvouched = median(rates.unvouched);
  const vouched = median(rates.vouched);
  return [
    row('sign', `libsodium signs, ${cores} threads`, sign, '/s'),
    row('verify', `libsodium verifies, ${cores} threads`, verify, '/s'),
    row('issue', `issue ${count} labels, three files`, issue, '/s', { beside: 'sign', ...held(issue / sign, 0.8),
      why: `each signature is verified after it was made, against faults of the machine: ${(issue / both).toFixed(2)} × 1/(1/sign + 1/verify)` }),
    row('import', `import ${count}, each signature verified`, unvouched, '/s', { beside: 'verify', ...held(unvouched / verify, 0.8) }),
    row('import_vouched', `import ${count}, vouched for by the manifest`, vouched, '/s', { target: '≥ 100000 /s', met: vouched >= 100000 }),
    row('disk', `disk a unit, indexes included, of ${count}`, world.bytesOf(set) / count, 'bytes',
      { target: '≤ 250', met: world.bytesOf(set) / count <= 250 }),
  ];
}

export async function labels(world, options) {
  const set = world.units('small', options.small);
  const count = Math.min(options.pdf, options.small);
  const time = repeated(options.rounds, (i) => world.timed('label', set.labels, '--format', 'pdf', '--sheet', 'avery-l7163',
    '--module-mm', '0.33', '--count', String(count), '-o', world.scratch(`sheets-${i}.pdf`)));
  return [row('pdf', `label sheets as PDF, ${count} labels`, count / time, '/s')];
}

// ---- durable changes ----

export async function writers(world, options) {
  const set = world.units('big', options.units);
  const server = await world.gateway(set);
  const env = { ASSAY_BENCH_KEY: world.credential(set, 'operator') };
  const each = Math.floor(options.units / 40);
  const rates = { 1: [], 8: [], 64: [] };
  const processor = { 1: [], 8: [], 64: [] };
  let place = 0;
  for (let i = 0; i < options.rounds; i++) {
    for (const many of [1, 8, 64]) {
      const part = await world.load(server, many, options.time, [`requests=${each}`, 'write=1', `skip=${8000033 + place++ * each}`], env);
      rates[many].push(part.rate);
      processor[many].push(part.processor_us);
    }
  }
  await world.stop(server);
  const bare = (what) => repeated(options.rounds, () => world.bare(what, 1, options.time / 3, [world.scratch('page')]).rate);
  const disk = bare('fsync');
  const commit = bare('commit');
  const one = median(rates[1]);
  const ratio = median(rates[64].map((rate, i) => rate / rates[1][i]));
  return [
    row('fsync', 'the disk: 4 KiB and fdatasync', disk, '/s'),
    row('commit', 'the disk: what LMDB asks of it for a change', commit, '/s', { beside: 'fsync', ratio: commit / disk }),
    row('write_1', 'durable single changes, 1 writer', one, '/s', { beside: 'commit', ratio: one / commit, cpu_us: median(processor[1]),
      why: 'besides the disk, which gets a dozen pages here and there, synced, and the page that makes them count, written through: '
        + 'the kernel\'s work for those, and the way to the writer\'s thread and back' }),
    row('write_8', 'durable single changes, 8 writers', median(rates[8]), '/s', { cpu_us: median(processor[8]), beside: 'write_1', ratio: median(rates[8]) / one }),
    row('write_64', 'durable single changes, 64 writers', median(rates[64]), '/s', { cpu_us: median(processor[64]), beside: 'write_1', ratio,
      target: '≥ 5', met: ratio >= 5, why: 'one flush is shared by all who wait; the server\'s one processor is busy for most of the time' }),
  ];
}

// ---- a report of theft while a manifest is imported ----

// From the report until a scan that begins after its answer is answered: milliseconds.
async function reportIsSeen(world, server, key, link) {
  const [, gtin, serial] = /\/01\/(\d+)\/.*\/21\/([^?]+)/.exec(link);
  const began = process.hrtime.bigint();
  const told = await world.ask(server, '/v1/events', { key, method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'report_stolen', gtin, serial, reference: 'P-1' }) });
  const seen = JSON.parse(await world.ask(server, pathOf(link)));
  if (seen.verdict !== 'bad') throw new Error(`reported stolen (${told}), and seen as ${JSON.stringify(seen).slice(0, 200)}`);
  return seconds(began) * 1000;
}

export async function fair(world, options) {
  const count = Math.min(options.units, 1000);
  world.scratch('fair');
  const set = world.begin('fair');
  world.issue(set, count);
  world.import(set);
  world.issue(set, options.units, `${set.run}-many`);
  const server = await world.gateway({ ...set, labels: `${set.run}.labels.csv` });
  const key = world.credential(set, 'operator');
  const importing = world.importBeside(set, `${set.run}-many.manifest.csv`);
  const times = [];
  for (const link of linksOf({ labels: server.labels }, count)) {
    times.push(await reportIsSeen(world, server, key, link));
    if (importing.over) break;
  }
  await importing.ended;
  await world.stop(server);
  const most = Math.max(...times);
  return [
    row('fair', `a report of theft is seen, while ${options.units} units are imported`, median(times), 'ms'),
    row('fair_most', `the slowest of those ${times.length}`, most, 'ms', { target: '≤ 100 ms', met: most <= 100 }),
  ];
}

// ---- memory ----

export async function memory(world, options) {
  const set = world.units('small', options.small);
  const server = await world.gateway(set, options.connections);
  let most = 0;
  const watch = setInterval(() => { most = Math.max(most, world.memory(server)); }, 50);
  await world.load(server, options.connections, options.time * 2, []);
  clearInterval(watch);
  most = Math.max(most, world.memory(server)) / 1024;
  await world.stop(server);
  return [row('memory', `memory at ${options.connections} connections`, most, 'MiB', { target: '≤ 64', met: most <= 64,
    why: 'of 1,024 workers a third are stacks (20 KiB each), of which the server\'s library has 15; the rest its buffers, connections, and '
      + 'what a worker keeps (16 KiB each), and 5 MiB pages, words, and what counts and remembers, whatever the number' })];
}
