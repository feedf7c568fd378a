// SPDX-License-Identifier: Apache-2.0
// Signing in with a browser, from outside: the cookie, the form, where it leads, and what another
// site cannot do with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { Staff, unknownKey } from './staff.mjs';
import { World, gtin, must } from './world.mjs';

const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const ours = { 'sec-fetch-site': 'same-origin' };
const homes = {
  service: '/service', retailer: '/retail', issuer: '/console/issue', operator: '/console', auditor: '/console', admin: '/console/credentials',
};
let world;
let gateway;
let staff;
const keys = {};

before(async () => {
  world = new World();
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of Object.keys(homes)) keys[role] = await staff.key(role);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function ask(method, path, headers = {}, body = undefined, base = gateway.base) {
  const answer = await fetch(base + path, { method, headers, body, redirect: 'manual' });
  return { status: answer.status, headers: answer.headers, text: await answer.text(), set: answer.headers.getSetCookie?.() ?? [answer.headers.get('set-cookie')].filter(Boolean) };
}

const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const send = (path, fields, headers = {}) =>
  ask('POST', path, { ...html, ...ours, ...formType, ...headers }, new URLSearchParams(fields).toString());
const nameAndValue = (answer) => answer.set[0].split(';')[0];

// Signs in by the form, and gives the cookie.
async function signIn(key, fields = {}, headers = {}) {
  const answer = await send('/sign-in', { key, ...fields }, headers);
  assert.equal(answer.status, 303, answer.text);
  return nameAndValue(answer);
}

async function session(cookie, base) {
  const answer = await ask('GET', '/v1/session', { cookie }, undefined, base);
  return { status: answer.status, ...(answer.status === 200 ? JSON.parse(answer.text) : {}) };
}

test('the story: sign in, read, sign out, and the cookie is dead', async () => {
  const start = await ask('GET', '/console/units', html);
  assert.deepEqual([start.status, start.headers.get('location')], [303, '/sign-in?next=%2Fconsole%2Funits']);
  const form = await ask('GET', start.headers.get('location'), html);
  assert.equal(form.status, 200);
  assert.equal(form.headers.get('cache-control'), 'no-store');
  assert.match(form.text, /<form[^>]* method="post" action="\/sign-in">/);
  assert.match(form.text, /name="key" type="password" autocomplete="current-password"/);
  assert.match(form.text, /name="next" value="\/console\/units"/);
  assert.doesNotMatch(form.text, /signed out/);
  assert.deepEqual(form.set, []);

  const sent = await send('/sign-in', { key: ` ${keys.operator}\t`, next: '/console/units' });
  assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/console/units']);
  assert.equal(sent.set.length, 1);
  assert.match(sent.set[0], /^assay=[0-9A-HJKMNP-TV-Z]{8}\.[0-9A-HJKMNP-TV-Z]{26}; Path=\/; HttpOnly; SameSite=Strict$/);
  const cookie = nameAndValue(sent);
  assert.ok(!sent.text.includes(keys.operator));

  const report = await ask('GET', '/v1/units', { cookie });
  assert.equal(report.status, 200);
  assert.ok(JSON.parse(report.text).units.length >= 3);
  assert.equal(report.headers.get('cache-control'), 'no-store');
  assert.deepEqual(report.set, []);
  const again = await ask('GET', '/sign-in?next=/console/units', { ...html, cookie });
  assert.deepEqual([again.status, again.headers.get('location')], [303, '/console/units']);

  const { csrf, role } = await session(cookie);
  assert.equal(role, 'operator');
  const out = await send('/sign-out', { csrf }, { cookie });
  assert.deepEqual([out.status, out.headers.get('location')], [303, '/sign-in']);
  assert.deepEqual(out.set, ['assay=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0']);
  assert.equal(out.headers.get('clear-site-data'), '"cache"');
  for (const path of ['/v1/units', '/v1/session']) assert.equal((await ask('GET', path, { cookie })).status, 401);
  const gone = await ask('GET', '/console/units', { ...html, cookie });
  assert.deepEqual([gone.status, gone.headers.get('location'), gone.set], [303, '/sign-in?next=%2Fconsole%2Funits', []]);
  const told = await ask('GET', gone.headers.get('location'), { ...html, cookie });
  assert.match(told.text, /You were signed out/);
  assert.deepEqual(told.set, ['assay=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0']);
});

test('each role has its own page', async () => {
  for (const [role, home] of Object.entries(homes)) {
    const sent = await send('/sign-in', { key: keys[role] });
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, home], role);
  }
});

