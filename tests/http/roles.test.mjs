// SPDX-License-Identifier: Apache-2.0
// Who may use which address: every route, method and role against the real daemon. A route that is
// not in this table fails the test, so that nobody is let in by accident.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, tree } from '../e2e/gateway.mjs';
import { Staff, ownerSecret, staffRoles, unknownKey } from './staff.mjs';
import { World, gtin } from './world.mjs';

const everybody = ['public', 'owner', ...staffRoles];
const readers = ['operator', 'auditor'];
const claims = ['service', 'retailer', 'operator', 'auditor'];

const expected = [
  ['GET', '/', everybody],
  ['GET', '/check', everybody],
  ['GET', '/01/{*}', everybody],
  ...['/register', '/redeem', '/recover', '/report', '/owner/{}/{}'].flatMap((page) => [
    ['GET', page, everybody],
    ['POST', page, everybody],
  ]),
  ['POST', '/v1/verify', everybody],
  ['GET', '/v1/keys', everybody],
  ['GET', '/.well-known/jwks.json', everybody],
  ['GET', '/openapi.json', everybody],
  ['GET', '/assets/{*}', everybody],
  ['GET', '/pictures/{}', everybody],
  ['POST', '/v1/events', ['owner', 'service', 'retailer', 'operator']],
  ['GET', '/v1/units', readers],
  ['GET', '/v1/units/{}/{}', staffRoles],
  ['GET', '/v1/units/{}/{}/events', staffRoles],
  ['GET', '/v1/units/{}/{}/situation', staffRoles],
  ['GET', '/v1/units/{}/{}/scans', readers],
  ['GET', '/v1/missing', readers],
  ['GET', '/v1/suspected', readers],
  ['GET', '/v1/units/{}/{}/owner', ['owner']],
  ['GET', '/v1/units/{}/{}/warranty', claims],
  ['POST', '/v1/warranty', claims],
  ['POST', '/v1/replacements', ['service']],
  ['POST', '/v1/screen', ['retailer']],
  ['POST', '/v1/activations', ['public', 'service', 'retailer']],
  ['POST', '/v1/recoveries', ['public', 'service', 'retailer']],
  ['POST', '/v1/transfers', ['owner']],
  ['POST', '/v1/transfers/redeem', ['public']],
  ['GET', '/sign-in', everybody],
  ['POST', '/sign-in', everybody],
  ['POST', '/sign-out', staffRoles],
  ['POST', '/v1/session', everybody],
  ['GET', '/v1/session', staffRoles],
  ['DELETE', '/v1/session', staffRoles],
  ['GET', '/v1/credentials', ['admin']],
  ['POST', '/v1/credentials', ['admin']],
  ['GET', '/v1/credentials/{}', ['admin']],
  ['DELETE', '/v1/credentials/{}', ['admin']],
  ['POST', '/v1/credentials/{}/rotate', ['admin']],
  ['DELETE', '/v1/credentials/{}/sessions', ['admin']],
  ['GET', '/v1/products', staffRoles],
  ['GET', '/v1/products/{}', staffRoles],
  ['PUT', '/v1/products/{}', ['operator']],
  ['GET', '/v1/lots/{}/{}', staffRoles],
  ['PUT', '/v1/lots/{}/{}', ['operator']],
  ['GET', '/v1/recalls', staffRoles],
  ['POST', '/v1/recalls', ['operator']],
  ['GET', '/v1/recalls/{}', staffRoles],
  ['POST', '/v1/recalls/{}/lift', ['operator']],
  ['GET', '/v1/recalls/{}/affected', readers],
  ['GET', '/v1/system', [...readers, 'admin']],
  ['GET', '/console', readers],
  ['GET', '/console/inbox', readers],
  ['GET', '/console/inbox/{}', readers],
  ['POST', '/console/inbox/{}', ['operator']],
  ['GET', '/console/units', readers],
  ['POST', '/console/units/find', readers],
  ['GET', '/console/units/{}/{}', readers],
  ['POST', '/console/units/{}/{}', ['operator']],
  ['GET', '/console/issue', ['issuer', 'operator']],
  ['POST', '/console/issue', ['issuer', 'operator']],
  ['GET', '/console/issue/{}', ['issuer', 'operator']],
  ['POST', '/console/issue/{}', ['issuer', 'operator']],
  ['GET', '/console/import', ['issuer', 'operator']],
  ['POST', '/console/import', ['issuer', 'operator']],
  ['GET', '/console/recalls', readers],
  ['GET', '/console/recalls/new', ['operator']],
  ['POST', '/console/recalls/new', ['operator']],
  ['GET', '/console/recalls/{}', readers],
  ['POST', '/console/recalls/{}', ['operator']],
  ['GET', '/console/products', readers],
  ['GET', '/console/products/new', ['operator']],
  ['POST', '/console/products/new', ['operator']],
  ['GET', '/console/products/{}', readers],
  ['POST', '/console/products/{}', ['operator']],
  ['POST', '/console/products/{}/lot', ['operator']],
  ['GET', '/console/credentials', ['admin']],
  ['GET', '/console/credentials/new', ['admin']],
  ['POST', '/console/credentials/new', ['admin']],
  ['GET', '/console/credentials/{}', ['admin']],
  ['POST', '/console/credentials/{}', ['admin']],
  ['GET', '/console/keys', readers],
  ['GET', '/console/system', [...readers, 'admin']],
  ['GET', '/console/copies', readers],
  ['GET', '/console/stolen', readers],
  ['GET', '/console/export/inbox', readers],
  ['GET', '/console/export/verifications', readers],
  ['GET', '/console/export/recalls', readers],
  ['GET', '/console/export/products', readers],
  ['GET', '/console/export/keys', readers],
  ['GET', '/console/export/issues', ['issuer', ...readers]],
  ['GET', '/console/export/credentials', ['admin']],
  ['POST', '/console/stolen', ['operator']],
  ['POST', '/v1/reports', everybody],
  ['GET', '/v1/notices', readers],
  ['GET', '/v1/notices/{}', readers],
  ['POST', '/v1/notices/{}/close', ['operator']],
  ['GET', '/v1/tallies', readers],
  ['GET', '/service', ['service']],
  ['POST', '/service/many', ['service']],
  ['GET', '/service/{}/{}', ['service']],
  ['POST', '/service/{}/{}', ['service']],
  ['GET', '/retail', ['retailer']],
  ['POST', '/retail', ['retailer']],
  ['GET', '/retail/scanner', ['retailer']],
  ['GET', '/v1/signer', ['issuer', 'operator', 'auditor']],
  ['GET', '/v1/issues', ['issuer', 'operator', 'auditor']],
  ['POST', '/v1/issues', ['issuer', 'operator']],
  ['GET', '/v1/issues/{}', ['issuer', 'operator', 'auditor']],
  ['DELETE', '/v1/issues/{}', ['issuer', 'operator']],
  ['POST', '/v1/issues/{}/register', ['issuer', 'operator']],
  ['GET', '/v1/issues/{}/labels', ['issuer', 'operator']],
  ['GET', '/v1/issues/{}/cards', ['issuer', 'operator']],
  ['POST', '/v1/manifests', ['issuer', 'operator']],
];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];
let gateway;
let staff;
let serial;
const keys = { public: '', owner: ownerSecret() };

