// SPDX-License-Identifier: Apache-2.0
// Who has no signature learns nothing of a serial: over every public route the answer is the same,
// byte for byte, whether or not there is such a unit, and whatever happened to it. What the asker
// sent, and what is drawn anew for each answer, is struck out of both.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, tree } from '../e2e/gateway.mjs';
import { World, gtin, must } from './world.mjs';

const html = 'text/html';
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
let world;
let gateway;
let units; // serials of one length: [situation, serial], the first is of no unit
let token; // of another unit: a good signature, but not of these
before(async () => {
  world = new World();
  const paths = world.issue('plant-a', 'units', 5);
  const serials = paths.map((path) => /\/21\/([^?]+)/.exec(path)[1]);
  const data = ['--data', world.data];
  const event = (type, serial, ...fields) => must('event', type, gtin, serial, ...fields, ...data);
  for (const serial of serials.slice(1)) event('sell', serial);
  event('report_stolen', serials[2], 'reference=P-1');
  event('retire', serials[3], 'reason=scrapped');
  const cards = readFileSync(join(world.directory, 'units.cards.csv'), 'utf8').trimEnd().split('\n').map((line) => line.split(','));
  const card = cards.find((row) => row.includes(serials[4]));
  gateway = await Gateway.start(world.data);
  const owned = await ask('/v1/activations', { json: { gtin, serial: serials[4], claim_code: card[cards[0].indexOf('claim_code')] } });
  assert.equal(owned.status, 201, owned.text);
  const absent = serials[0].replace(/.$/, (last) => (last === '7' ? '8' : '7'));
  units = [['no unit', absent], ['issued', serials[0]], ['sold', serials[1]], ['stolen', serials[2]],
    ['retired', serials[3]], ['owned', serials[4]]];
  token = /S=(.*)$/.exec(world.paths[0])[1];
});
after(() => gateway?.stop());

function ask(path, { accept = json, language, bearer, json: body, fields } = {}) {
  const content = body === undefined ? fields && new URLSearchParams(fields).toString() : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1', port: gateway.port, path, method: content === undefined ? 'GET' : 'POST', agent: false,
      headers: {
        accept,
        ...(language && { 'accept-language': language }),
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(content !== undefined && { 'content-type': body === undefined ? form : json, 'content-length': Buffer.byteLength(content) }),
      },
    }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.rawHeaders, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(content);
  });
}

// The whole answer, without the serial that was sent, the time, and what is random.
function told(answer, serial) {
  const headers = [];
  for (let i = 0; i < answer.headers.length; i += 2)
    if (answer.headers[i] !== 'Date') headers.push(`${answer.headers[i]}: ${answer.headers[i + 1]}`);
  return [answer.status, ...headers, '', answer.text].join('\n')
    .replaceAll(serial, '(serial)')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '(time)')
    .replace(/(name="once" value=")[^"]+/g, '$1(random)')
    .replace(/"reference":"[^"]+"/g, '"reference":"(random)"')
    .replace(/(<code class="secret" dir="ltr">)[0-9A-Z]{10}</g, '$1(random)<');
}

const ownerSecret = 'owner_00000000000000000000000000W4RE'; // well formed, and nobody's
const wrong = { claim: '0000000000', transfer: '000000000000' };
const link = (serial, query = '') => `https://id.example.com/01/${gtin}/21/${serial}${query}`;
const named = (serial) => ({ gtin, serial });

