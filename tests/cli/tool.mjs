// SPDX-License-Identifier: Apache-2.0
// Runs the real tool on real files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const assayPath = join(process.env.ASSAY_BIN, 'assay');

const root = mkdtempSync(join(tmpdir(), 'assay-test-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
export const temporary = () => mkdtempSync(join(root, 'd'));

// {code, stdout, stderr}; `input` is text or bytes for stdin.
export function run(args, { input = '', env = {} } = {}) {
  const { ASSAY_DATA, NO_COLOR, ...inherited } = process.env;
  const done = spawnSync(assayPath, args, { input, env: { ...inherited, ...env }, maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.signal) throw new Error(`assay ${args[0]} ended by ${done.signal}: ${done.stderr}`);
  return { code: done.status, stdout: done.stdout.toString(), stderr: done.stderr.toString() };
}

// The same with --json; `answer` is what stdout parses to, an array for more than one line.
export function runJson(args, options) {
  const done = run(['--json', ...args], options);
  const lines = done.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { ...done, answer: lines.length === 1 ? lines[0] : lines };
}

export function passphraseFile(dir, name = 'passphrase', text = 'correct horse battery\n', mode = 0o600) {
  const path = join(dir, name);
  writeFileSync(path, text, { mode });
  return path;
}