// What `next` may not be: then the role's page is meant.
const elsewhere = [
  'https://evil.example/', '//evil.example', '//evil.example/console', '/\\evil.example', '\\\\evil.example',
  '/\t/evil.example', '/\n/evil.example', '/\r\n/evil.example', '\t//evil.example', ' //evil.example', 'javascript:alert(1)',
  'data:text/html,x', 'console', '', '.', '?next=/console', 'http:/console', '/console\u0000', '/console\u0085', '/c\u00f6nsole',
  '/console\r\nSet-Cookie: a=b', '/console space', '/..\\evil', '/sign-in', '/sign-in?next=/sign-in', '/sign-out', `/${'x'.repeat(700)}`,
];
const here = ['/console', '/console/units?lot=A%201&q=%2F%2Fevil', '/retail#top', '/x//y', '/@evil.example', '/01/09506000134352/21/A'];

test('it leads to no other place than ours', async () => {
  for (const next of elsewhere) {
    const sent = await send('/sign-in', { key: keys.service, next });
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/service'], JSON.stringify(next));
    const cookie = nameAndValue(sent);
    const shown = await ask('GET', `/sign-in?next=${encodeURIComponent(next)}`, { ...html, cookie });
    assert.deepEqual([shown.status, shown.headers.get('location')], [303, '/service'], JSON.stringify(next));
    const form = await ask('GET', `/sign-in?next=${encodeURIComponent(next)}`, html);
    assert.match(form.text, /name="next" value=""/, JSON.stringify(next));
  }
  for (const next of here) {
    const sent = await send('/sign-in', { key: keys.service, next });
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, next]);
  }
  const hostile = await ask('GET', `/sign-in?next=${encodeURIComponent('/"><script>')}`, html);
  assert.ok(!hostile.text.includes('<script>'));
  const twice = await send('/sign-in', [['key', keys.service], ['next', '/retail'], ['next', '/console']]);
  assert.equal(twice.headers.get('location'), '/service');
});

test('a wrong key gets the form again, with a sentence', async () => {
  const wrong = [unknownKey(), 'x', keys.admin.toLowerCase(), `${keys.admin}0`, 'x'.repeat(1000), keys.admin.slice(0, 15)];
  for (const key of wrong) {
    const sent = await send('/sign-in', { key, next: '/console/units' });
    assert.equal(sent.status, 401, key);
    assert.match(sent.headers.get('www-authenticate'), /^Bearer /);
    assert.match(sent.text, /role="alert">This key is not known/);
    assert.match(sent.text, /name="next" value="\/console\/units"/);
    assert.deepEqual(sent.set, []);
    if (key.length > 1) assert.ok(!sent.text.includes(key));
  }
  assert.equal((await send('/sign-in', [['key', keys.admin], ['key', keys.admin]])).status, 401);
  for (const fields of [{}, { key: '' }, { key: ' ' }]) {
    const sent = await send('/sign-in', fields);
    assert.equal(sent.status, 400);
    assert.match(sent.text, /role="alert">Type or paste your key/);
  }
});

