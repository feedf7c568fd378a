// SPDX-License-Identifier: Apache-2.0
// Nothing can be written, for another process holds the registry and does not go on: what needs no
// write is answered all the same, and a key that is revoked meanwhile is not trusted any more.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, assay, bin, temporary, tree } from './gateway.mjs';

const gtin = '09506000134352';
const work = temporary();
const data = join(work, 'data');
const pass = join(work, 'passphrase');
const keys = ['plant-a', 'plant-b', 'plant-c'];
const paths = {}; // of each key a label
let gateway;
let holder;

function must(...args) {
  const result = assay(...args, '--data', data);
  assert.equal(result.code, 0, `assay ${args.join(' ')}: ${result.stderr}`);
}

before(async () => {
  writeFileSync(pass, 'a passphrase for this test\n', { mode: 0o600 });
  must('product', 'put', join(tree, `gateway/demo/products/${gtin}.json`));
  for (const key of keys) {
    must('keys', 'new', key, '--organisation', 'Brand', '--gtin-prefix', '0950600', '--passphrase-file', pass);
    must('issue', '--gtin', gtin, '--count', '1', '--key', key, '--passphrase-file', pass,
      '--base-url', 'http://localhost:8080', '-o', join(work, key));
    must('import', join(work, `${key}.manifest.csv`));
    const [url] = readFileSync(join(work, `${key}.labels.csv`), 'utf8').split('\n')[1].split(',');
    paths[key] = new URL(url).pathname + new URL(url).search;
  }
  gateway = await Gateway.start(data);
  holder = spawn(join(bin, 'hold_writer'), [data], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
});

after(async () => {
  if (holder) {
    holder.stdin.end();
    await once(holder, 'exit');
  }
  await gateway?.stop();
});

const reason = async (key) => (await gateway.verdict(paths[key])).body.reasons[0].code;

async function until(key, wanted) {
  const end = Date.now() + 60_000;
  let last;
  while (Date.now() < end && (last = await reason(key)) !== wanted)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(last, wanted, `${key}: ${gateway.stderr}`);
}

// More than one: the first might be seen before the gateway itself has something to write down.
test('revoked keys are not trusted while nothing can be written', { timeout: 240_000 }, async () => {
  for (const key of keys) {
    assert.equal(await reason(key), 'genuine');
    must('keys', 'revoke', key, '--compromised-since', '2020-01-01T00:00:00Z', '--reason', 'stolen', '--yes');
    await until(key, 'issuer_revoked');
  }
});
