// SPDX-License-Identifier: Apache-2.0
// Many people look at one label: the gateway suspects it, says why, and an operator clears it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Gateway } from '../e2e/gateway.mjs';
import { Staff, staffRoles } from './staff.mjs';
import { World, gtin } from './world.mjs';

const html = { accept: 'text/html' };
const limits = { sessions: 6, travel: 'off', retired: 2, two_owners: 1 };
const keys = {};
let gateway;
let staff;
let labels;
let cards;

before(async () => {
  const world = new World();
  labels = world.issue('plant-a', 'more', 8);
  cards = readFileSync(join(world.directory, 'more.cards.csv'), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split(','));
  gateway = await Gateway.start(world.data, undefined,
    ['--trusted-proxies', '127.0.0.1', '--country-header', 'X-Country']);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  const { json: product } = await staff.call(keys.operator, 'GET', `/v1/products/${gtin}`);
  const put = await staff.call(keys.operator, 'PUT', `/v1/products/${gtin}`, { ...product, activation_before_sale: true, copy_limits: limits });
  assert.equal(put.status, 200, put.text);
  assert.deepEqual(put.json.copy_limits, limits);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const serialOf = (label) => /\/21\/([^?]+)/.exec(label)[1];
const unitOf = (label) => `/v1/units/${gtin}/${serialOf(label)}`;
const look = (label, person, country = '', headers = {}) => staff.call('', 'GET', label, undefined,
  { accept: 'application/json', 'x-forwarded-for': `198.51.100.${person}`, ...(country ? { 'x-country': country } : {}), ...headers });
const scans = async (label) => {
  const { status, json, text } = await staff.call(keys.auditor, 'GET', `${unitOf(label)}/scans`);
  assert.equal(status, 200, text);
  return json;
};

// What was seen is written down within a second or so.
async function until(what, ask, good) {
  for (let i = 0; i < 600; i++) {
    const answer = await ask();
    if (good(answer)) return answer;
    await pause(50);
  }
  return assert.fail(`never: ${what}`);
}
const sessions = (label, count) => until(`${count} sessions`, () => scans(label), (seen) => seen.sessions === count);
const suspected = (label) => until('suspected', () => look(label, 1), ({ json }) => json.verdict === 'caution');
const evidence = (seen, rule) => seen.evidence.find((line) => line.rule === rule);

test('nobody looked', async () => {
  const seen = await scans(labels[0]);
  assert.deepEqual([seen.sessions, seen.clients, seen.countries, seen.rule, seen.first_at], [0, 0, [], undefined, undefined]);
  assert.deepEqual(seen.evidence.map(({ rule, limit }) => [rule, limit]), [
    ['sessions', 6], ['travel', 'off'], ['unshipped', 'off'], ['retired', 2], ['two_owners', 1], ['stock', 300]]);
});

test('one person who looks often, staff, and forged labels do not count', async () => {
  const [, label] = labels;
  for (let i = 0; i < 20; i++) assert.equal((await look(label, 1, 'DE')).json.verdict, 'ok');
  await staff.call(keys.service, 'POST', '/v1/verify', { code: `https://id.example.com${label}` });
  const forged = label.slice(0, -1) + (label.endsWith('A') ? 'B' : 'A');
  for (let i = 2; i < 12; i++) assert.equal((await look(forged, i, 'DE')).json.verdict, 'bad');
  await look(label, 2);
  const seen = await sessions(label, 2);
  assert.deepEqual(seen.countries.map(({ country, sessions: count }) => [country, count]), [['DE', 1]]);
  assert.equal(seen.country_unknown, 1);
  assert.equal((await look(label, 3)).json.copy, undefined);
});

test('a crowd is suspected, and told to everybody as much as they may know', async () => {
  const [, , label] = labels;
  for (let person = 1; person <= 6; person++) await look(label, person, person % 2 ? 'DE' : 'FR');
  const { json } = await suspected(label);
  assert.deepEqual(json.reasons.map(({ code }) => code), ['copy_suspected', 'genuine']);
  assert.deepEqual(json.copy, { rule: 'sessions', about: 6, countries: 2 });
  assert.equal(json.scans, undefined);
  const page = (await look(label, 1, '', html)).text;
  assert.match(page, /unusually often: about 6 times/);
  assert.match((await look(`${label}&lang=de`, 1, '', html)).text, /ungewöhnlich oft geprüft: etwa 6 Mal/);
  for (const role of staffRoles) {
    const { json: seen } = await staff.call(keys[role], 'POST', '/v1/verify', { code: `https://id.example.com${label}` });
    assert.equal(seen.copy.rule, 'sessions', role);
    assert.equal(seen.scans !== undefined, ['operator', 'auditor'].includes(role), role);
  }
  const seen = await scans(label);
  assert.deepEqual([seen.rule, evidence(seen, 'sessions').fires], ['sessions', true]);
});

test('it is on the console, and an operator clears it', async () => {
  const [, , label] = labels;
  const { json } = await staff.call(keys.auditor, 'GET', '/v1/suspected');
  const [unit] = json.units.filter(({ serial }) => serial === serialOf(label));
  assert.deepEqual([unit.rule, unit.figure, unit.countries], ['sessions', 6, ['DE', 'FR']]);
  assert.deepEqual(json.countries.map(({ country, units }) => [country, units]), [['DE', 1], ['FR', 1]]);
  const list = (await staff.call(keys.operator, 'GET', '/console/copies', undefined, html)).text;
  assert.match(list, new RegExp(`${serialOf(label)}</bdi>`));
  assert.match(list, /<meter aria-label="Germany \(DE\)" min="0" max="1" value="1">/);
  assert.match(list, /data-label="Country">France \(FR\)<\/th>/);
  assert.match(list, /data-label="From where"><span><bdi>Germany \(DE\)<\/bdi> <bdi>France \(FR\)<\/bdi> <\/span><\/td>/);
  const page = (await staff.call(keys.operator, 'GET', `/console/units/${gtin}/${serialOf(label)}`, undefined, html)).text;
  assert.match(page, /id="scans"/);
  assert.match(page, /data-label="Country">Germany \(DE\)<\/th><td class="number" data-label="Checks">3<\/td>/);
  assert.match(page, /data-label="Country">Not known<\/th>/);
  assert.match(page, /do=clear#act/);
  const cleared = await staff.event(keys.operator, { type: 'clear', gtin, serial: serialOf(label), reason: 'a school class' });
  assert.equal(cleared.status, 201, cleared.text);
  const seen = await scans(label);
  assert.deepEqual([seen.sessions >= 6, evidence(seen, 'sessions').figure, seen.rule], [true, 0, undefined]);
  assert.ok(seen.cleared_at);
  assert.equal((await look(label, 1)).json.verdict, 'ok');
});

test('the label of a scrapped unit, and one that an operator suspects', async () => {
  const [, , , scrapped, felt] = labels;
  const retire = await staff.event(keys.operator, { type: 'retire', gtin, serial: serialOf(scrapped), reason: 'scrapped' });
  assert.equal(retire.status, 201, retire.text);
  for (let person = 1; person <= 2; person++) await look(scrapped, person, 'DE');
  const seen = await until('suspected', () => look(scrapped, 1), ({ json }) => json.reasons.some(({ code }) => code === 'copy_suspected'));
  assert.deepEqual(seen.json.copy, { rule: 'retired', about: 2, countries: 1 });
  const event = await staff.event(keys.operator, { type: 'suspect', gtin, serial: serialOf(felt), reason: 'a photo on a market place' });
  assert.equal(event.status, 201, event.text);
  const { json, text } = await look(felt, 1);
  assert.deepEqual([json.verdict, json.copy], ['caution', undefined], text);
  const { json: all } = await staff.call(keys.operator, 'GET', '/v1/suspected');
  assert.deepEqual(all.units.map(({ serial, rule }) => [serial, rule]).sort(),
    [[serialOf(scrapped), 'retired'], [serialOf(felt), undefined]].sort());
  const list = (await staff.call(keys.operator, 'GET', '/console/copies', undefined, html)).text;
  const row = list.split('<tr>').find((line) => line.includes(`${serialOf(felt)}</bdi>`));
  assert.match(row, /data-label="From where"><span>Not known<\/span><\/td>/);
});

test('a claim code that was copied, too', async () => {
  const label = labels[6];
  const card = cards.find((cells) => cells.includes(serialOf(label)));
  const claim_code = card.find((cell) => /^[0-9A-Z]{5}-?[0-9A-Z]{5}$/.test(cell));
  const register = () => staff.call('', 'POST', '/v1/activations', { code: `https://id.example.com${label}`, claim_code });
  const first = await register();
  assert.equal(first.status, 201, first.text);
  assert.equal((await look(label, 1)).json.verdict, 'ok');
  const second = await register();
  assert.deepEqual([second.status, second.json.code], [409, 'already_registered']);
  const { json } = await suspected(label);
  assert.deepEqual(json.copy, { rule: 'two_owners', about: 1, countries: 0 });
});

test('where the product may be sold is held to where the asker is', async () => {
  const { json: product } = await staff.call(keys.operator, 'GET', `/v1/products/${gtin}`);
  const put = await staff.call(keys.operator, 'PUT', `/v1/products/${gtin}`, { ...product, markets: ['DE'] });
  assert.equal(put.status, 200, put.text);
  const codes = async (country) => (await look(labels[5], 1, country)).json.reasons.map(({ code }) => code);
  assert.deepEqual(await codes('DE'), ['genuine']);
  assert.deepEqual(await codes('BR'), ['not_in_market', 'genuine']);
  assert.deepEqual(await codes(''), ['genuine']);
});
