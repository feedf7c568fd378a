// SPDX-License-Identifier: Apache-2.0
// Who looked at a unit, from outside: written down once whatever happens to the process, and when they show
// that a label was copied, everybody is told.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Staff } from '../http/staff.mjs';
import { World, gtin, must } from '../http/world.mjs';
import { Gateway, freePort } from './gateway.mjs';

const clients = 24; // a day and unit: as many are exact
const limit = 6;
let world;
let adminPort;
let gateway;
let staff;
let operator;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const serial = (path) => new URL(path, 'http://x').pathname.split('/').at(-1);
const address = (number) => `198.51.${Math.floor(number / 250)}.${1 + (number % 250)}`;

async function start() {
  gateway = await Gateway.start(world.data, undefined, ['--admin-port', String(adminPort),
    '--trusted-proxies', '127.0.0.1', '--country-header', 'X-Country']);
  if (staff) staff.gateway = gateway;
}

function look(path, client, country = 'SE') {
  return fetch(gateway.base + path, { headers: { accept: 'application/json', 'x-forwarded-for': address(client),
    'x-country': country } }).then((answer) => answer.json());
}

async function figures() {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  const value = (name) => Number(new RegExp(`^assay_sightings_${name} (\\d+)$`, 'm').exec(text)[1]);
  return { taken: Number(/^assay_sightings_total (\d+)$/m.exec(text)[1]), written: value('written_total'),
    repeated: value('repeated_total'), dropped: value('dropped_total'), waiting: value('waiting') };
}

async function until(what, good) {
  for (let i = 0; i < 1200; i++) {
    const found = await what();
    if (good(found)) return found;
    await pause(50);
  }
  throw new Error(`never came: ${gateway.stderr}`);
}

const written = () => until(figures, (now) => now.waiting === 0 && now.written === now.taken);

async function sessions(path) {
  const answer = await staff.call(operator, 'GET', `/v1/units/${gtin}/${serial(path)}/scans`);
  if (answer.status === 404) return 0;
  assert.equal(answer.status, 200, answer.text);
  return answer.json.sessions ?? 0;
}

const total = async () => (await Promise.all(world.paths.map(sessions))).reduce((sum, one) => sum + one, 0);

before(async () => {
  // A session is one of a day: the test is not to meet midnight.
  const left = 86400000 - (Date.now() % 86400000);
  if (left < 120000) await pause(left + 1000);
  world = new World();
  world.paths = world.issue('plant-a', 'scans', 10);
  adminPort = await freePort();
  await start();
  staff = new Staff(gateway, world.data);
  operator = await staff.key('operator');
});

after(() => gateway?.process.kill('SIGKILL'));

test('what was written is counted once, whenever the process is killed', async () => {
  const jobs = [...Array(clients).keys()].flatMap((client) => world.paths.map((path) => ({ path, client })));
  const rounds = 6;
  let kept = 0;
  let sent = 0;
  for (let round = 0; round < rounds; round++) {
    const mine = jobs.slice((jobs.length * round) / rounds, (jobs.length * (round + 1)) / rounds);
    const half = Math.floor(mine.length / 2);
    for (const { path, client } of mine.slice(0, half)) assert.equal((await look(path, client)).verdict, 'ok');
    await written();
    const sure = await total();
    assert.ok(sure >= kept + half, `${sure} of ${kept + half} that were written`);
    await Promise.allSettled(mine.slice(half).map(({ path, client }) => look(path, client)));
    await gateway.stop('SIGKILL');
    sent += mine.length;
    await start();
    const now = await total();
    assert.ok(now >= sure && now <= sent, `${sure} were written, ${sent} sent, ${now} are there`);
    kept = now;
  }
  // The salt of the day outlives the process, so that those who are counted are not counted again, and
  // those who were lost are.
  for (const { path, client } of jobs) await look(path, client);
  assert.equal((await written()).dropped, 0);
  for (const path of world.paths) assert.equal(await sessions(path), clients);
});

test('a graceful stop loses nothing', async () => {
  const before = await total();
  for (const path of world.paths) await look(path, 500);
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  await start();
  assert.equal(await total(), before + world.paths.length);
});

