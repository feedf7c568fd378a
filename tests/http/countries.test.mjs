// SPDX-License-Identifier: Apache-2.0
// From which country a label is looked at, told by a file of addresses, by a proxy, or by both.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Gateway, bin, freePort, tree } from '../e2e/gateway.mjs';
import { Staff } from './staff.mjs';
import { World, gtin } from './world.mjs';

const countries = {};
let world;
let gateway;
let staff;
let auditor;
let labels;

function mmdb(name, networks, ...options) {
  const path = join(world.directory, name);
  execFileSync(join(tree, 'tests/http/mmdb'), [path, ...options], { input: networks.map((line) => `${line}\n`).join('') });
  return path;
}

before(async () => {
  world = new World();
  labels = world.issue('plant-a', 'more', 8);
  mkdirSync(join(world.directory, 'geo'));
  countries.first = mmdb('first.mmdb', ['192.0.2.0/24 DE', '198.51.100.0/24 FR', '2001:db8::/32 SE', '2001:db9::/32 {"country":{"iso_code":"EU"}}'],
    'type=GeoLite2-Country', 'epoch=1795176000');
  countries.second = mmdb('second.mmdb', ['192.0.2.0/24 DK'], 'type=GeoLite2-Country', 'epoch=1795262400');
  countries.other = mmdb('other.mmdb', ['192.0.2.0/24 {"autonomous_system_number":64500}'], 'type=GeoLite2-ASN');
  countries.used = join(world.directory, 'geo', 'countries.mmdb');
  copyFileSync(countries.first, countries.used);
  gateway = await Gateway.start(world.data, undefined, ['--trusted-proxies', '127.0.0.1', '--country-header', 'X-Country',
    '--country-file', countries.used, '--log', 'debug']);
  staff = new Staff(gateway, world.data);
  auditor = await staff.key('auditor');
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function until(what, ask, good) {
  for (let i = 0; i < 1200; i++) {
    const answer = await ask();
    if (good(answer)) return answer;
    await pause(50);
  }
  return assert.fail(`never: ${what}\n${gateway.stderr}`);
}

const look = (label, client, country) => staff.call('', 'GET', label, undefined,
  { accept: 'application/json', ...(client ? { 'x-forwarded-for': client } : {}), ...(country ? { 'x-country': country } : {}) });

// The countries of a label's sessions, once so many have been written down.
async function seen(label, count) {
  const path = `/v1/units/${gtin}/${/\/21\/([^?]+)/.exec(label)[1]}/scans`;
  const { json } = await until(`${count} sessions`, () => staff.call(auditor, 'GET', path), ({ json: { sessions } }) => sessions === count);
  const all = json.countries.map(({ country, sessions }) => `${country} ${sessions}`).sort();
  return json.country_unknown > 0 ? [...all, `? ${json.country_unknown}`] : all;
}

const events = (event) => gateway.stderr.split('\n').filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line));

// Tells the gateway to read its files again, and waits for what it says of this one.
async function reload(event) {
  const before = events(event).length;
  gateway.process.kill('SIGHUP');
  await until(event, () => events(event), (all) => all.length === before + 1);
  return events(event).at(-1);
}

test('a client is where his address is', async () => {
  const [label] = labels;
  for (const client of ['192.0.2.1', '::ffff:192.0.2.77', '192.0.2.1:4711', '198.51.100.9', '2001:db8::1', '2001:db8:1::1']) await look(label, client);
  assert.deepEqual(await seen(label, 5), ['DE 2', 'FR 1', 'SE 2']); // 192.0.2.1 is one client, with a port or without
});

test('nobody knows where a private address is, one without a record, or in a record without a country', async () => {
  const [, label] = labels;
  for (const client of ['10.0.0.1', '203.0.113.1', '2001:db9::1', 'fd00::1']) await look(label, client);
  assert.deepEqual(await seen(label, 4), ['? 4']);
});

test('what the client says himself is not read', async () => {
  const [, , label] = labels;
  await look(label, '198.51.100.1, 203.0.113.1');
  await look(label, '192.0.2.1, unknown');
  assert.deepEqual(await seen(label, 2), ['? 2']);
});

test('the proxy wins, as far as it says a country', async () => {
  const [, , , label] = labels;
  await look(label, '192.0.2.1', 'JP');
  await look(label, '192.0.2.2', 'XX');
  await look(label, '192.0.2.3', 'EU');
  await look(label, '203.0.113.1', 'BR');
  await look(label, '203.0.113.2', 'de');
  await look(label, '', 'ZA');
  assert.deepEqual(await seen(label, 6), ['BR 1', 'DE 2', 'JP 1', 'ZA 1', '? 1']);
});