test('the cookie is __Host- and Secure when the gateway is known by https', async () => {
  const other = new World();
  const key = must('credential', 'new', '--role', 'service', '--organisation', 'a', '--data', other.data).trim();
  const secure = await Gateway.start(other.data, undefined, ['--base-url', 'https://id.example.com']);
  try {
    const body = new URLSearchParams({ key }).toString();
    const sent = await ask('POST', '/sign-in', { ...html, ...formType, origin: 'https://id.example.com' }, body, secure.base);
    assert.equal(sent.status, 303, sent.text);
    assert.match(sent.set[0], /^__Host-assay=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    const cookie = nameAndValue(sent);
    assert.equal((await session(cookie, secure.base)).status, 200);
    assert.equal((await session(cookie.replace('__Host-', ''), secure.base)).status, 401);
    // Of a browser that sends no Sec-Fetch-Site only the Origin counts, and the name it was asked by does not.
    const out = (origin) => ask('DELETE', '/v1/session', { cookie, origin }, undefined, secure.base);
    assert.equal((await out(secure.base)).status, 403);
    assert.equal((await out('https://id.example.com')).status, 204);
  } finally {
    await secure.stop();
  }
});

test('another site cannot make a request in the name of who is signed in', async () => {
  const cookie = await signIn(keys.operator);
  const { csrf } = await session(cookie);
  const recall = JSON.stringify({ id: 'R-FORGED', gtin, text: 'x' });
  const json = { 'content-type': 'application/json' };
  const rows = [
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://blog.example.com' }, 403],
    [{ 'sec-fetch-site': 'none' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{}, 403],
    [{ origin: `http://localhost:${gateway.port}` }, 200],
    [ours, 200],
  ];
  for (const [headers, status] of rows) {
    const answer = await ask('POST', '/v1/recalls?dry_run=true', { cookie, ...json, ...headers }, recall);
    assert.equal(answer.status, status, JSON.stringify(headers));
    if (status === 403) assert.equal(JSON.parse(answer.text).code, 'forged');
    // Our own token does not help it, if it could know it.
    if (status === 403) assert.equal((await send('/sign-out', { csrf }, { cookie, 'sec-fetch-site': '', ...headers })).status, 403);
    assert.equal((await session(cookie)).status, 200);
  }
  const out = await send('/sign-out', { csrf }, { cookie, 'sec-fetch-site': '', origin: `http://localhost:${gateway.port}` });
  assert.deepEqual([out.status, (await session(cookie)).status], [303, 401]);
});

test('a form needs the token of its own session', async () => {
  const cookie = await signIn(keys.retailer);
  const { csrf } = await session(await signIn(keys.retailer));
  for (const fields of [{}, { csrf: '' }, { csrf }, { csrf: `${csrf}0` }, [['csrf', csrf], ['csrf', csrf]]]) {
    const answer = await send('/sign-out', fields, { cookie });
    assert.equal(answer.status, 403);
    assert.match(answer.headers.get('content-type'), /^text\/html/);
  }
  assert.equal((await session(cookie)).status, 200);
});

test('nobody is signed in by another site', async () => {
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': '', origin: 'https://evil.example' }]) {
    const sent = await send('/sign-in', { key: keys.service }, headers);
    assert.equal(sent.status, 403);
    assert.deepEqual(sent.set, []);
  }
});

test('a link from another site finds who is signed in', async () => {
  const cross = { ...html, 'sec-fetch-site': 'cross-site' };
  const first = await ask('GET', '/sign-in?next=%2Fconsole%2Funits%3Flot%3DA', cross);
  assert.equal(first.status, 200);
  const [, url] = /^0; url=(.*)$/.exec(first.headers.get('refresh'));
  assert.equal(url, '/sign-in?again=1&next=%2Fconsole%2Funits%3Flot%3DA');
  const cookie = await signIn(keys.operator);
  const second = await ask('GET', url, { ...html, ...ours, cookie });
  assert.deepEqual([second.status, second.headers.get('location')], [303, '/console/units?lot=A']);
  // And asks no more than once.
  assert.equal((await ask('GET', url, cross)).headers.get('refresh'), null);
  assert.equal((await ask('GET', '/sign-in', { ...html, ...ours })).headers.get('refresh'), null);
});

test('Authorization comes before the cookie', async () => {
  const cookie = await signIn(keys.service);
  const who = (authorization) => ask('GET', '/v1/credentials', { cookie, authorization });
  assert.equal((await who(`Bearer ${keys.admin}`)).status, 200);
  assert.equal((await who(`Bearer ${unknownKey()}`)).status, 401);
  assert.equal((await who('Basic YTpi')).status, 401);
  assert.equal((await ask('GET', '/v1/credentials', { cookie })).status, 403);
  assert.equal((await ask('GET', '/v1/keys', { cookie, authorization: `Bearer ${unknownKey()}` })).status, 401);
});

test('cookies that are none', async () => {
  const good = await signIn(keys.service);
  const other = await signIn(keys.admin);
  const rows = [
    `${good}; ${other}`, `${good}; ${good}`, `${good}x`, `${good}=`, good.replace('assay=', 'Assay='), good.replace('assay=', '__Host-assay='),
    `assay="${good.slice(6)}"`, 'assay', 'assay=', `assay=${'A'.repeat(4000)}`, `assay=${keys.admin}`, ';;;===', good.replace('.', '%2E'),
  ];
  for (const cookie of rows) {
    assert.equal((await session(cookie)).status, 401, cookie.slice(0, 100));
    const page = await ask('GET', '/', { ...html, cookie });
    assert.equal(page.status, 200, cookie.slice(0, 100));
  }
  assert.equal((await session(`a=b; ${good}; c="d e"`)).status, 200);
});

test('a public page is what it was, but for the cookie that is over', async () => {
  const cookie = await signIn(keys.service);
  const dead = `assay=00000000.${'0'.repeat(26)}`;
  const strip = ({ status, text, headers }) => [status, text, headers.get('cache-control')];
  for (const path of ['/', '/v1/keys', '/openapi.json']) {
    const plain = await ask('GET', path, html);
    for (const one of [cookie, dead]) {
      const answer = await ask('GET', path, { ...html, cookie: one });
      assert.deepEqual(strip(answer), strip(plain), path);
      // What a cache keeps for everybody takes nobody's cookie away.
      const cleared = one === dead && answer.headers.get('cache-control') === 'no-store';
      assert.equal(answer.set.length, cleared ? 1 : 0, path);
    }
  }
  const [label] = world.paths;
  const verdict = async (headers) => JSON.parse((await ask('GET', label, headers)).text);
  assert.equal((await verdict({})).record, undefined);
  assert.equal((await verdict({ cookie: dead })).record, undefined);
  assert.equal((await verdict({ cookie })).record.state, 'issued');
  // A request that another site made is the public's, where the public may ask.
  const code = JSON.stringify({ code: `https://id.example.com${label}` });
  const post = async (site) => JSON.parse((await ask('POST', '/v1/verify',
    { cookie, 'content-type': 'application/json', 'sec-fetch-site': site }, code)).text);
  assert.equal((await post('same-origin')).record.state, 'issued');
  assert.equal((await post('cross-site')).record, undefined);
  assert.equal((await post('cross-site')).verdict, 'ok');
});

test('signing out everywhere, by the form', async () => {
  const key = await staff.key('service');
  const browsers = [await signIn(key), await signIn(key), await signIn(key)];
  const bystander = await signIn(keys.service);
  const { csrf } = await session(browsers[1]);
  assert.equal((await send('/sign-out', { csrf, everywhere: '1' }, { cookie: browsers[1] })).status, 303);
  for (const cookie of browsers) assert.equal((await session(cookie)).status, 401);
  assert.equal((await session(bystander)).status, 200);
});

test('revoking and rotating a key reach who is signed in', async () => {
  const key = await staff.key('retailer');
  const at = `/v1/credentials/${key.slice(6, 14)}`;
  const old = await signIn(key);
  const rotated = await staff.call(staff.admin, 'POST', `${at}/rotate`, { grace_seconds: 4 });
  const next = await signIn(rotated.json.key);
  assert.deepEqual([(await session(old)).status, (await session(next)).status], [200, 200]);
  await new Promise((later) => setTimeout(later, 5100));
  assert.deepEqual([(await session(old)).status, (await session(next)).status], [401, 200]);
  assert.equal((await staff.call(staff.admin, 'DELETE', at)).status, 200);
  assert.equal((await session(next)).status, 401);
});

test('a page that is not there, or not for the role, is no matter of signing in', async () => {
  const cookie = await signIn(keys.service);
  assert.equal((await ask('GET', '/nowhere', html)).status, 404);
  assert.equal((await ask('GET', '/v1/credentials', { ...html, cookie })).status, 403);
  assert.equal((await ask('GET', '/v1/credentials', html)).status, 401);
  assert.equal((await ask('POST', '/sign-out', { ...html, ...formType }, 'csrf=')).headers.get('location'), '/sign-in');
});

test('a gateway that is killed and started again knows who is signed in', async () => {
  const cookie = await signIn(keys.operator);
  await gateway.stop('SIGKILL');
  gateway = await Gateway.start(world.data, gateway.port);
  staff.gateway = gateway;
  assert.equal((await session(cookie)).role, 'operator');
  assert.equal((await ask('GET', '/v1/units', { cookie })).status, 200);
});

test('too many wrong keys are told to wait, and a right one is not', async () => {
  let answer;
  for (let i = 0; i < 300; i++) {
    answer = await send('/sign-in', { key: unknownKey() });
    if (answer.status === 429) break;
    assert.equal(answer.status, 401);
  }
  assert.equal(answer.status, 429);
  assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/);
  assert.match(answer.text, /Too many wrong keys/);
  await signIn(keys.admin);
});
