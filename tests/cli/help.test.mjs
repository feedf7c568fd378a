// SPDX-License-Identifier: Apache-2.0
// --help of every command there is: it teaches with examples, and the examples are right.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assayPath, run, temporary } from './tool.mjs';

const overview = run(['--help']).stdout;
const commands = [...overview.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S/gm)].map(([, name]) => name);

test('the overview names the whole job', () => {
  for (const name of ['keys new', 'product put', 'issue', 'label', 'import', 'verify', 'inspect', 'event', 'recall open', 'check']) {
    assert.ok(commands.includes(name), name);
  }
  assert.match(overview, /Exit codes: 0 ok/);
});

// Lines that begin with "  assay", joined with the lines that a backslash continues.
const examplesOf = (help) =>
  [...help.replace(/\\\n\s+/g, '').matchAll(/^ {2}(assay .*)$/gm)].map(([, line]) => line);

for (const name of commands) {
  describe(`assay ${name} --help`, () => {
    const { code, stdout, stderr } = run([...name.split(' '), '--help']);

    test('fits a terminal and goes to stdout', () => {
      assert.equal(code, 0);
      assert.equal(stderr, '');
      for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
    });

    test('says how it is used and what every option does', () => {
      assert.match(stdout, new RegExp(`^Usage: assay ${name}`, 'm'));
      const described = [...stdout.matchAll(/^ {2}(?:-o, )?--([a-z-]+)(?: \S+)? {1,}\S/gm)].map(([, option]) => option);
      const used = [...stdout.split('\n\n')[1].matchAll(/--([a-z-]+)/g)].map(([, option]) => option);
      assert.deepEqual(described, [...used, 'json', 'data', 'help']);
    });

    test('has an example of itself', () => {
      assert.ok(examplesOf(stdout).some((line) => line.startsWith(`assay ${name}`)), stdout);
    });

    for (const line of examplesOf(stdout)) {
      test(`knows its own example: ${line}`, () => {
        const dir = temporary();
        for (const file of ['scanned.txt', 'keyset.ini']) writeFileSync(join(dir, file), '');
        const script = `set -euo pipefail\nassay() { "$ASSAY" "$@" --help; }\n${line}\n`;
        const done = spawnSync('bash', ['-c', script], { cwd: dir, env: { ...process.env, ASSAY: assayPath } });
        assert.equal(done.status, 0, done.stderr.toString());
      });
    }
  });
}

test('the product that its help shows is taken as it stands', () => {
  const [, json] = /^ {2}(\{"gtin".*?\}\]\})$/ms.exec(run(['product', 'put', '--help']).stdout);
  const data = temporary();
  const put = run(['product', 'put', '-', '--data', data], { input: json });
  assert.equal(put.code, 0, put.stderr);
  assert.match(put.stdout, /added, version 1: Cordless drill 18 V/);
});

test('the help of event names every event that it takes', () => {
  const { stdout } = run(['event', '--help']);
  const { stderr } = run(['event', 'nothing', '09506000134352', '1']);
  const types = ['receive', 'ship', 'move', 'sell', 'return', 'restock', 'service', 'retire', 'report_stolen', 'report_lost',
    'confirm', 'dismiss', 'recover', 'hold', 'release', 'suspect', 'clear', 'adjust', 'end_ownership', 'undo'];
  for (const type of types) assert.match(stdout, new RegExp(`\\b${type}\\b`), type + stderr);
});