test('a new file is used when it is told, and a bad one never', async () => {
  const [, , , , label] = labels;
  const put = (from) => {
    copyFileSync(from, `${countries.used}.new`);
    renameSync(`${countries.used}.new`, countries.used);
  };
  const good = await reload('country_file_reloaded');
  assert.deepEqual([good.level, good.text], ['info', 'GeoLite2-Country of 2026-11-20']);
  put(countries.second);
  await look(label, '192.0.2.1');
  assert.equal((await reload('country_file_reloaded')).text, 'GeoLite2-Country of 2026-11-21');
  await look(label, '192.0.2.2');
  put(countries.other);
  const other = await reload('country_file_refused');
  assert.equal(other.level, 'error');
  assert.ok(other.text.startsWith(`${countries.used}: a MaxMind DB of the type "GeoLite2-ASN", which has no country`), other.text);
  await look(label, '192.0.2.3');
  rmSync(countries.used);
  assert.equal((await reload('country_file_refused')).text, `${countries.used}: No such file or directory`);
  await look(label, '192.0.2.4');
  assert.deepEqual(await seen(label, 4), ['DE 1', 'DK 3']);
  put(countries.first);
  await reload('country_file_reloaded');
});

test('a file that is written over in place, cut and emptied changes nothing', async () => {
  const [, , , , , label] = labels;
  writeFileSync(countries.used, readFileSync(countries.second));
  await look(label, '192.0.2.1');
  truncateSync(countries.used, 100);
  await look(label, '192.0.2.2');
  assert.equal((await reload('country_file_refused')).text, `${countries.used}: not a MaxMind DB, or not the whole of one`);
  truncateSync(countries.used, 0);
  await look(label, '198.51.100.1');
  assert.equal((await reload('country_file_refused')).text, `${countries.used}: empty`);
  assert.deepEqual(await seen(label, 3), ['DE 2', 'FR 1']);
  copyFileSync(countries.first, countries.used);
});

test('it was confined all the while, where the kernel can', () => {
  assert.equal(events('confined').length + events('not_confined').length, 1);
  for (const { text } of events('not_confined')) assert.match(text, /not supported|not implemented|not permitted/i);
});

test('no address is kept or logged', async () => {
  const texts = ['192.0.2.', '198.51.100.', '203.0.113.', '2001:db8', '10.0.0.1'];
  const bytes = [[192, 0, 2, 1], [198, 51, 100, 9], [203, 0, 113, 1], [0x20, 0x01, 0x0d, 0xb8]].map((list) => Buffer.from(list));
  const kept = readdirSync(world.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.path ?? entry.parentPath, entry.name));
  assert.ok(kept.some((path) => path.endsWith('data.mdb')));
  for (const path of kept) {
    const content = readFileSync(path);
    for (const needle of [...texts, ...bytes]) assert.ok(!content.includes(needle), `${path} has ${needle.toString('hex')}`);
  }
  for (const text of texts) assert.ok(!gateway.stderr.includes(text), text);
});

test('a client without a proxy is where he is himself', async () => {
  const path = mmdb('here.mmdb', ['127.0.0.0/8 {"country":{"iso_code":"NO"}}']);
  const other = new World();
  const direct = await Gateway.start(other.data, undefined, ['--country-file', path]);
  const own = new Staff(direct, other.data);
  const key = await own.key('auditor');
  const [label] = other.paths;
  await own.call('', 'GET', label, undefined, { accept: 'application/json', 'x-forwarded-for': '192.0.2.1', 'x-country': 'JP' });
  const unit = `/v1/units/${gtin}/${/\/21\/([^?]+)/.exec(label)[1]}/scans`;
  const { json } = await until('a session', () => own.call(key, 'GET', unit), (answer) => answer.json.sessions === 1);
  assert.deepEqual(json.countries.map(({ country }) => country), ['NO']);
  assert.equal((await direct.stop()).code, 0, direct.stderr);
});

test('it does not start with a file that is none', async () => {
  const nothing = join(world.directory, 'nothing.mmdb');
  writeFileSync(join(world.directory, 'text.mmdb'), 'DE\n');
  const rows = [
    [nothing, 3, `assayd: ${nothing}: No such file or directory\n`],
    [world.directory, 1, `assayd: ${world.directory}: not a regular file\n`],
    [join(world.directory, 'text.mmdb'), 1, `assayd: ${join(world.directory, 'text.mmdb')}: not a MaxMind DB, or not the whole of one\n`],
    [countries.other, 1, `assayd: ${countries.other}: a MaxMind DB of the type "GeoLite2-ASN", which has no country (no country.iso_code); one of a Country or City database is needed\n`],
    [`${world.directory}/`, 2, 'assayd: --country-file: country_file: expected a file, not a directory\n'],
  ];
  const { data } = new World();
  const port = String(await freePort());
  for (const [path, code, text] of rows) {
    const ended = spawnSync(join(bin, 'assayd'), ['--data', data, '--port', port, '--country-file', path], { encoding: 'utf8' });
    assert.deepEqual([ended.status, ended.stderr.split('\n').filter((line) => !line.startsWith('{')).join('\n')], [code, text]);
  }
});