test('the same client is one session, and staff are none', async () => {
  const [path] = world.paths;
  const before = await sessions(path);
  for (let i = 0; i < 5; i++) await look(path, 600);
  const seen = await staff.call(operator, 'POST', '/v1/verify', { code: `${gateway.base}${path}` });
  assert.equal(seen.status, 200, seen.text);
  await look(path.replace(/S=.{4}/, 'S=AAAA'), 601); // a forged label is no unit's
  const now = await written();
  assert.equal(now.taken, 1);
  assert.equal(now.repeated, 4);
  assert.equal(await sessions(path), before + 1);
  const { json } = await staff.call(operator, 'GET', `/v1/units/${gtin}/${serial(path)}/scans`);
  assert.deepEqual(json.countries.map(({ country }) => country), ['SE']);
});

test('a copied label is suspected, told of, and cleared for good', async () => {
  const product = join(world.directory, 'product.json');
  const old = JSON.parse(must('product', 'get', gtin, '--json', '--data', world.data));
  writeFileSync(product, JSON.stringify({ ...old, copy_limits: { sessions: limit } }));
  must('product', 'put', product, '--data', world.data);
  const [path] = world.issue('plant-a', 'copied', 1);
  const unit = `/v1/units/${gtin}/${serial(path)}`;
  const sold = await staff.event(operator, { type: 'sell', gtin, serial: serial(path) });
  assert.ok([200, 201].includes(sold.status), sold.text);
  for (let client = 0; client < limit - 1; client++) await look(path, 700 + client);
  await written();
  assert.equal((await look(path, 700)).verdict, 'ok');
  await look(path, 700 + limit);
  const told = await until(() => look(path, 700), (answer) => answer.verdict === 'caution');
  assert.equal(told.reasons[0].code, 'copy_suspected');

  const { json: history } = await staff.call(operator, 'GET', `${unit}/events`);
  const event = history.events.at(-1);
  assert.equal(event.type, 'suspect');
  assert.equal(event.role, 'operator');
  assert.match(event.fields.reason, /^rule sessions: 6, and 6 are enough; sessions: 6 since \d{4}-\d\d-\d\d, clients: about \d, countries: 1$/);
  const { json: inbox } = await staff.call(operator, 'GET', '/v1/notices?kind=copy_suspected');
  assert.equal(inbox.notices.length, 1);
  assert.equal(inbox.notices[0].serial, serial(path));
  assert.equal(inbox.notices[0].text, event.fields.reason);
  assert.match(gateway.stderr, /"event":"copy_suspected"/);
  assert.ok(!gateway.stderr.includes(serial(path)));

  // Nobody undoes it; an operator clears it, and who looks now begins anew.
  const undone = await staff.event(operator, { type: 'undo', gtin, serial: serial(path), undoes: 'suspect' });
  assert.ok(undone.status >= 400, undone.text);
  const cleared = await staff.event(operator, { type: 'clear', gtin, serial: serial(path), reason: 'a raffle' });
  assert.ok([200, 201].includes(cleared.status), cleared.text);
  await look(path, 800);
  await written();
  assert.equal((await look(path, 800)).verdict, 'ok');
  const { json: scans } = await staff.call(operator, 'GET', `${unit}/scans`);
  assert.equal(scans.evidence.find(({ rule }) => rule === 'sessions').figure, 1);
  assert.equal(scans.sessions, limit + 1);
  must('check', '--data', world.data);
});

test('the salt is for nobody else, and in no backup', async () => {
  const salt = readFileSync(join(world.data, 'sightings.salt'), 'utf8');
  assert.match(salt, /^assay salt of the day\n\d{4}-\d\d-\d\d\n[0-9a-f]{32}\n[0-9a-f]{16}\n$/);
  const backup = join(world.directory, 'backup');
  must('backup', backup, '--data', world.data);
  const secret = salt.split('\n')[2];
  const holds = (file) => readFileSync(file).includes(secret);
  assert.ok(holds(join(world.data, 'sightings.salt')));
  const files = readdirSync(backup, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory()
    ? readdirSync(join(backup, entry.name)).map((name) => join(backup, entry.name, name)) : [join(backup, entry.name)]));
  assert.ok(files.length >= 2);
  assert.deepEqual(files.filter(holds), []);
});