// Path in /openapi.json -> what is asked there of a serial. Each gets a serial and gives [path, options].
const routes = {
  'get /01/{gtin}/21/{serial}': [
    (serial) => [`/01/${gtin}/21/${serial}`],
    (serial) => [`/01/${gtin}/21/${serial}`, { accept: html }],
    (serial) => [`/01/${gtin}/21/${serial}`, { accept: html, language: 'ja' }],
    (serial) => [`/01/${gtin}/21/${serial}?S=${token}`],
    (serial) => [`/01/${gtin}/21/${serial}?S=${token}`, { accept: html }],
    (serial) => [`/01/${gtin}/21/${serial}?S=SHORT`],
  ],
  'get /01/{gtin}/10/{lot}/21/{serial}': [(serial) => [`/01/${gtin}/10/L1/21/${serial}`]],
  'get /01/{gtin}/22/{variant}/21/{serial}': [(serial) => [`/01/${gtin}/22/V1/21/${serial}`]],
  'get /01/{gtin}/22/{variant}/10/{lot}/21/{serial}': [(serial) => [`/01/${gtin}/22/V1/10/L1/21/${serial}`]],
  'get /check': [
    (serial) => [`/check?code=${encodeURIComponent(link(serial))}`],
    (serial) => [`/check?code=${encodeURIComponent(`(01)${gtin}(21)${serial}`)}`, { accept: html }],
    (serial) => [`/check?code=${serial}`],
  ],
  'post /v1/verify': [
    (serial) => ['/v1/verify', { json: { code: link(serial) } }],
    (serial) => ['/v1/verify', { json: { code: `(01)${gtin}(21)${serial}` } }],
    (serial) => ['/v1/verify', { json: { code: `]Q301${gtin}21${serial}` } }],
    (serial) => ['/v1/verify', { json: { code: serial } }],
    (serial) => ['/v1/verify', { json: { code: link(serial, `?S=${token}`) } }],
  ],
  'get /register': [(serial) => [`/register?gtin=${gtin}&serial=${serial}`, { accept: html }],
    (serial) => [`/register?code=${encodeURIComponent(link(serial))}`, { accept: html }]],
  'post /register': [(serial) => ['/register', { accept: html, fields: { ...named(serial), claim_code: wrong.claim, once: 'x1' } }],
    (serial) => ['/register', { accept: html, fields: { code: link(serial), claim_code: wrong.claim, once: 'x1' } }]],
  'get /redeem': [(serial) => [`/redeem?gtin=${gtin}&serial=${serial}`, { accept: html }]],
  'post /redeem': [(serial) => ['/redeem', { accept: html, fields: { ...named(serial), transfer_code: wrong.transfer, once: 'x2' } }]],
  'get /recover': [(serial) => [`/recover?gtin=${gtin}&serial=${serial}`, { accept: html }]],
  'post /recover': [(serial) => ['/recover', { accept: html, fields: { ...named(serial), claim_code: wrong.claim, once: 'x3' } }]],
  'get /report': [(serial) => [`/report?gtin=${gtin}&serial=${serial}`, { accept: html }],
    (serial) => [`/report?code=${encodeURIComponent(link(serial))}`, { accept: html }]],
  'post /report': [(serial) => ['/report', { accept: html, fields: { ...named(serial), text: 'it looks odd', once: `r-${serial}` } }]],
  'get /owner/{gtin}/{serial}': [(serial) => [`/owner/${gtin}/${serial}`, { accept: html }]],
  'post /owner/{gtin}/{serial}': [(serial) => [`/owner/${gtin}/${serial}`, { accept: html, fields: { secret: ownerSecret, once: 'x4' } }]],
  'get /v1/units/{gtin}/{serial}/owner': [(serial) => [`/v1/units/${gtin}/${serial}/owner`],
    (serial) => [`/v1/units/${gtin}/${serial}/owner`, { bearer: ownerSecret }]],
  'post /v1/events': [(serial) => ['/v1/events', { bearer: ownerSecret, json: { type: 'report_stolen', ...named(serial) } }],
    (serial) => ['/v1/events', { json: { type: 'report_stolen', ...named(serial) } }]],
  'post /v1/activations': [(serial) => ['/v1/activations', { json: { ...named(serial), claim_code: wrong.claim } }],
    (serial) => ['/v1/activations', { json: { code: link(serial), claim_code: wrong.claim } }],
    (serial) => ['/v1/activations', { json: { code: link(serial, `?S=${token}`), claim_code: wrong.claim } }]],
  'post /v1/recoveries': [(serial) => ['/v1/recoveries', { json: { ...named(serial), claim_code: wrong.claim } }]],
  'post /v1/transfers': [(serial) => ['/v1/transfers', { bearer: ownerSecret, json: named(serial) }]],
  'post /v1/transfers/redeem': [(serial) => ['/v1/transfers/redeem', { json: { ...named(serial), transfer_code: wrong.transfer } }]],
  'post /v1/reports': [(serial) => ['/v1/reports', { json: { ...named(serial), text: 'it looks odd' } }],
    (serial) => ['/v1/reports', { json: { code: link(serial), text: 'it looks odd' } }]],
};

// Take no serial.
const others = ['get /', 'get /v1/keys', 'get /.well-known/jwks.json', 'get /openapi.json', 'get /assets/{version}/{name}', 'get /pictures/{name}',
  'get /sign-in', 'post /sign-in', 'post /v1/session'];

test('every route that the public or an owner may use is looked at', () => {
  const { paths } = JSON.parse(readFileSync(join(tree, 'web/openapi.json'), 'utf8'));
  const open = Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations)
    .filter(([, { 'x-roles': roles }]) => roles?.some((role) => ['public', 'owner'].includes(role)))
    .map(([method]) => `${method} ${path}`));
  assert.deepEqual(open.sort(), [...Object.keys(routes), ...others].sort());
});

test('staff routes tell the public nothing either', async () => {
  const { paths } = JSON.parse(readFileSync(join(tree, 'web/openapi.json'), 'utf8'));
  for (const path of Object.keys(paths).filter((path) => path.includes('{serial}') && !path.startsWith('/01/') && !path.startsWith('/owner/'))) {
    const answers = await Promise.all(units.map(async ([, serial]) =>
      told(await ask(path.replace('{gtin}', gtin).replace('{serial}', serial)), serial)));
    for (const answer of answers) assert.equal(answer, answers[0], path);
    assert.match(answers[0], /^(401|405)\n/, path);
  }
});

for (const [route, asks] of Object.entries(routes)) {
  test(route, async () => {
    for (const [number, make] of asks.entries()) {
      const answers = [];
      for (const [situation, serial] of units) {
        const [path, options] = make(serial);
        answers.push([situation, told(await ask(path, options), serial)]);
      }
      assert.doesNotMatch(answers[0][1], /^(400|405|415|429|5..)\n/, `ask ${number} is refused for another reason: ${answers[0][1]}`);
      for (const [situation, answer] of answers) assert.equal(answer, answers[0][1], `ask ${number}: ${situation} is told from no unit`);
    }
  });
}
