// SPDX-License-Identifier: Apache-2.0
// Data directories, runs and processes for the tests of the commands that write.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assay, bin, temporary as makeRoot } from '../e2e/gateway.mjs';
import { keysetIni } from './brand.mjs';

const root = makeRoot();
export const temporary = () => mkdtempSync(join(root, 'd-'));

export const gtin = '09506000134352';

// Runs `assay` on this data directory and expects this exit code.
export function run(data, code, ...args) {
  const result = assay(...args, '--data', data);
  assert.equal(result.code, code, `assay ${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result;
}
export const runJson = (data, ...args) => JSON.parse(run(data, 0, ...args, '--json').stdout);

export function product(data, members = {}) {
  const file = join(temporary(), 'product.json');
  writeFileSync(file, JSON.stringify({ gtin, name: 'Cordless drill', ...members }));
  return file;
}

// A data directory that trusts these keys (brand.mjs) and knows the product.
export function dataDirectory(keys = []) {
  const data = join(temporary(), 'data');
  mkdirSync(data, { mode: 0o700 });
  if (keys.length > 0) writeFileSync(join(data, 'keyset.ini'), keysetIni(keys));
  run(data, 0, 'product', 'put', product(data));
  return data;
}

export const header = 'gtin,variant,lot,serial,made_on,expires_on,claim_code,token';

// An unsigned list of units that this key signed, as lines.
export const rowOf = (key, { variant = '', lot = '', serial, claim = '' }, token) =>
  [gtin, variant, lot, serial, '', '', claim, token ?? key.token({ gtin, variant, lot, serial })].join(',');
export const listOf = (key, serials) => [header, ...serials.map((serial) => rowOf(key, { serial }))];

export function writeList(lines, end = '\n') {
  const file = join(temporary(), 'list.manifest.csv');
  writeFileSync(file, lines.map((line) => line + end).join(''));
  return file;
}

// Starts `assay` and kills it with SIGKILL when `moment()` resolves, unless it ended before.
export function killed(moment, env, ...args) {
  return new Promise((resolve) => {
    const child = spawn(join(bin, 'assay'), args, { stdio: 'ignore', env: { ...process.env, ...env } });
    moment().then(() => child.kill('SIGKILL'));
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
}
export const after = (ms) => () => new Promise((resolve) => { setTimeout(resolve, ms).unref(); });

// Some time after the first commit that makes the registry grow began.
export function afterGrowth(data, ms) {
  const size = () => statSync(join(data, 'registry/data.mdb')).size;
  const before = size();
  return () => new Promise((resolve) => {
    const timer = setInterval(() => {
      if (size() === before) return;
      clearInterval(timer);
      setTimeout(resolve, ms);
    }, 1).unref();
  });
}

export const linesOf = (file) => readFileSync(file, 'utf8').trimEnd().split('\n');
