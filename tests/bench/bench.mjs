// SPDX-License-Identifier: Apache-2.0
// Measures Assay beside what bounds it, in one run on one machine, and prints one table.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as measures from './rows.mjs';
import { World } from './world.mjs';

const usage = `Usage: tests/bench/run [--quick] [--units N] [--huge N] [--json FILE] [--only NAME] [--work DIR]

Prints one table: what is measured, beside what, and the target. The server has one processor and
the load another; every figure is the median of at least three runs, and those of HTTP take turns, so
that what else the machine does falls on all of them. "cpu" is the server's processor time a
request, user and system; targets that are ratios on one processor are held against it.

  --quick            small sizes, to see that it works; its figures say nothing
  --units N          units that are asked for (1000000)
  --huge N           besides, a registry of so many: 10000000 takes a quarter of an hour to make (0)
  --verifications N  after which memory has to be what it was (10000000)
  --time S           seconds a run (3)
  --only NAME        verdict, forged, html, mixed, peer, flat, screen, plant, labels, writers, fair, memory
  --json FILE        the figures as JSON, too
  --work DIR         keeps the registries there, and finds them again
`;

const { values } = parseArgs({ options: {
  bin: { type: 'string' }, quick: { type: 'boolean' }, units: { type: 'string' }, huge: { type: 'string' },
  verifications: { type: 'string' }, time: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' },
  work: { type: 'string' }, help: { type: 'boolean' },
} });
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const full = { small: 10000, units: 1000000, huge: 0, peer: 10000, run: 100000, pdf: 1000, rounds: 3, time: 3,
  connections: 1024, verifications: 10000000 };
const quick = { small: 100, units: 400, huge: 0, peer: 50, run: 200, pdf: 28, rounds: 1, time: 0.3,
  connections: 64, verifications: 100000 };
const options = { ...(values.quick ? quick : full), only: values.only };
for (const name of ['units', 'huge', 'verifications', 'time'])
  if (values[name] !== undefined) options[name] = Number(values[name]);

const parts = ['http', 'screen', 'plant', 'labels', 'writers', 'fair', 'memory'];
const ofHttp = ['verdict', 'forged', 'html', 'mixed', 'peer', 'flat', 'small'];
if (values.only !== undefined && ![...parts, ...ofHttp].includes(values.only)) {
  process.stderr.write(`bench: nothing is called ${values.only}\n${usage}`);
  process.exit(2);
}
const chosen = parts.filter((part) => values.only === undefined || part === values.only
  || (part === 'http' && ofHttp.includes(values.only)));
if (values.only === 'http') options.only = undefined;

// ---- the table ----

const number = (value) => {
  if (value === null || value === undefined) return '';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
};
const cells = (row) => [
  row.what, `${number(row.value)} ${row.unit}`, row.cpu_us ? `${number(row.cpu_us)} µs` : '',
  row.p99_ms ? `${number(row.p99_ms)} ms` : '', row.beside ?? '', number(row.ratio),
  number(row.cpu_ratio), row.target ?? '', row.met === undefined ? '' : (row.met ? 'met' : 'not met'),
];

function print(rows) {
  const head = ['what', 'measured', 'cpu', 'p99', 'beside', 'ratio', 'by cpu', 'target', ''];
  const lines = [head, head.map(() => '---'), ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => [...line[column]].length)));
  for (const line of lines)
    console.log(`| ${line.map((cell, column) => cell + ' '.repeat(widths[column] - [...cell].length)).join(' | ')} |`);
  console.log();
  for (const row of rows) if (row.why) console.log(`${row.name}: ${row.why}`);
}

// ---- the run ----

const machine = () => ({ processor: cpus()[0].model.trim(), processors: cpus().length, load: loadavg()[0] });
const work = values.work ?? mkdtempSync(join(tmpdir(), 'assay-bench-'));
const world = new World({ bin: values.bin, work, verbose: !values.quick });
const rows = [];
const before = machine();
try {
  for (const part of chosen) rows.push(...(await measures[part](world, options)));
} finally {
  world.end();
  if (values.work === undefined) rmSync(work, { recursive: true, force: true });
}
const commit = () => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
  } catch {
    return null;
  }
};
print(rows);
console.log(`${before.processors} processors (${before.processor}), load ${before.load.toFixed(1)} before and ${machine().load.toFixed(1)} after`);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ made_at: new Date().toISOString(), commit: commit(), machine: before, options, rows }, null, 2)}\n`);
