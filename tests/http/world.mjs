// SPDX-License-Identifier: Apache-2.0
// A small brand: one product, one key, a few registered labels.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assay, temporary, tree } from '../e2e/gateway.mjs';

export const gtin = '09506000134352';

export function must(...args) {
  const result = assay(...args);
  assert.equal(result.code, 0, `assay ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

export class World {
  constructor() {
    this.directory = temporary('assay-http-');
    this.data = join(this.directory, 'data');
    this.passphrase = join(this.directory, 'passphrase');
    writeFileSync(this.passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    chmodSync(this.passphrase, 0o600);
    must('product', 'put', join(tree, 'gateway/demo/products', `${gtin}.json`), '--data', this.data);
    this.newKey('plant-a');
    this.paths = this.issue('plant-a', 'first', 3);
  }

  newKey(name) {
    must('keys', 'new', name, '--organisation', 'Norrland', '--gtin-prefix', '0950600', '--passphrase-file',
      this.passphrase, '--data', this.data);
  }

  // Issues and registers; gives the path and query of each label.
  issue(key, run, count) {
    const out = join(this.directory, run);
    must('issue', '--gtin', gtin, '--count', String(count), '--key', key, '--passphrase-file', this.passphrase,
      '--base-url', 'http://localhost:8080', '-o', out, '--data', this.data);
    must('import', `${out}.manifest.csv`, '--data', this.data);
    return readFileSync(`${out}.labels.csv`, 'utf8').trimEnd().split('\n').slice(1)
      .map((line) => line.split(',')[0].replace(/^https?:\/\/[^/]+/, ''));
  }
}