before(async () => {
  const world = new World();
  [, serial] = /\/21\/([^?]+)/.exec(world.paths[0]);
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const routes = [...readFileSync(join(tree, 'gateway/http/routes.c'), 'utf8')
  .matchAll(/\{((?:METHOD_\w+[ |]*)+),\s*"([^"]+)"/g)]
  .flatMap(([, set, pattern]) => [...set.matchAll(/METHOD_(\w+)/g)].map(([, method]) => `${method} ${pattern}`));

test('the table is about the routes that there are', () => {
  assert.ok(routes.length > 10);
  assert.deepEqual([...routes].sort(), expected.map(([method, pattern]) => `${method} ${pattern}`).sort());
});

const values = [gtin, () => serial];
function pathOf(pattern) {
  if (pattern === '/01/{*}') return `/01/${gtin}/21/${serial}`;
  if (pattern === '/assets/{*}') return '/assets/any/staff.css';
  let at = 0;
  return pattern.replaceAll('{}', () => {
    const value = values[at++];
    return typeof value === 'function' ? value() : value;
  });
}

function rolesOf(method, pattern) {
  const row = expected.find(([m, p]) => p === pattern && (m === method || (m === 'GET' && method === 'HEAD')));
  return row?.[2];
}

// A body that every handler refuses for what it says, after letting its sender in.
const bodyOf = (method, pattern) => {
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE' || /\/(lift|issues\/\{\}\/register)$/.test(pattern)) return [undefined, {}];
  if (/^\/(console|retail|service)/.test(pattern)) return ['x', { 'content-type': 'application/x-www-form-urlencoded' }];
  if (pattern === '/v1/manifests') return ['x', { 'content-type': 'text/csv' }];
  if (/^\/(register|redeem|recover|report|owner)/.test(pattern)) return ['x', { 'content-type': 'application/x-www-form-urlencoded' }];
  return ['{"nothing": "that any address takes"}', { 'content-type': 'application/json' }];
};

function statusFor(roles, role) {
  if (roles === undefined) return 405;
  if (roles.includes(role)) return 'in';
  return role === 'public' ? 401 : 403;
}

function checkRefusal(answer, method, line) {
  if (answer.status === 401 || answer.status === 403)
    assert.match(answer.headers.get('www-authenticate'), /^Bearer /, line);
  if (method !== 'HEAD')
    assert.equal(answer.json.code, { 401: 'unauthorized', 403: 'denied', 405: 'method_not_allowed' }[answer.status], line);
}

// Kept by others than the client: only what is the same for everybody.
const cached = /^\/(assets\/|v1\/keys$|\.well-known\/jwks\.json$|openapi\.json$)/;

// Of every answer, whatever it says.
function checkProtection({ headers }, path, line) {
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'], ['referrer-policy', 'same-origin'], ['x-frame-options', 'DENY'],
    ['cross-origin-opener-policy', 'same-origin'], ['cross-origin-resource-policy', 'same-origin'],
  ])
    assert.equal(headers.get(name), value, line);
  const policy = headers.get('content-security-policy');
  const page = /^text\/html/.test(headers.get('content-type') ?? '');
  if (page) assert.match(policy, /^default-src 'none'; .*base-uri 'none'; frame-ancestors 'none'/, line);
  else assert.equal(policy, "default-src 'none'; frame-ancestors 'none'", line);
  assert.doesNotMatch(policy, /'unsafe-(inline|eval)'|\*|https?:/, line);
  const camera = /camera=\(self\)/.test(headers.get('permissions-policy'));
  assert.equal(camera, policy.includes("'wasm-unsafe-eval'"), line);
  assert.match(headers.get('permissions-policy'), /geolocation=\(\), microphone=\(\)/, line);
  if (!cached.test(path)) assert.match(headers.get('cache-control'), /no-store/, line);
}

test('every route, method and role: nothing unexpected is allowed', async () => {
  let asked = 0;
  for (const pattern of new Set(expected.map(([, p]) => p)))
    for (const method of methods)
      for (const role of everybody) {
        const [body, headers] = bodyOf(method, pattern);
        const line = `${role}: ${method} ${pattern}`;
        const answer = await staff.call(keys[role], method, pathOf(pattern), body, headers);
        const status = statusFor(rolesOf(method, pattern), role);
        asked += 1;
        checkProtection(answer, pathOf(pattern), line);
        if (status === 'in') {
          assert.ok(![401, 405, 500].includes(answer.status), `${line}: ${answer.status} ${answer.text}`);
          assert.notEqual(answer.json?.detail, `This address is not for the role ${role}`, line);
          continue;
        }
        assert.equal(answer.status, status, `${line}: ${answer.text}`);
        checkRefusal(answer, method, line);
      }
  assert.equal(asked, new Set(expected.map(([, p]) => p)).size * methods.length * everybody.length);
});

const badKeys = [
  ['unknown', () => unknownKey()],
  ['a slip of the pen', () => keys.admin.replace(/.$/, (c) => (c === '0' ? '1' : '0'))],
  ['another secret for a known id', () => {
    const other = unknownKey();
    return `${keys.admin.slice(0, 15)}${other.slice(15)}`;
  }],
  ['cut', () => keys.admin.slice(0, -1)],
  ['longer', () => `${keys.admin}0`],
  ['lower case', () => keys.admin.toLowerCase()],
  ['twice', () => `${keys.admin} ${keys.admin}`],
  ['an owner secret with a slip', () => keys.owner.replace(/.$/, (c) => (c === '0' ? '1' : '0'))],
  ['the claim code of a card', () => '7K3M9Q2XBT'],
  ['empty', () => ' '],
];

test('a key that is no good is 401 everywhere, also where the public may ask', async () => {
  for (const [label, key] of badKeys)
    for (const path of ['/', '/v1/keys', '/v1/credentials', `/v1/units/${gtin}/${serial}`, '/v1/units/x/y']) {
      const answer = await staff.call(key(), 'GET', path);
      assert.equal(answer.status, 401, `${label}: ${path}`);
      assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/, label);
    }
});

test('who may not ask learns nothing about what is there', async () => {
  const ask = (key, unit) => staff.call(key, 'GET', `/v1/units/${gtin}/${unit}`);
  for (const key of ['', keys.owner, unknownKey()]) {
    const there = await ask(key, serial);
    const notThere = await ask(key, '000000000000');
    assert.deepEqual([there.status, there.text], [notThere.status, notThere.text]);
  }
});

test('a browser without a key gets a page', async () => {
  const answer = await staff.call('', 'GET', '/v1/credentials', undefined, { accept: 'text/html' });
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('content-type'), /^text\/html/);
  assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
});
