// SPDX-License-Identifier: Apache-2.0
// What gateway/run shows: every situation answers as promised, to a program and to a browser, also
// after the plug was pulled; and a printed label, read by a scanner, opens the right page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, assay, bin, temporary, tree } from './gateway.mjs';

const reasonOf = {
  'sold today, under warranty': 'genuine',
  'fresh from the factory, not sold yet': 'genuine',
  'reported stolen': 'stolen',
  'taken out of use: a label on a second life': 'retired',
  'suspected copy': 'copy_suspected',
  held: 'held',
  'reported lost': 'lost',
  'returned to the seller, not put back on sale': 'returned',
  'recalled: stop using it': 'recalled',
  'recalled: go on using it, get the charger replaced': 'recalled',
  'past its expiry date': 'expired',
  'the label states another lot than the one registered': 'lot_mismatch',
  'signed by us and never registered: a stolen key or over-production': 'never_issued',
  'one character of the label changed': 'label_forged',
  'signed by nobody we know': 'issuer_unknown',
  'signed by a key that may not sign this product': 'issuer_out_of_scope',
  'signed before its key was stolen, and registered in time': 'genuine',
  'signed with a stolen key': 'issuer_revoked',
  'a serial typed without the signature: nothing is told about it': 'signature_needed',
};

const data = join(temporary(), 'data');
let gateway;
let situations;

before(async () => {
  execFileSync(join(tree, 'gateway/demo/fill'), [bin, data, 'http://localhost:8080'], { stdio: 'pipe' });
  situations = readFileSync(join(data, 'situations.tsv'), 'utf8').trimEnd().split('\n')
    .map((line) => line.split('\t')).map(([verdict, words, path]) => ({ verdict, words, path }));
  gateway = await Gateway.start(data);
});

after(async () => {
  await gateway?.stop();
});

async function checkAll() {
  assert.equal(situations.length, Object.keys(reasonOf).length + 1);
  for (const { verdict, words, path } of situations) {
    const answer = await gateway.verdict(path);
    if (verdict === 'no code') {
      assert.equal(answer.status, 404, words);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json', words);
      continue;
    }
    assert.equal(answer.status, 200, words);
    assert.equal(answer.body.verdict, verdict, words);
    assert.equal(answer.body.reasons[0].code, reasonOf[words], words);
  }
}

test('every situation gives the verdict that was promised', checkAll);

test('a signed label that was never registered alarms the operator, without its serial', async () => {
  const { path } = situations.find(({ words }) => reasonOf[words] === 'never_issued');
  await gateway.verdict(path);
  const alarms = gateway.stderr.split('\n').filter((line) => line.includes('"never_issued"')).map((line) => JSON.parse(line));
  assert.ok(alarms.length > 0);
  assert.equal(alarms[0].level, 'error');
  assert.match(alarms[0].text, /09506000134352.*plant-a/);
  assert.doesNotMatch(gateway.stderr, new RegExp(path.match(/\/21\/([^?]+)/)[1]));
});

test('a browser gets a page without script that answers in one request', async () => {
  for (const { verdict, words, path } of situations) {
    const answer = await fetch(gateway.base + path, { headers: { accept: 'text/html,*/*;q=0.8' } });
    const page = await answer.text();
    assert.match(answer.headers.get('content-type'), /^text\/html/, words);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/, words);
    assert.doesNotMatch(page, /<script|<link[^>]+stylesheet|<img[^>]+src="http/i, words);
    assert.equal(/label is genuine/i.test(page.replace(/<[^>]*>/g, ' ')) && verdict === 'bad', false, words);
  }
});

test('nothing about a unit is told without its signature', async () => {
  const { path } = situations.find(({ verdict }) => verdict === 'unchecked');
  const known = await gateway.verdict(path);
  const unknown = await gateway.verdict(path.replace(/[^/]+$/, (serial) => [...serial].reverse().join('')));
  const blank = ({ body }) => JSON.stringify(body).replaceAll(body.code.serial, 'SERIAL')
    .replaceAll(body.checked_at, 'TIME');
  assert.equal(blank(known), blank(unknown));
});

test('a printed label is read by a scanner and opens its page', async () => {
  const dir = temporary();
  const { path } = situations[0];
  const png = join(dir, 'label.png');
  const made = assay('label', `https://id.example.com${path}`, '--format', 'png', '--module-mm', '0.4', '-o', png);
  assert.equal(made.code, 0, made.stderr);
  const read = execFileSync('zbarimg', ['--quiet', '--raw', png]).toString().trim();
  assert.equal(read, `https://ID.EXAMPLE.COM${path}`);
  assert.equal((await gateway.verdict(new URL(read).pathname + new URL(read).search)).body.verdict, 'ok');
});

test('what is registered survives kill -9, and the daemon starts again', async () => {
  await gateway.stop('SIGKILL');
  gateway = await Gateway.start(data);
  await checkAll();
  const checked = assay('check', '--data', data);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
});

test('a second daemon on the same data is refused in one line and harms nothing', async () => {
  await assert.rejects(Gateway.start(data), (error) => {
    assert.equal(error.message.trim().split('\n').length, 1, error.message);
    return true;
  });
  await checkAll();
});

test('a second filling leaves the data as it is', () => {
  const before = readFileSync(join(data, 'situations.tsv'));
  execFileSync(join(tree, 'gateway/demo/fill'), [bin, data, 'http://localhost:8080'], { stdio: 'pipe' });
  assert.deepEqual(readFileSync(join(data, 'situations.tsv')), before);
});
