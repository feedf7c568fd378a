// SPDX-License-Identifier: Apache-2.0
// /openapi.json against the real gateway: each path, method, status and media type in it is answered
// at least once, each answer is validated by ajv, and nothing is answered that is not in it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Gateway } from '../e2e/gateway.mjs';
import { Signer } from '../e2e/signer.mjs';
import { World, gtin, must } from '../http/world.mjs';
import { Contract } from './contract.mjs';

const staffRoles = ['service', 'retailer', 'issuer', 'operator', 'auditor', 'admin'];
const unknownUnit = { gtin, serial: 'NOBODY' };
const noCode = 'no code, but words';
const html = { accept: 'text/html' };
const keys = {};
let world;
let gateway;
let contract;
let stock;
let numbers = 0;

const once = () => ({ 'idempotency-key': `request-${++numbers}` });
const path = (unit, rest = '') => `/v1/units/${unit.gtin}/${unit.serial}${rest}`;

// Units with the claim codes of their cards.
function issue(key, run, count) {
  const labels = world.issue(key, run, count);
  const [head, ...cards] = readFileSync(join(world.directory, `${run}.cards.csv`), 'utf8').trimEnd().split('\n');
  const columns = head.split(',');
  const claims = new Map(cards.map((line) => line.split(',')).map((cells) =>
    [cells[columns.indexOf('serial')], cells[columns.indexOf('claim_code')]]));
  return labels.map((label) => {
    const serial = /\/21\/([^?]+)/.exec(label)[1];
    return { gtin, serial, label, claim_code: claims.get(serial) };
  });
}

const unit = () => stock.pop();
const id = ({ gtin: g, serial }) => ({ gtin: g, serial });
const link = (one) => `https://id.example.com${one.label}`;

// What has an ETag is asked for again, and is not sent again.
async function unchanged(to, headers, tag) {
  const given = { ...headers, 'if-none-match': `"other", ${tag}` };
  const answer = await fetch(gateway.base + to, { headers: given });
  const got = { status: answer.status, headers: answer.headers, text: await answer.text() };
  assert.equal(got.status, 304, `${to}: ${got.text.slice(0, 400)}`);
  contract.check({ method: 'GET', path: to, headers: given }, got);
}

// Sends, and holds the answer against the document. `key` is a role, a key, or nothing.
async function ask(status, method, to, { key, body, headers = {}, ...options } = {}) {
  const given = { ...headers };
  if (key) given.authorization = `Bearer ${keys[key] ?? key}`;
  if (body !== undefined) given['content-type'] ??= 'application/json';
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(gateway.base + to, { method, headers: given, body: text, redirect: 'manual' });
  const got = { status: answer.status, headers: answer.headers, text: await answer.text() };
  assert.equal(got.status, status, `${method} ${to}: ${got.text.slice(0, 400)}`);
  contract.check({ method, path: to, headers: given, body: text, ...options }, got, options);
  const tag = answer.headers.get('etag');
  if (method === 'GET' && status === 200 && tag !== null) await unchanged(to, given, tag);
  return /json/.test(answer.headers.get('content-type')) ? JSON.parse(got.text) : got.text;
}

const get = (status, to, key, headers) => ask(status, 'GET', to, { key, headers });
const post = (status, to, key, body, headers) => ask(status, 'POST', to, { key, body, headers });
const put = (status, to, key, body, headers) => ask(status, 'PUT', to, { key, body, headers });
const event = (key, type, one, fields = {}) => post(201, '/v1/events', key, { type, ...id(one), ...fields });

