// SPDX-License-Identifier: Apache-2.0
// Serials issued through the gateway: what is signed is kept before it is registered, nothing is
// issued twice, and nothing that was answered is lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, temporary } from '../e2e/gateway.mjs';
import { Signer } from '../e2e/signer.mjs';
import { Staff } from './staff.mjs';
import { World, gtin, must } from './world.mjs';

let world;
let gateway;
let staff;
let signer;
let socket;
const keys = {};
let numbers = 0;

const openSigner = (options = [], key = 'plant-a') =>
  Signer.start({ data: world.data, key, passphrase: world.passphrase, socket }, options);
const openGateway = async () => {
  gateway = await Gateway.start(world.data, undefined, ['--signer', socket]);
  staff = new Staff(gateway, world.data);
};

before(async () => {
  world = new World();
  socket = join(world.directory, 'signer');
  await openGateway();
  for (const role of ['operator', 'issuer', 'auditor', 'retailer']) keys[role] = await staff.key(role);
});
after(async () => {
  await signer?.stop();
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const order = (count, more = {}) => ({ gtin, count, lot: 'L7', made_on: '2026-01-12', expires_on: '2030-01-12', ...more });
const post = (body, { key = keys.issuer, once = `once-${++numbers}`, query = '' } = {}) =>
  staff.call(key, 'POST', `/v1/issues${query}`, body, once ? { 'idempotency-key': once } : {});
const get = (path, key = keys.operator) => staff.call(key, 'GET', path);
const directoryOf = (id) => join(world.data, 'issued', id);

async function labelsOf(id) {
  const answer = await get(`/v1/issues/${id}/labels`);
  assert.equal(answer.status, 200, answer.text);
  return answer.text.trimEnd().split('\n').slice(1).map((line) => line.split(',')[0]);
}
async function verdicts(codes) {
  const answer = await staff.call(keys.operator, 'POST', '/v1/verify', { codes });
  return answer.json.results.map(({ verdict, reasons }) => `${verdict} ${reasons.map(({ code }) => code)}`);
}
async function allGenuine(id, count) {
  const labels = await labelsOf(id);
  assert.equal(labels.length, count);
  assert.deepEqual([...new Set(await verdicts(labels))], ['ok genuine']);
}

test('without a signer it says so, and what it would need', async () => {
  const status = await get('/v1/signer');
  assert.equal(status.status, 200);
  assert.deepEqual([status.json.configured, status.json.attached], [true, false]);
  assert.match(status.json.detail, /does not run/);
  const refused = await post(order(1));
  assert.deepEqual([refused.status, refused.json.code], [503, 'signer_unavailable']);
  assert.ok(!existsSync(join(world.data, 'issued')));
  const bare = await Gateway.start((await otherWorld()).data);
  try {
    const other = new Staff(bare, otherWorld.made.data);
    const key = await other.key('issuer');
    assert.equal((await other.call(key, 'GET', '/v1/signer')).json.configured, false);
    const none = await other.call(key, 'POST', '/v1/issues', order(1));
    assert.deepEqual([none.status, none.json.code], [409, 'no_signer']);
    assert.match(none.json.detail, /assay issue/);
  } finally {
    await bare.stop();
  }
});
async function otherWorld() {
  otherWorld.made ??= new World();
  return otherWorld.made;
}

test('an issue: signed, kept, registered; its labels are genuine', async () => {
  signer = await openSigner(['--quota', '100000']);
  const made = await post(order(40));
  assert.equal(made.status, 201, made.text);
  const { id } = made.json;
  assert.equal(made.headers.get('location'), `/v1/issues/${id}`);
  assert.deepEqual({ ...made.json, id: '', kid: '', at: '', registered_at: '' }, { id: '', kid: '', at: '', registered_at: '',
    gtin, count: 40, lot: 'L7', made_on: '2026-01-12', expires_on: '2030-01-12', key: 'plant-a', by: 'issuer house',
    registered: true, files: true });
  assert.equal(statSync(directoryOf(id)).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(directoryOf(id)).sort(), ['cards.csv', 'issue.json', 'labels.csv']);
  for (const file of readdirSync(directoryOf(id))) assert.equal(statSync(join(directoryOf(id), file)).mode & 0o777, 0o600);
  await allGenuine(id, 40);
  const listed = await get('/v1/issues', keys.auditor);
  assert.deepEqual(listed.json.issues.map((one) => one.id), [id]);
  assert.deepEqual((await get(`/v1/issues/${id}`)).json, made.json);
  const report = await get(`/v1/units?gtin=${gtin}&lot=L7&limit=100`);
  assert.equal(report.json.units.length, 40);
});

const latest = async () => (await get('/v1/issues')).json.issues[0];

test('the claim code of a card registers its unit', async () => {
  const { id } = await latest();
  const cards = await get(`/v1/issues/${id}/cards`, keys.issuer);
  assert.equal(cards.headers.get('cache-control'), 'no-store');
  const [, serial, claim_code] = cards.text.split('\n')[1].split(',');
  assert.equal((await staff.call(keys.retailer, 'POST', '/v1/events', { type: 'sell', gtin, serial })).status, 201);
  const activation = await staff.call('', 'POST', '/v1/activations', { gtin, serial, claim_code });
  assert.equal(activation.status, 201, activation.text);
});

async function bytesOf(path) {
  const answer = await fetch(gateway.base + path, { headers: { authorization: `Bearer ${keys.operator}` } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get('content-type'), name: answer.headers.get('content-disposition'), bytes };
}

test('labels and cards for the printer', async () => {
  const { id } = await latest();
  const [first] = await labelsOf(id);
  const pdf = await bytesOf(`/v1/issues/${id}/labels?format=pdf&sheet=avery-l7160&start_at=3&copies=2`);
  assert.deepEqual([pdf.status, pdf.type], [200, 'application/pdf']);
  assert.match(pdf.name, /^attachment; filename="labels-09506000134352-[0-9a-f]{8}\.pdf"$/);
  const work = temporary();
  const file = join(work, 'labels.pdf');
  writeFileSync(file, pdf.bytes);
  execFileSync('pdftoppm', ['-r', '300', '-gray', '-png', '-singlefile', file, join(work, 'page')]);
  const read = execFileSync('zbarimg', ['-q', '--raw', join(work, 'page.png')]).toString().trim().split('\n');
  assert.equal(read.filter((url) => url === first).length, 2, 'two copies of the first');
  assert.ok(read.length >= 18, `${read.length} codes on a sheet of 21 whose first two are used`);
  const zpl = await bytesOf(`/v1/issues/${id}/labels?format=zpl&dpi=203&width=60&height=40`);
  assert.equal(zpl.status, 200);
  assert.equal(zpl.bytes.toString().match(/\^XA/g).length, 40);
  const cards = await bytesOf(`/v1/issues/${id}/cards?format=pdf`);
  assert.equal(cards.bytes.subarray(0, 5).toString(), '%PDF-');
  const part = await bytesOf(`/v1/issues/${id}/labels?format=zpl&from=31`);
  assert.equal(part.bytes.toString().match(/\^XA/g).length, 10);
});

// The daemon is confined when it reads the fonts.
test('cards speak the language that is asked for, and name products in their own letters', async () => {
  const { id } = await latest();
  const product = async () => (await get(`/v1/products/${gtin}`)).json;
  const { name: named } = await product();
  const rename = async (name) => {
    const done = await staff.call(keys.operator, 'PUT', `/v1/products/${gtin}`, { ...await product(), name });
    assert.equal(done.status, 200, done.text);
  };
  const textOf = async (query) => {
    const cards = await bytesOf(`/v1/issues/${id}/cards?format=pdf&${query}`);
    assert.equal(cards.status, 200, cards.bytes.toString());
    const file = join(temporary(), 'cards.pdf');
    writeFileSync(file, cards.bytes);
    return execFileSync('pdftotext', [file, '-'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().normalize('NFKC').replace(/\s+/g, ' ');
  };
  await rename('Wkrętarka ドリル');
  const polish = await textOf('lang=pl');
  for (const said of ['Wkrętarka ドリル', 'Kod rejestracyjny', 'Zeskanuj kod']) assert.ok(polish.includes(said), polish.slice(0, 300));
  assert.ok((await textOf('lang=')).includes('Claim code'));
  assert.ok((await textOf('lang=ar')).includes('رمز التسجيل'));
  for (const [query, said] of [['format=pdf&lang=it', 'lang: there is no language "it"; there are en, ar, da, de, es, fr, ja, pl'],
    ['format=zpl', '"Wkrętarka ドリル" has a letter that cannot be printed: "ę" U+0119; a label printer\'s own fonts have ASCII only, a PDF more']]) {
    const answer = await get(`/v1/issues/${id}/cards?${query}`);
    assert.equal(answer.status, 400, query);
    assert.ok(answer.json.detail.includes(said), answer.json.detail);
  }
  await rename('สว่าน');
  const thai = await get(`/v1/issues/${id}/cards?format=pdf`);
  assert.equal(thai.status, 400);
  assert.ok(thai.json.detail.includes('the product\'s name "สว่าน" has a letter that cannot be printed: "ส" U+0E2A'), thai.json.detail);
  await rename(named);
});

test('a print that cannot be is refused with a sentence', async () => {
  const { id } = await latest();
  const queries = ['format=png', 'format=pdf&sheet=none', 'format=pdf&start_at=0', 'format=pdf&start_at=99', 'format=pdf&copies=1001',
    'format=pdf&module_mm=0.05', 'format=pdf&module_mm=.4', 'format=pdf&module_mm=1e3', 'format=pdf&module_mm=0.4567', 'format=pdf&module_mm=2',
    'format=zpl&dpi=250', 'format=zpl&width=3', 'format=zpl&across=11', 'sheets=avery', 'from=0', 'from=x', 'format=pdf&sheet=a&sheet=b'];
  for (const query of queries) {
    const answer = await get(`/v1/issues/${id}/labels?${query}`);
    assert.equal(answer.status, 400, `${query}: ${answer.text.slice(0, 200)}`);
    assert.ok(answer.json.detail.length > 8, query);
  }
  for (const name of ['0'.repeat(32), 'x', id.toUpperCase(), `${id}0`, '..', '%2e%2e'])
    assert.equal((await get(`/v1/issues/${name}/labels`)).status, 404, name);
});

test('what cannot be issued', async () => {
  const used = async () => (await get('/v1/signer')).json.signer.used;
  const before_ = await used();
  const rows = [
    [order(1, { gtin: '09506000134369' }), 422, 'product_unknown'],
    [order(1, { gtin: '09506000134353' }), 400, 'invalid'],
    [order(0), 400, 'invalid'],
    [order(10001), 400, 'invalid'],
    [order(1, { lot: 'a b' }), 400, 'invalid'],
    [order(1, { expires_on: '2025-01-01' }), 400, 'invalid'],
    [order(1, { made_on: 'yesterday' }), 400, 'invalid'],
    [order(1, { base_url: 'https://evil.example' }), 400, 'invalid'],
    [{}, 400, 'invalid'],
    ['[', 400, 'invalid'],
  ];
  for (const [body, status, code] of rows)
    for (const query of ['', '?dry_run=true']) {
      const answer = await post(body, { query });
      assert.deepEqual([answer.status, answer.json.code], [status, code], JSON.stringify(body));
    }
  assert.equal((await post(order(1), { query: '?dryrun=true' })).status, 400);
  assert.equal(await used(), before_);
});

test('a dry run tells what would be, and signs nothing', async () => {
  const before_ = (await get('/v1/signer')).json.signer;
  const trial = await post(order(25), { query: '?dry_run=true' });
  assert.equal(trial.status, 200, trial.text);
  assert.deepEqual([trial.json.dry_run, trial.json.count, trial.json.signer.left], [true, 25, before_.left]);
  assert.deepEqual((await get('/v1/signer')).json.signer, before_);
  assert.equal(before_.left, 100000 - before_.used);
});

test('the same request issues once, sent twice at once or later', async () => {
  const before_ = (await get('/v1/signer')).json.signer.used;
  const once = 'a double click';
  const sent = { once: 'double-click' };
  const both = await Promise.all([post(order(300), sent), post(order(300), sent)]);
  assert.ok(both.some(({ status }) => status === 201), once);
  for (const answer of both) assert.ok(answer.status === 201 || answer.json.code === 'in_progress', answer.text);
  const later = await post(order(300), sent);
  assert.equal(later.status, 201);
  for (const answer of both.filter(({ status }) => status === 201)) assert.deepEqual(answer.json, later.json);
  assert.equal((await get('/v1/signer')).json.signer.used, before_ + 300);
  const other = await post(order(301), sent);
  assert.deepEqual([other.status, other.json.code], [422, 'idempotency_key_reused']);
  await allGenuine(later.json.id, 300);
});

test('files are removed when they are printed; the units stay, and nothing is issued again', async () => {
  const sent = { once: 'removed' };
  const { json: { id } } = await post(order(3), sent);
  const labels = await labelsOf(id);
  const removed = await staff.call(keys.issuer, 'DELETE', `/v1/issues/${id}`);
  assert.deepEqual([removed.status, removed.json.files], [200, false]);
  assert.deepEqual(readdirSync(directoryOf(id)), ['issue.json']);
  for (const file of ['labels', 'cards']) assert.equal((await get(`/v1/issues/${id}/${file}`)).status, 404);
  assert.deepEqual([...new Set(await verdicts(labels))], ['ok genuine']);
  assert.deepEqual((await staff.call(keys.issuer, 'DELETE', `/v1/issues/${id}`)).json, removed.json);
  const again = await post(order(3), sent);
  assert.deepEqual([again.status, again.json.id, again.json.files], [201, id, false]);
});

test('what is signed and could not be registered is registered later', async () => {
  must('keys', 'new', 'plant-z', '--organisation', 'Norrland', '--gtin-prefix', '0950600', '--passphrase-file', world.passphrase, '--data', world.data);
  const { json: { id } } = await post(order(5));
  // As if the gateway had been killed between keeping and registering: the record without its mark,
  // the manifest still there.
  await signer.stop();
  const trusted = readFileSync(join(world.data, 'keyset.ini'));
  signer = await openSigner([], 'plant-z');
  const record = JSON.parse(readFileSync(join(directoryOf(id), 'issue.json'), 'utf8'));
  assert.ok(record.registered_at);
  const made = await signer.issue(4, { lot: 'LATE' });
  const late = 'f'.repeat(32);
  mkdirSync(directoryOf(late), { mode: 0o700 });
  for (const part of ['labels', 'cards', 'manifest']) writeFileSync(join(directoryOf(late), `${part}.csv`), made[part], { mode: 0o600 });
  const { registered_at, ...bare } = record;
  writeFileSync(join(directoryOf(late), 'issue.json'), JSON.stringify({ ...bare, id: late, lot: 'LATE', count: 4, kid: made.kid }), { mode: 0o600 });
  assert.equal((await get(`/v1/issues/${late}`)).json.registered, false);
  const labels = await labelsOf(late);
  // The gateway looks at the keyset once a second.
  for (let i = 0; i < 100 && (await verdicts(labels))[0] === 'bad issuer_unknown'; i++) await sleep(50);
  assert.equal((await verdicts(labels))[0], 'bad never_issued');
  const kept = await staff.call(keys.issuer, 'DELETE', `/v1/issues/${late}`);
  assert.deepEqual([kept.status, kept.json.code], [409, 'not_registered']);
  for (let i = 0; i < 2; i++) {
    const registered = await staff.call(keys.issuer, 'POST', `/v1/issues/${late}/register`);
    assert.deepEqual([registered.status, registered.json.registered], [200, true], registered.text);
  }
  await allGenuine(late, 4);
  assert.deepEqual(readFileSync(join(world.data, 'keyset.ini')), trusted);
});

test('a manifest that nobody vouches for is not registered, and can be abandoned', async () => {
  const made = await signer.issue(2);
  const id = 'e'.repeat(32);
  mkdirSync(directoryOf(id), { mode: 0o700 });
  const parts = { labels: made.labels, cards: made.cards, manifest: made.manifest.replace(/#manifest.*\n$/, '') };
  for (const [name, text] of Object.entries(parts)) writeFileSync(join(directoryOf(id), `${name}.csv`), text, { mode: 0o600 });
  writeFileSync(join(directoryOf(id), 'issue.json'), JSON.stringify({ id, gtin, count: 3, kid: made.kid, at: '2026-11-22T10:00:00Z', digest: '00' }), { mode: 0o600 });
  const refused = await staff.call(keys.issuer, 'POST', `/v1/issues/${id}/register`);
  assert.deepEqual([refused.status, refused.json.code], [409, 'not_registered']);
  assert.equal((await staff.call(keys.issuer, 'DELETE', `/v1/issues/${id}?abandon=true`)).status, 200);
  const gone = await staff.call(keys.issuer, 'POST', `/v1/issues/${id}/register`);
  assert.deepEqual([gone.status, gone.json.code], [409, 'files_removed']);
});

test('a signer that refuses, dies or talks nonsense: nothing is issued', async () => {
  await signer.stop();
  signer = await openSigner(['--quota', '5'], 'plant-z');
  const status = (await get('/v1/signer')).json.signer;
  assert.equal(status.left, 0);
  const refused = await post(order(1));
  assert.deepEqual([refused.status, refused.json.code], [409, 'quota_exceeded']);
  const dry = await post(order(1), { query: '?dry_run=true' });
  assert.deepEqual([dry.status, dry.json.code], [409, 'quota_exceeded']);
  await signer.stop();
  const before_ = (await get('/v1/issues')).json.issues.length;
  const half = '{"kid":"0011223344","count":1,"labels":"url,gti';
  const whole = JSON.stringify({ kid: '0011223344', count: 2, labels: 'x', cards: 'x', manifest: 'x' });
  const answers = ['', '\n', half, `${half}\n`, 'x'.repeat(1 << 20), `${whole}\n`, `${whole}\n${whole}\n`, '{"error":{}}\n', '{"error":{"code":"x"}}\n', '[]\n'];
  for (const said of answers) {
    const stub = createServer((connection) => {
      connection.on('error', () => {});
      connection.once('data', () => connection.end(said));
    });
    await new Promise((resolve) => { stub.listen(socket, resolve); });
    const answer = await post(order(1));
    assert.deepEqual([answer.status, answer.json.code], [503, 'signer_unavailable'], said.slice(0, 60));
    await new Promise((resolve) => { stub.close(resolve); });
  }
  assert.equal((await get('/v1/issues')).json.issues.length, before_);
  assert.ok(readdirSync(join(world.data, 'issued')).every((id) => existsSync(join(directoryOf(id), 'issue.json'))));
});

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

test('kill -9 of signer or gateway at any moment: what was answered is there, what is listed can be registered', async () => {
  signer = await openSigner();
  const answered = [];
  for (let i = 0; i < 6; i++) {
    const asking = Array.from({ length: 3 }, () => post(order(400, { lot: `K${i}` }), { once: '' })
      .then((answer) => { if (answer.status === 201) answered.push(answer.json.id); }).catch(() => {}));
    await sleep(30 + i * 60);
    if (i % 2 === 0) {
      await signer.stop('SIGKILL');
      await Promise.all(asking);
      signer = await openSigner();
    } else {
      await gateway.stop('SIGKILL');
      await Promise.all(asking);
      await openGateway();
      assert.ok(readdirSync(join(world.data, 'issued')).every((id) => existsSync(join(directoryOf(id), 'issue.json'))), 'swept');
    }
  }
  const { issues } = (await get('/v1/issues')).json;
  for (const id of answered) assert.ok(issues.some((one) => one.id === id), id);
  for (const { id, files, lot } of issues.filter((one) => one.files && /^K/.test(one.lot ?? ''))) {
    const registered = await staff.call(keys.issuer, 'POST', `/v1/issues/${id}/register`);
    assert.equal(registered.status, 200, `${lot} ${files} ${registered.text}`);
    await allGenuine(id, 400);
  }
  const check = must('check', '--data', world.data);
  assert.ok(check.length > 0);
});