// A head that announces a body which is too long: it is refused before it is sent.
function announce(operation, to, key, length) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': length, 'content-type': Object.keys(operation.body)[0] };
    if (key) headers.authorization = `Bearer ${key}`;
    const sent = httpRequest(gateway.base + to, { method: operation.method, headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        sent.destroy();
        resolve({ status: answer.statusCode, headers: new Headers(answer.headers), text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
}

const values = { '{gtin}': gtin, '{serial}': 'NOBODY', '{lot}': 'L1', '{variant}': 'V1', '{id}': 'NOBODY00', '{reference}': 'N0B0DY0000', '{version}': 'any', '{name}': 'nothing.js' };
const addressOf = (operation) => operation.template.replaceAll(/\{[a-z]+\}/g, (name) => values[name]);
// Somebody who may, preferably staff.
const allowed = (operation) => keys[operation.roles.find((role) => staffRoles.includes(role)) ?? operation.roles[0]];

before(async () => {
  world = new World();
  stock = issue('plant-a', 'stock', 40);
  for (const role of staffRoles)
    keys[role] = must('credential', 'new', '--role', role, '--organisation', `${role} house`, '--data', world.data).trim();
  keys.other = must('credential', 'new', '--role', 'retailer', '--organisation', 'other shop', '--data', world.data).trim();
  gateway = await Gateway.start(world.data, undefined, ['--document-hosts', 'erp.example.com', '--signer', `${world.directory}/signer`,
    '--trusted-proxies', '127.0.0.1', '--client-forged', '1']);
  contract = new Contract(await (await fetch(`${gateway.base}/openapi.json`)).json());
  const owned = unit();
  await event('retailer', 'sell', owned);
  keys.owner = (await post(201, '/v1/activations', null, { ...id(owned), claim_code: owned.claim_code })).owner_secret;
  keys.owned = owned;
});

after(() => gateway?.stop());

test('the document is OpenAPI 3.1, and its examples are what they are examples of', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(contract.document));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
  const examples = contract.examples();
  assert.ok(examples.length > 20);
  for (const { at, schema, example } of examples) contract.validate(schema, example, at);
  const ids = contract.operations.map(({ template, method }) => contract.document.paths[template][method.toLowerCase()].operationId);
  assert.equal(new Set(ids).size, ids.length);
  await get(200, '/openapi.json');
});

test('on every address a wrong key is refused', async () => {
  for (const operation of contract.operations) {
    await ask(401, operation.method, addressOf(operation), { key: 'assay_wrong', operation });
    if (!operation.roles.includes('public')) await ask(401, operation.method, addressOf(operation), { operation });
  }
});

test('where not everybody may, a good key of another role is refused', async () => {
  for (const operation of contract.operations)
    for (const role of ['owner', ...staffRoles].filter((one) => !operation.roles.includes(one)))
      await ask(403, operation.method, addressOf(operation), { key: role, operation });
});

test('every address that takes a body refuses one that is too long, of another type, or not well-formed', async () => {
  for (const operation of contract.operations.filter(({ body }) => body !== undefined)) {
    const key = allowed(operation);
    const to = addressOf(operation);
    const large = await announce(operation, to, key, 2 * 1024 ** 3);
    assert.equal(large.status, 413, operation.name);
    contract.check({ method: operation.method, path: to, operation }, large);
    await ask(415, operation.method, to, { key, body: '{', headers: { 'content-type': 'text/plain' }, operation });
    for (const type of Object.keys(operation.body).filter((one) => one !== 'application/x-ndjson'))
      await ask(400, operation.method, to, { key, body: '{', headers: { 'content-type': type }, operation });
  }
});

test('every address takes the methods that are described, and HEAD with GET, and no others', async () => {
  for (const operation of contract.operations) {
    const methods = new Set(Object.keys(contract.document.paths[operation.template]).map((one) => one.toUpperCase()));
    if (methods.has('GET')) methods.add('HEAD');
    const answer = await fetch(gateway.base + addressOf(operation), { method: 'PATCH' });
    const got = { status: answer.status, headers: answer.headers, text: await answer.text() };
    assert.equal(got.status, 405, operation.name);
    assert.deepEqual(new Set(answer.headers.get('allow').split(', ')), methods);
    contract.check({ operation, path: addressOf(operation), headers: {} }, got, { other: true });
  }
});

test('verdicts that are not made, because too many labels had to be checked', async () => {
  const one = unit();
  const token = /S=(.*)$/.exec(one.label)[1];
  const from = { 'x-forwarded-for': '203.0.113.9' };
  let made = 0; // each label another one: that it is forged is known from the second time on
  const forged = (form = '') => {
    const digits = (++made).toString(32).padStart(2, '0').replace(/[0189]/g, (digit) => 'WXYZ'['0189'.indexOf(digit)]).toUpperCase();
    return `/01/${gtin}${form}/21/${one.serial}?S=${token.slice(0, 40)}${digits}${token.slice(42)}`;
  };
  await get(200, forged(), null, from);
  for (const headers of [from, { ...from, ...html }]) {
    for (const form of ['', '/10/L1', '/22/V1', '/22/V1/10/L1']) await get(429, forged(form), null, headers);
    await get(429, `/check?code=${encodeURIComponent(`https://id.example.com${forged()}`)}`, null, headers);
    await post(429, '/v1/verify', null, { code: `https://id.example.com${forged()}` }, headers);
  }
});

test('verdicts', async () => {
  const one = unit();
  const forms = ['', '/10/L1', '/22/V1', '/22/V1/10/L1'];
  await get(200, '/', null, { 'accept-language': 'de' });
  for (const headers of [{}, html]) {
    await get(200, one.label, null, headers);
    for (const form of forms) {
      await get(200, `/01/${gtin}${form}/21/${one.serial}`, null, headers);
      await get(404, `/01/09506000134353${form}/21/${one.serial}`, null, headers);
    }
    await get(200, `/check?code=${encodeURIComponent(link(one))}`, null, headers);
    await get(404, `/check?code=${encodeURIComponent(noCode)}`, null, headers);
    await post(200, '/v1/verify', null, { code: link(one) }, headers);
    await post(404, '/v1/verify', null, { code: noCode }, headers);
  }
  await post(403, '/v1/verify', null, { codes: [link(one)] });
  const forged = link(one).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  const codes = [link(one), forged, `${link(one)}&S=`, link(one).toLowerCase(), `(01)${gtin}(21)NOBODY`, one.serial, noCode, ''];
  for (const role of staffRoles) {
    const { results } = await post(200, '/v1/verify', role, { codes });
    assert.equal(results.length, codes.length);
    for (const code of codes.slice(0, 6)) await post(200, '/v1/verify', role, { code });
  }
  for (const code of [forged, `${link(one)}&S=`, one.serial]) await post(200, '/v1/verify', null, { code });
});

test('the customer\'s pages', async () => {
  const form = { ...html, 'content-type': 'application/x-www-form-urlencoded' };
  const fill = (fields) => new URLSearchParams(fields).toString();
  const send = (status, to, fields) => post(status, to, null, fill(fields), form);
  const secretOf = (page) => />(owner_[0-9A-Z]{30})</.exec(page)[1];
  const one = unit();
  await event('retailer', 'sell', one);
  const own = `/owner/${gtin}/${one.serial}`;
  for (const page of ['/register', '/redeem', '/recover', '/report'])
    for (const query of ['', `?code=${encodeURIComponent(link(one))}&lang=en`, `?gtin=${gtin}&serial=${one.serial}`]) await get(200, page + query, null, html);
  await get(200, `${own}?lang=en`, null, html);
  const secret = secretOf(await send(200, '/register', { code: link(one), claim_code: one.claim_code, purchased_on: '2026-01-02' }));
  await send(200, '/recover', { ...id(one), claim_code: one.claim_code });
  for (const wish of ['object', 'lost', 'found']) {
    await send(200, own, { secret, do: wish });
    await send(200, own, { secret, do: wish, sure: 'yes' });
  }
  const offer = await send(200, own, { secret, do: 'sell', sure: 'yes' });
  const [, code] = />([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</.exec(offer);
  assert.notEqual(secretOf(await send(200, '/redeem', { ...id(one), transfer_code: code })), secret);
  await send(200, '/report', { code: link(one), place: 'a market', text: 'blurred' });
});

test('what pages load', async () => {
  const at = `/assets/${/\/assets\/([0-9a-f]+)\//.exec(await get(200, '/sign-in', null, html))[1]}`;
  for (const name of ['staff.css', 'overview.js', 'mark.svg']) await get(200, `${at}/${name}`);
  const operation = contract.find('GET', `${at}/name`);
  await ask(200, 'GET', '/assets/another/zxing/reader.wasm', { operation });
  await get(404, `${at}/nothing.js`);
  mkdirSync(join(world.data, 'pictures'));
  for (const name of ['drill.avif', 'drill.jpg', 'drill.png', 'drill.svg', 'drill.webp']) {
    writeFileSync(join(world.data, 'pictures', name), 'whatever it holds');
    await get(200, `/pictures/${name}`);
  }
  await get(404, '/pictures/nothing.svg');
});

test('keys', async () => {
  world.newKey('plant-b');
  must('keys', 'revoke', 'plant-b', '--compromised-since', '2026-01-01T00:00:00Z', '--reason', 'lost', '--yes', '--data', world.data);
  for (let tries = 0; tries < 100; tries++) {
    const { keys: listed } = await (await fetch(`${gateway.base}/v1/keys`)).json();
    if (listed.some(({ status }) => status === 'revoked')) break;
    await new Promise((later) => setTimeout(later, 50));
  }
  await get(200, '/v1/keys');
  const { keys: listed } = await get(200, '/.well-known/jwks.json');
  assert.deepEqual(listed.map(({ status }) => status).sort(), ['active', 'revoked']);
});

test('events', async () => {
  const one = unit();
  const row = { type: 'receive', ...id(one), location: 'dock', purchase_order: 'PO-1', document: 'https://erp.example.com/po/1' };
  await post(200, '/v1/events?dry_run=true', 'operator', row);
  const key = once();
  await post(201, '/v1/events', 'operator', row, { ...key, 'if-match': '"1"' });
  await post(422, '/v1/events', 'operator', { ...row, location: 'gate' }, key);
  await post(409, '/v1/events', 'operator', { type: 'move', ...id(one), version: 1, location: 'shelf' });
  await post(400, '/v1/events', 'operator', { type: 'sell', ...id(one), on: 'yesterday' });
  await post(403, '/v1/events', 'service', { type: 'sell', ...id(one) });
  await post(404, '/v1/events', 'operator', { type: 'sell', ...unknownUnit });
  await event('retailer', 'sell', one, { sales_order: 'SO-1', price: '129.00 EUR' });
  await post(403, '/v1/events', 'other', { type: 'return', ...id(one) });
  const sold = { type: 'adjust', ...id(one), entitlement: 'standard', months: '6', reason: 'goodwill' };
  await post(200, '/v1/events', 'operator', [sold, { ...sold, version: 99 }, { type: 'move', ...id(one) }]);
  const lines = [{ type: 'hold', ...id(one), reason: 'looks odd' }, { type: 'release', ...id(one) }];
  await post(200, '/v1/events?dry_run=false', 'operator', `${lines.map((line) => JSON.stringify(line)).join('\n')}\nrubbish\n`,
    { 'content-type': 'application/x-ndjson' });
  await event('service', 'service', one, { fault: 'worn', work: 'new brushes', parts: 'BR-1', covered: 'yes', entitlement: 'standard' });
  await event('retailer', 'return', one, { reference: 'RMA-1' });
  const again = await post(409, '/v1/events', 'retailer', { type: 'return', ...id(one) });
  assert.equal(again.code, 'second_return');
  for (const role of staffRoles) {
    await get(200, path(one), role);
    await get(404, path(unknownUnit), role);
    await get(200, path(one, '/events'), role);
    await post(200, '/v1/verify', role, { code: link(one) });
  }
  await get(200, path(one, '/events?cursor=2'), 'auditor');
  await get(200, path(one, '/events?order=newest&cursor=4'), 'auditor');
  await get(400, path(one, '/events?cursor=x'), 'auditor');
  await get(404, path(unknownUnit, '/events'), 'auditor');
});

test('the serial report', async () => {
  const { next } = await get(200, '/v1/units?limit=1', 'operator');
  await get(200, `/v1/units?limit=1000&cursor=${encodeURIComponent(next)}`, 'auditor');
  await get(200, `/v1/units?gtin=${gtin}&item=DR-18&lot=&location=&po=&so=&state=&condition=held&q=`, 'operator');
  await get(200, '/v1/units?format=csv&limit=2', 'operator');
  await get(200, '/v1/units?state=sold', 'operator', { accept: 'text/csv' });
  await get(400, '/v1/units?colour=red', 'operator');
});

test('how a unit stands, and what is missing', async () => {
  const [gone, astray] = [unit(), unit()];
  await event('retailer', 'receive', gone, { location: 'a-1' });
  await event('retailer', 'report_stolen', gone, { reference: 'POLICE-1' });
  await event('operator', 'report_lost', astray);
  for (const role of staffRoles) {
    await get(200, path(gone, '/situation'), role);
    await get(404, path(unknownUnit, '/situation'), role);
  }
  await event('operator', 'suspect', gone, { reason: 'seen twice' });
  for (const role of ['operator', 'auditor']) {
    const { units: [suspect] } = await get(200, '/v1/suspected', role);
    assert.equal(suspect.serial, gone.serial);
    await get(200, path(gone, '/scans'), role);
    await get(404, path(unknownUnit, '/scans'), role);
  }
  const { actions } = await get(200, path(gone, '/situation'), 'operator');
  assert.ok(actions.some(({ type }) => type === 'confirm'));
  const { units } = await get(200, '/v1/missing', 'operator');
  assert.deepEqual(units.map(({ unit: { serial }, pending }) => [serial, pending]), [[gone.serial, true]]);
  await get(200, '/v1/missing?condition=lost&pending=false', 'auditor');
  await get(400, '/v1/missing?condition=held', 'auditor');
  await get(400, '/v1/missing?cursor=x', 'auditor');
});

test('the console\'s pages about units', async () => {
  const form = { ...html, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (status, to, fields) => post(status, to, 'operator', new URLSearchParams(fields).toString(), form);
  const one = unit();
  const page = `/console/units/${gtin}/${one.serial}`;
  const { reference } = await post(201, '/v1/reports', null, { gtin, serial: one.serial, text: 'blurred' });
  for (const path_ of ['/console', '/console?days=90', '/console/inbox', '/console/inbox?kind=looks_fake&open=false', `/console/inbox/${reference}`,
    '/console/units?lot=&state=sold', page, `${page}?do=hold`, '/console/copies', '/console/stolen', '/console/stolen?condition=lost']) await get(200, path_, 'auditor', html);
  for (const path_ of ['/console/inbox?cursor=x', '/console/units?state=x', '/console/stolen?waiting=x']) await get(400, path_, 'auditor', html);
  for (const path_ of ['/console/inbox/NOBODY00', `/console/units/${gtin}/NOBODY`]) await get(404, path_, 'auditor', html);
  await send(200, '/console/units/find', { codes: link(one) });
  await send(200, page, { event: 'report_stolen', version: '1' });
  await send(303, page, { event: 'report_lost', version: '1', ...{ once: 'lost' } });
  await send(409, page, { event: 'hold', version: '1', reason: 'late' });
  await send(404, `/console/units/${gtin}/NOBODY`, { event: 'hold', reason: 'x' });
  const missing = { gtin, serial: one.serial, condition: 'lost', event: 'recover' };
  await send(409, '/console/stolen', { ...missing, version: '1' });
  await send(303, '/console/stolen', { ...missing, version: '2' });
  await send(404, '/console/stolen', { ...missing, serial: 'NOBODY' });
  await send(303, `/console/inbox/${reference}`, { outcome: 'a photo was asked for', version: '1' });
  await send(409, `/console/inbox/${reference}`, { outcome: 'again', version: '1' });
  await send(404, '/console/inbox/NOBODY00', { outcome: 'x' });
});

test('the return desk\'s pages', async () => {
  const form = { ...html, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (status, fields) => post(status, '/retail', 'retailer', new URLSearchParams(fields).toString(), form);
  const one = unit();
  await event('retailer', 'sell', one);
  for (const path_ of ['/retail', `/retail?done=return&gtin=${gtin}&serial=${one.serial}`, '/retail/scanner']) await get(200, path_, 'retailer', html);
  await send(200, { code: link(one) });
  await send(200, { code: noCode });
  await send(400, { code: '' });
  await send(400, { event: 'sell', ...id(one) });
  await send(404, { event: 'return', ...unknownUnit });
  await send(409, { event: 'restock', ...id(one) });
  await send(303, { event: 'return', ...id(one), reference: 'RMA 1' });
});

test('the service desk\'s pages', async () => {
  const form = { ...html, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (status, to, fields) => post(status, to, 'service', new URLSearchParams(fields).toString(), form);
  const [one, other, third] = [unit(), unit(), unit()];
  const desk = `/service/${gtin}/${one.serial}`;
  for (const each of [one, third]) await event('retailer', 'sell', each);
  for (const path_ of ['/service', `/service?code=${encodeURIComponent(link(one))}&do=service`, desk, `${desk}?on=2026-01-01`]) await get(200, path_, 'service', html);
  for (const path_ of [`/service?code=${noCode}`, `/service/${gtin}/NOBODY`]) await get(404, path_, 'service', html);
  for (const path_ of [`/service?code=${'9'.repeat(2000)}`, `${desk}?on=never`]) await get(400, path_, 'service', html);
  await send(200, '/service/many', { codes: link(one) });
  await send(200, '/service/many', { codes: link(one), as: 'csv' });
  await send(400, '/service/many', { codes: '' });
  await send(400, desk, { event: 'sell' });
  await send(303, desk, { event: 'service', version: '2', fault: 'worn', claim: 'by:standard' });
  await send(409, desk, { event: 'hold', version: '2', reason: 'late' });
  await send(404, `/service/${gtin}/NOBODY`, { event: 'hold', reason: 'x' });
  await send(200, desk, { event: 'retire', version: '3', reason: 'worn' });
  await send(200, desk, { event: 'replace', version: '3', reason: 'worn', claim: 'no', new_code: link(other) });
  await send(200, `/service/${gtin}/${third.serial}`, { event: 'activate' });
  await send(200, `/service/${gtin}/${third.serial}`, { event: 'lose_secret' });
});

test('the console\'s pages about recalls, products, credentials and the gateway', async () => {
  const form = { ...html, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (status, to, fields, key = 'operator') => post(status, to, key, new URLSearchParams(fields).toString(), form);
  const at = '/console/recalls/new';
  const recall = { id: 'P-1', gtin, text: 'It may overheat.', stop_use: 'yes', language_0: 'de', text_0: 'Es kann heiß werden.' };
  await send(200, at, recall);
  await send(200, at, { ...recall, edit: '1' });
  await send(400, at, { ...recall, confirm: 'nothing' });
  await send(303, at, { ...recall, confirm: 'P-1', once: 'p1' });
  await send(409, at, { ...recall, confirm: 'P-1' });
  await send(422, at, { ...recall, id: 'P-2', gtin: '09506000134376' });
  await get(200, '/console/recalls', 'auditor', html);
  await get(400, '/console/recalls?cursor=x', 'auditor', html);
  await get(200, `${at}?gtin=${gtin}&lot=L1`, 'operator', html);
  await get(200, '/console/recalls/P-1?count=1&done=opened', 'auditor', html);
  await get(404, '/console/recalls/P-9', 'auditor', html);
  await send(400, '/console/recalls/P-1', { confirm: 'P-2' });
  await send(409, '/console/recalls/P-1', { confirm: 'P-1', version: '7' });
  await send(303, '/console/recalls/P-1', { confirm: 'P-1', version: '1' });
  await send(404, '/console/recalls/P-9', { confirm: 'P-9' });

  const other = '09506000134383';
  const row = { id_0: 'one', title_0: 'One year', months_0: '12', starts_0: 'sale' };
  const product = { gtin: other, name: 'Lamp', offset_minutes: '60', ...row };
  await get(200, '/console/products/new', 'operator', html);
  await send(400, '/console/products/new', { ...product, months_0: 'many' });
  await send(303, '/console/products/new', { ...product, once: 'lamp' });
  await send(422, '/console/products/new', { ...product, name: 'Lamps', once: 'lamp' });
  await send(409, '/console/products/new', product);
  await get(200, '/console/products', 'auditor', html);
  await get(400, '/console/products?cursor=x', 'auditor', html);
  await get(200, `/console/products/${other}?lot=L1&done=product`, 'auditor', html);
  await get(404, '/console/products/09506000134376', 'auditor', html);
  const one = `/console/products/${other}`;
  await send(400, one, { ...product, support: 'x', version: '1' });
  await send(303, one, { ...product, version: '1', once: 'lamp2' });
  await send(422, one, { ...product, name: 'Lamps', version: '1', once: 'lamp2' });
  await send(409, one, { ...product, version: '1' });
  const lot = { lot: 'L1', made_on: '2026-01-01', version: '0' };
  await send(400, `${one}/lot`, { lot: '' });
  await send(303, `${one}/lot`, { ...lot, once: 'lot' });
  await send(422, `${one}/lot`, { ...lot, made_on: '2026-01-02', once: 'lot' });
  await send(409, `${one}/lot`, lot);
  await send(404, '/console/products/09506000134376/lot', lot);

  const till = { role: 'retailer', name: 'till 9', organisation: 'Tool Shop', expires_at: '2099-01-01' };
  const make = '/console/credentials/new';
  await get(200, make, 'admin', html);
  const [, id_] = /assay_([0-9A-Z]{8})_/.exec(await send(201, make, { ...till, once: 'till' }, 'admin'));
  await send(409, make, { ...till, once: 'till' }, 'admin');
  await send(422, make, { ...till, name: 'till 10', once: 'till' }, 'admin');
  await send(400, make, { ...till, role: 'owner' }, 'admin');
  await get(200, '/console/credentials', 'admin', html);
  await get(400, '/console/credentials?cursor=x', 'admin', html);
  await get(404, '/console/credentials/NOBODY00', 'admin', html);
  const its = `/console/credentials/${id_}`;
  await get(200, `${its}?done=revoked`, 'admin', html);
  await send(201, its, { do: 'rotate', grace_seconds: '60' }, 'admin');
  await send(303, its, { do: 'sign_out' }, 'admin');
  await send(400, its, { do: 'revoke', confirm: 'it' }, 'admin');
  await send(303, its, { do: 'revoke', confirm: id_ }, 'admin');
  await send(409, its, { do: 'rotate', grace_seconds: '60' }, 'admin');
  await send(404, '/console/credentials/NOBODY00', { do: 'sign_out' }, 'admin');
  await get(200, '/console/keys', 'auditor', html);
  for (const list of ['inbox', 'verifications', 'recalls', 'products', 'keys', 'issues']) await get(200, `/console/export/${list}`, 'auditor');
  await get(200, '/console/export/credentials', 'admin');
  for (const query of ['inbox?kind=x', 'verifications?from=x', 'recalls?cursor=x']) await get(400, `/console/export/${query}`, 'auditor');
  await get(200, '/console/system', 'admin', html);
});

test('warranty, claims and returns', async () => {
  const [old, fresh, sold] = [unit(), unit(), unit()];
  await event('retailer', 'sell', old);
  await event('retailer', 'sell', sold);
  await get(200, path(old, '/warranty?on=2030-01-01'), 'service');
  await get(200, path(fresh, '/warranty'), 'retailer');
  await get(400, path(old, '/warranty?on=today'), 'service');
  await get(404, path(unknownUnit, '/warranty'), 'service');
  const { results } = await post(200, '/v1/warranty', 'service', { on: '2030-01-01', units: [id(old), id(fresh), unknownUnit] });
  assert.deepEqual(results.map(({ status }) => status), [200, 200, 404]);
  const forged = link(old).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  const codes = [link(old), forged, `(01)${gtin}(21)${old.serial}`, `(01)${gtin}(21)NOBODY`, old.serial, noCode];
  const rows = await post(200, '/v1/warranty', 'operator', { codes });
  assert.deepEqual(rows.results.map(({ code }) => code), ['ok', 'label_forged', 'ok', 'not_found', 'invalid', 'not_a_code']);
  await post(400, '/v1/warranty', 'operator', { codes: [] });

  const screened = await post(200, '/v1/screen', 'retailer', { codes: [...codes, link(fresh)] });
  assert.deepEqual(screened.results.map(({ outcome }) => outcome)[0], 'accept');
  await post(200, '/v1/screen', 'other', { codes });

  const claim = { old: { ...id(old), version: 2 }, new: id(fresh), reason: 'broken', covered: 'yes', entitlement: 'standard' };
  const key = once();
  await post(404, '/v1/replacements', 'service', { ...claim, new: unknownUnit });
  await post(409, '/v1/replacements', 'service', { ...claim, new: id(sold) });
  await post(200, '/v1/replacements?dry_run=true', 'service', claim);
  await post(400, '/v1/replacements?dry_run=yes', 'service', claim);
  await post(201, '/v1/replacements', 'service', claim, key);
  await post(422, '/v1/replacements', 'service', { ...claim, reason: 'other' }, key);
  for (const role of staffRoles) {
    await get(200, path(old), role);
    await get(200, path(fresh), role);
    await post(200, '/v1/verify', role, { code: link(fresh) });
  }
  await get(200, path(fresh, '/warranty'), 'auditor');
});

test('ownership', async () => {
  const [one, stranger, unsold] = [unit(), unit(), unit()];
  const proof = { ...id(one), claim_code: one.claim_code };
  const label = { code: link(one), claim_code: one.claim_code };
  const wrong = { ...id(one), claim_code: '0000000000' };
  await event('retailer', 'sell', one);
  await event('retailer', 'sell', stranger);
  const activation = once();
  await post(403, '/v1/activations', null, wrong);
  await post(403, '/v1/activations', null, { ...unknownUnit, claim_code: '0000000000' });
  await post(404, '/v1/activations', null, { ...label, code: noCode });
  await post(404, '/v1/activations', 'service', unknownUnit);
  const { owner_secret: first } = await post(201, '/v1/activations', null, { ...label, purchased_on: '2026-01-02' }, activation);
  await post(422, '/v1/activations', null, proof, activation);
  await post(409, '/v1/activations', null, proof);
  await post(201, '/v1/activations', 'retailer', id(stranger));
  const card = { ...id(stranger), claim_code: stranger.claim_code };
  await post(409, '/v1/recoveries', null, card);
  const { owner_secret: displacing } = await post(201, '/v1/activations', null, card);
  await get(200, path(stranger, '/owner'), displacing);
  for (const role of ['operator', 'service', 'retailer']) await get(200, path(stranger, '/events'), role);
  await event('operator', 'end_ownership', stranger, { reason: 'registered to itself', ends_claim: 'yes' });

  await get(200, path(one, '/owner'), first);
  await get(403, path(stranger, '/owner'), first);
  await get(403, path(unknownUnit, '/owner'), first);
  const recovery = once();
  await post(403, '/v1/recoveries', null, wrong);
  await post(404, '/v1/recoveries', null, { ...label, code: noCode });
  await post(409, '/v1/recoveries', null, { ...id(unsold), claim_code: unsold.claim_code });
  await post(202, '/v1/recoveries', null, proof, recovery);
  await post(422, '/v1/recoveries', null, label, recovery);
  await get(200, path(one, '/owner'), first, { 'accept-language': 'de' });
  await event(first, 'dismiss', one, { reason: 'it was not me' });
  await event(first, 'report_lost', one, { reference: 'P-1' });
  await post(409, '/v1/transfers', first, id(one));
  await get(200, path(one, '/owner'), first);
  for (const role of ['service', 'retailer', 'operator']) await get(200, path(one), role);
  await event(first, 'recover', one);

  const offer = once();
  await post(403, '/v1/transfers', first, id(stranger));
  await post(404, '/v1/transfers', first, { code: noCode });
  const { transfer_code } = await post(201, '/v1/transfers', first, id(one), offer);
  await post(422, '/v1/transfers', first, { code: link(one) }, offer);
  await get(200, path(one, '/owner'), first);
  const redemption = once();
  await post(403, '/v1/transfers/redeem', null, { ...id(one), transfer_code: '000000000000' });
  await post(404, '/v1/transfers/redeem', null, { code: noCode, transfer_code });
  await event('operator', 'hold', one, { reason: 'a question' });
  await post(409, '/v1/transfers/redeem', null, { ...id(one), transfer_code });
  await event('operator', 'release', one);
  const { owner_secret: second } = await post(201, '/v1/transfers/redeem', null, { ...id(one), transfer_code }, redemption);
  await post(422, '/v1/transfers/redeem', null, { code: link(one), transfer_code }, redemption);
  await get(403, path(one, '/owner'), first);
  await get(200, path(one, '/owner'), second);
  await post(403, '/v1/recoveries', null, proof);
  await post(404, '/v1/recoveries', 'service', unknownUnit);
  await post(202, '/v1/recoveries', 'service', id(one));
  await get(200, path(one, '/owner'), second);
});

test('who tries codes is slowed down', async () => {
  const rows = [['/v1/activations', 'claim_code'], ['/v1/recoveries', 'claim_code'], ['/v1/transfers/redeem', 'transfer_code']];
  for (const [to, name] of rows) {
    const body = JSON.stringify({ ...unknownUnit, [name]: name === 'claim_code' ? '0000000000' : '000000000000' });
    let tries = 0;
    for (let status = 403; status === 403; tries++) {
      assert.ok(tries < 1000);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(gateway.base + to, { method: 'POST', headers, body });
      const got = { status: answer.status, headers: answer.headers, text: await answer.text() };
      contract.check({ method: 'POST', path: to, headers, body }, got);
      ({ status } = answer);
    }
  }
});

test('signing in and out', async () => {
  const at = '/v1/session';
  const same = { 'sec-fetch-site': 'same-origin' };
  const signIn = async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ key: keys.service });
    const answer = await fetch(gateway.base + at, { method: 'POST', headers, body });
    const got = { status: answer.status, headers: answer.headers, text: await answer.text() };
    contract.check({ method: 'POST', path: at, headers, body }, got);
    return { cookie: answer.headers.get('set-cookie').split(';')[0], ...same };
  };
  const cookie = await signIn();
  await get(200, at, null, cookie);
  await get(200, '/v1/products', null, cookie);
  await get(404, at, 'service');
  await post(403, at, null, { key: keys.service }, { 'sec-fetch-site': 'cross-site' });
  await ask(400, 'DELETE', `${at}?everywhere=perhaps`, { headers: cookie });
  await ask(403, 'DELETE', at, { headers: { ...cookie, 'sec-fetch-site': 'cross-site' } });
  await ask(404, 'DELETE', at, { key: 'service' });
  await ask(204, 'DELETE', at, { headers: cookie });
  await ask(401, 'DELETE', at, { headers: cookie });
  await ask(204, 'DELETE', `${at}?everywhere=true`, { headers: await signIn() });

  const form = { 'content-type': 'application/x-www-form-urlencoded', ...same };
  const fill = (fields) => new URLSearchParams(fields).toString();
  const again = await signIn();
  const { csrf } = await get(200, at, null, again);
  await get(200, '/sign-in?next=/service');
  await get(303, '/sign-in?next=/service', null, again);
  await post(303, '/sign-in', null, fill({ key: keys.service, next: '/service' }), form);
  await post(401, '/sign-in', null, fill({ key: 'assay_wrong' }), form);
  await post(403, '/sign-in', null, fill({ key: keys.service }), { ...form, 'sec-fetch-site': 'cross-site' });
  await post(403, '/sign-out', null, '', { ...again, ...form });
  await post(303, '/sign-out', null, fill({ csrf, everywhere: '1' }), { ...again, ...form });

  const wrong = { key: 'assay_wrong' };
  let status = 401;
  for (let tries = 0; status === 401; tries++) {
    assert.ok(tries < 1000);
    const answer = await fetch(gateway.base + at,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wrong) });
    await answer.text();
    ({ status } = answer);
  }
  await Promise.all([post(429, at, null, wrong), post(429, '/sign-in', null, fill(wrong), form)]);
  await signIn();
});

// On disk as a gateway leaves it that was killed before it registered the run; its manifest has two
// rows where the record says three.
function unregistered(id_, made) {
  const directory = join(world.data, 'issued', id_);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const part of ['labels', 'cards', 'manifest']) writeFileSync(join(directory, `${part}.csv`), made[part], { mode: 0o600 });
  const record = { id: id_, gtin, count: 3, kid: made.kid, at: '2026-11-22T10:00:00Z', digest: '00' };
  writeFileSync(join(directory, 'issue.json'), JSON.stringify(record), { mode: 0o600 });
  return id_;
}

test('issuing, and its pages', async () => {
  const form = { ...html, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (status, to, fields) => post(status, to, 'issuer', new URLSearchParams(fields).toString(), form);
  const order = { gtin, count: 2, lot: 'L9', made_on: '2026-01-12', expires_on: '2030-01-12' };
  await get(200, '/v1/signer', 'auditor');
  await post(503, '/v1/issues', 'issuer', order);
  await get(200, '/console/issue', 'issuer', html);
  const signer = await Signer.start({ data: world.data, key: 'plant-a', passphrase: world.passphrase, socket: `${world.directory}/signer` }, ['--quota', '20', '--per-day', '20']);
  try {
    await get(200, '/v1/signer', 'issuer');
    await post(200, '/v1/issues?dry_run=true', 'issuer', order);
    const key = once();
    const { id: made } = await post(201, '/v1/issues', 'operator', order, key);
    await post(422, '/v1/issues', 'operator', { ...order, count: 3 }, key);
    await post(409, '/v1/issues', 'issuer', { ...order, count: 100 });
    await post(422, '/v1/issues', 'issuer', { gtin: '09506000134376', count: 1 });
    await get(200, '/v1/issues', 'auditor');
  await get(400, '/v1/issues?cursor=soon', 'auditor');
    const at = `/v1/issues/${made}`;
    await get(200, at, 'auditor');
    await get(404, '/v1/issues/NOBODY00', 'auditor');
    for (const part of ['labels', 'cards']) {
      for (const query of ['', '?format=pdf&copies=1', '?format=zpl&dpi=203&width=100&height=70']) await get(200, `${at}/${part}${query}`, 'issuer');
      await get(400, `${at}/${part}?format=png`, 'issuer');
      await get(404, `/v1/issues/NOBODY00/${part}`, 'issuer');
    }
    await post(200, `${at}/register`, 'issuer');
    await post(404, '/v1/issues/NOBODY00/register', 'issuer');
    const waiting = unregistered('e'.repeat(32), await signer.issue(2));
    await post(409, `/v1/issues/${waiting}/register`, 'issuer');
    await ask(409, 'DELETE', `/v1/issues/${waiting}`, { key: 'issuer' });
    await ask(400, 'DELETE', `${at}?abandon=maybe`, { key: 'issuer' });
    await ask(404, 'DELETE', '/v1/issues/NOBODY00', { key: 'issuer' });

    const fields = { ...order, count: '2', step: 'try' };
    await send(200, '/console/issue', fields);
    await send(303, '/console/issue', { ...fields, step: 'issue' });
    await send(409, '/console/issue', { ...fields, count: '100' });
    await send(422, '/console/issue', { ...fields, gtin: '09506000134376' });
    for (const id_ of [made, waiting]) await get(200, `/console/issue/${id_}`, 'issuer', html);
    await get(404, '/console/issue/NOBODY00', 'issuer', html);
    await send(409, `/console/issue/${waiting}`, { do: 'register' });
    await send(200, `/console/issue/${waiting}`, { do: 'abandon' });
    await send(404, '/console/issue/NOBODY00', { do: 'register' });
    await send(303, `/console/issue/${made}`, { do: 'remove', sure: 'yes' });
    await ask(200, 'DELETE', at, { key: 'issuer' });

    await get(200, '/console/import', 'issuer', html);
    const run = await signer.issue(1);
    await send(200, '/console/import', { step: 'try', manifest: run.manifest.replaceAll('\n', '\r\n').trimEnd() });
    await send(422, '/console/import', { step: 'register', manifest: run.manifest.replace(/.(\n)$/, (last, end) => (last[0] === '0' ? `1${end}` : `0${end}`)) });
  } finally {
    await signer.stop();
  }
});

test('credentials', async () => {
  const at = '/v1/credentials';
  const row = { role: 'retailer', name: 'till 3', organisation: 'Tool Shop', locations: ['shop-1'], expires_at: '2099-01-01T00:00:00Z' };
  const key = once();
  const { credential, key: shown } = await post(201, at, 'admin', row, key);
  await post(409, at, 'admin', row, key);
  await post(422, at, 'admin', { ...row, name: 'till 4' }, key);
  await get(200, at, 'admin');
  await get(400, `${at}?page=2`, 'admin');
  await get(200, '/v1/products', shown);
  const one = `${at}/${credential.id}`;
  await get(200, one, 'admin');
  await get(404, `${at}/NOBODY`, 'admin');
  const rotation = once();
  await post(201, `${one}/rotate`, 'admin', { grace_seconds: 60 }, rotation);
  await post(422, `${one}/rotate`, 'admin', {}, rotation);
  await post(404, `${at}/NOBODY/rotate`, 'admin', {});
  await ask(204, 'DELETE', `${one}/sessions`, { key: 'admin' });
  await ask(404, 'DELETE', `${at}/NOBODY/sessions`, { key: 'admin' });
  await ask(400, 'DELETE', one, { key: 'admin', headers: { 'if-match': 'x' } });
  await ask(409, 'DELETE', one, { key: 'admin', headers: { 'if-match': '"99"' } });
  await ask(404, 'DELETE', `${at}/NOBODY`, { key: 'admin' });
  await ask(200, 'DELETE', one, { key: 'admin' });
  await post(409, `${one}/rotate`, 'admin', {});
  await get(200, one, 'admin');
});

test('products and lots', async () => {
  const other = '09506000134369';
  const product = { gtin: other, name: 'Sander', markets: ['DE', 'AT'], support: 'tel:+4930123', entitlements: [
    { id: 'one', title: 'One year', starts: ['activation', 'sale'], months: 12, requires_activation: true, countries: ['DE'] }] };
  const key = once();
  await put(201, `/v1/products/${other}`, 'operator', product, key);
  await put(422, `/v1/products/${other}`, 'operator', { ...product, name: 'Saw' }, key);
  await put(200, `/v1/products/${other}`, 'operator', { ...product, item: 'SA-1' }, { 'if-match': '"1"' });
  await put(409, `/v1/products/${other}`, 'operator', { ...product, version: 1 });
  await get(200, '/v1/products', 'auditor');
  await get(400, '/v1/products?page=2', 'auditor');
  await get(200, `/v1/products/${other}`, 'service');
  await get(404, '/v1/products/09506000134376', 'service');

  const lot = { gtin: other, lot: 'L1', made_on: '2026-01-01' };
  const at = `/v1/lots/${other}/L1`;
  const lotKey = once();
  await put(201, at, 'operator', lot, lotKey);
  await put(422, at, 'operator', { ...lot, made_on: '2026-01-02' }, lotKey);
  await put(200, at, 'operator', { ...lot, version: 1, expires_on: '2030-01-01' });
  await put(409, at, 'operator', { ...lot, version: 1 });
  await put(404, '/v1/lots/09506000134376/L1', 'operator', { ...lot, gtin: '09506000134376' });
  await get(200, at, 'retailer');
  await get(404, `/v1/lots/${other}/L2`, 'retailer');
});

test('recalls', async () => {
  const one = unit();
  const recall = { id: 'R-1', gtin, serial_from: one.serial, serial_to: one.serial, stop_use: true, text: 'It may overheat.',
    link: 'https://example.com/recall',
    texts: [{ language: 'en', text: 'It may get hot.' }, { language: 'de', text: 'Es kann heiß werden.' }] };
  const key = once();
  assert.equal((await post(200, '/v1/recalls?dry_run=true', 'operator', recall)).affected, 1);
  await post(201, '/v1/recalls', 'operator', recall, key);
  await post(422, '/v1/recalls', 'operator', { ...recall, text: 'It may not.' }, key);
  await post(422, '/v1/recalls', 'operator', { ...recall, id: 'R-2', gtin: '09506000134376' });
  await post(409, '/v1/recalls', 'operator', recall);
  assert.equal((await get(200, one.label, null, { 'accept-language': 'en' })).recall.text, 'It may get hot.');
  await get(200, '/v1/recalls', 'service');
  await get(400, '/v1/recalls?page=2', 'service');
  await get(200, '/v1/recalls/R-1', 'service');
  await get(404, '/v1/recalls/R-9', 'service');
  assert.equal((await get(200, '/v1/recalls/R-1/affected', 'auditor')).affected, 1);
  await get(404, '/v1/recalls/R-9/affected', 'auditor');
  await post(400, '/v1/recalls/R-1/lift', 'operator', undefined, { 'if-match': 'x' });
  await post(404, '/v1/recalls/R-9/lift', 'operator');
  const lift = once();
  await post(200, '/v1/recalls/R-1/lift', 'operator', undefined, lift);
  await post(409, '/v1/recalls/R-1/lift', 'operator');
  await post(422, '/v1/recalls/R-2/lift', 'operator', undefined, lift);
  await get(200, '/v1/recalls/R-1', 'service');
});

test('the inbox, and the verdicts of each day', async () => {
  const one = unit();
  const report = { code: link(one), place: 'a market', text: 'blurred,\nand thin' };
  const key = once();
  const { reference } = await post(201, '/v1/reports', null, report, key);
  assert.equal((await post(201, '/v1/reports', null, report, key)).reference, reference);
  await post(422, '/v1/reports', null, { text: 'something else' }, key);
  await post(201, '/v1/reports', 'service', id(one));
  const { notices } = await get(200, '/v1/notices?kind=looks_fake&open=true', 'auditor');
  assert.ok(notices.some((row) => row.reference === reference && row.answer === 'genuine' && row.text === report.text));
  await get(400, '/v1/notices?kind=other', 'operator');
  await get(200, `/v1/notices/${reference.toLowerCase()}`, 'operator');
  await get(404, '/v1/notices/0000000000', 'operator');
  const at = `/v1/notices/${reference}/close`;
  const outcome = { outcome: 'the shop was told' };
  const closing = once();
  await post(404, '/v1/notices/0000000000/close', 'operator', outcome);
  await post(409, at, 'operator', outcome, { 'if-match': '"7"' });
  assert.equal((await post(200, at, 'operator', outcome, { ...closing, 'if-match': '"1"' })).open, false);
  await post(422, at, 'operator', { outcome: 'nothing' }, closing);
  await post(409, at, 'operator', outcome);

  await get(200, link(one).replace('https://id.example.com', ''), null);
  const today = async () => (await get(200, '/v1/tallies', 'operator')).days.at(-1);
  let day;
  for (let tries = 0; day === undefined; tries++) {
    assert.ok(tries < 100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    day = await today();
  }
  assert.ok(day.verdicts.ok > 0 && day.reasons.genuine > 0);
  await get(200, `/v1/tallies?from=${day.day}&to=${day.day}`, 'auditor');
  await get(400, '/v1/tallies?from=2026-02-30', 'operator');

  let status = 201;
  for (let tries = 0; status === 201; tries++) {
    assert.ok(tries < 1000);
    const answer = await fetch(`${gateway.base}/v1/reports`,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"again"}' });
    await answer.text();
    ({ status } = answer);
  }
  await post(429, '/v1/reports', null, { text: 'again' });
});

test('the gateway itself', async () => {
  const text = JSON.stringify(await get(200, '/v1/system', 'admin'));
  for (const secret of [world.data, world.directory, 'passphrase', 'secrets']) assert.ok(!text.includes(secret), secret);
  const { registry, keyset, configuration } = await get(200, '/v1/system', 'auditor');
  assert.ok(registry.units >= 40 && registry.events > registry.units && registry.bytes_used > 0);
  assert.deepEqual(keyset.keys.map(({ name, status }) => [name, status]), [['plant-a', 'active'], ['plant-b', 'revoked']]);
  assert.deepEqual(configuration.document_hosts, ['erp.example.com']);
  const before = await get(200, '/v1/system', 'operator');
  assert.equal(before.backup, undefined);
  const { operations } = JSON.parse(must('backup', join(world.directory, 'a-backup'), '--data', world.data, '--json'));
  const { backup } = await get(200, '/v1/system', 'operator');
  assert.equal(backup.operations, operations);
  assert.ok(Math.abs(Date.parse(backup.made_at) - Date.now()) < 60000 && backup.bytes > 4096);
});

test('manifests', async () => {
  const type = { 'content-type': 'text/csv' };
  const manifest = readFileSync(join(world.directory, 'stock.manifest.csv'), 'utf8');
  const lines = manifest.trimEnd().split('\n');
  const seal = lines.pop();
  await post(200, '/v1/manifests?dry_run=true&rows=all', 'issuer', manifest, type);
  await post(200, '/v1/manifests', 'operator', manifest, type);
  const broken = lines.map((line, row) => (row === 1 ? line.replace(/.$/, '!') : line));
  const { summary } = await post(200, '/v1/manifests', 'issuer', `${broken.join('\n')}\n`, type);
  assert.deepEqual([summary.vouched, summary.refused], [false, 1]);
  const forged = seal.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  await post(422, '/v1/manifests', 'issuer', `${[...lines, forged].join('\n')}\n`, type);
});

test('nothing that the document promises is untested', () => {
  assert.deepEqual([...contract.seen].sort(), contract.promised());
});
