// SPDX-License-Identifier: Apache-2.0
// The console's pages about recalls, products, credentials, keys and the gateway, through HTTP.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, assay } from '../e2e/gateway.mjs';
import { Staff, staffRoles } from '../http/staff.mjs';
import { World, gtin } from '../http/world.mjs';

const hostile = '<script>alert(1)</script> "\'><img src=x onerror=alert(2)>';
const escaped = '&#60;script&#62;alert(1)&#60;/script&#62;';
let world;
let gateway;
let staff;
let serials;
const keys = {};

before(async () => {
  world = new World();
  world.issue('plant-a', 'keeping', 12);
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  serials = (await json(`/v1/units?gtin=${gtin}`)).units.map((unit) => unit.serial);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
  const checked = assay('check', '--data', world.data);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
});

async function ask(method, path, status, key, fields) {
  const answer = await fetch(gateway.base + path, {
    method, redirect: 'manual', body: fields && new URLSearchParams(fields),
    headers: { authorization: `Bearer ${key}`, accept: 'text/html' },
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${/<div class="problem".*?<\/div>/s.exec(text)?.[0] ?? text.slice(0, 400)}`);
  assert.ok(!text.includes('<script>alert') && !text.includes('<img src=x'), path);
  assert.match(answer.headers.get('cache-control'), /no-store/, path);
  return { text, location: answer.headers.get('location') };
}
const get = async (path, status = 200, key = keys.operator) => (await ask('GET', path, status, key)).text;
const post = (path, fields, status, key = keys.operator) => ask('POST', path, status, key, fields);
const json = async (path, key = keys.operator) => (await staff.call(key, 'GET', path)).json;
const marked = (text) => [...text.matchAll(/id="f-([a-z_0-9]+)"[^>]*aria-invalid="true"/g)].map(([, name]) => name);
const value = (text, name) => new RegExp(` name="${name}"[^>]* value="([^"]*)"`).exec(text)?.[1];

test('a recall: counted, confirmed by what is typed, opened once, lifted', async () => {
  const at = '/console/recalls/new';
  const form = { id: 'R-1', gtin, serial_from: serials[2], serial_to: serials[5], stop_use: 'yes', text: `${hostile}\r\nDo not charge it.`,
    language_1: 'de', text_1: 'Nicht laden.', link: 'https://example.com/r', once: 'r1' };
  const { text } = await post(at, form, 200);
  assert.match(text, /class="stat">4</);
  assert.ok(text.includes(escaped));
  assert.equal(value(text, 'serial_from'), serials[2]);
  assert.equal(value(text, 'language_0'), 'de');
  assert.deepEqual((await json('/v1/recalls')).recalls, []);
  for (const confirm of ['3', 'R-2', '04', 'yes']) {
    const refused = await post(at, { ...form, confirm }, 400);
    assert.match(refused.text, /class="stat">4</);
  }
  assert.deepEqual((await json('/v1/recalls')).recalls, []);
  const edit = await post(at, { ...form, edit: '1', confirm: '4' }, 200);
  assert.doesNotMatch(edit.text, /class="stat"/);
  assert.equal(value(edit.text, 'link'), 'https://example.com/r');
  assert.equal((await post(at, { ...form, confirm: '4' }, 303)).location, '/console/recalls/R-1?done=opened');
  assert.equal((await post(at, { ...form, confirm: '4' }, 303)).location, '/console/recalls/R-1?done=opened');
  await post(at, { ...form, once: 'other', confirm: 'R-1' }, 409);
  const stored = await json('/v1/recalls/R-1');
  assert.deepEqual([stored.version, stored.stop_use, stored.text.includes('Do not charge it.'), stored.texts], [1, true, true, [{ language: 'de', text: 'Nicht laden.' }]]);

  const page = '/console/recalls/R-1';
  assert.match(await get(`${page}?count=1`, 200, keys.auditor), /<strong>4<\/strong>/);
  assert.doesNotMatch(await get(page), /<strong>4<\/strong>/);
  assert.doesNotMatch(await get(page, 200, keys.auditor), /method="post"/);
  assert.ok((await get('/console/recalls')).includes('R-1'));
  const whole = { ...form, id: 'R-WHOLE', once: 'whole' };
  for (const limit of ['lot', 'serial_from', 'serial_to', 'made_from', 'made_to']) delete whole[limit];
  const [, units] = /class="stat">(\d+)</.exec((await post('/console/recalls/new', whole, 200)).text);
  await post('/console/recalls/new', { ...whole, confirm: units }, 303);
  assert.match(await get('/console/recalls'), /R-WHOLE.*?<li>Every unit of the product<\/li>/s);
  for (const confirm of ['', 'R', 'r-1']) await post(page, { confirm, version: '1' }, 400);
  await post(page, { confirm: 'R-1', version: '2' }, 409);
  assert.equal((await post(page, { confirm: 'R-1', version: '1' }, 303)).location, '/console/recalls/R-1?done=lifted');
  assert.match(await get(`${page}?count=1`), /<strong>4<\/strong>/);
  assert.doesNotMatch(await get(page), /name="confirm"/);
  await post(page, { confirm: 'R-1', version: '2' }, 409);
});

test('a recall that is refused keeps what was typed, and marks the field', async () => {
  const good = { id: 'R-7', gtin, text: 'hot' };
  const rows = [
    [{ id: 'R 7' }, 'id'], [{ gtin: '09506000134353' }, 'gtin'], [{ text: '' }, 'text'], [{ link: 'http://x.example.com' }, 'link'],
    [{ made_from: '2026-02-30' }, 'made_from'], [{ lot: 'ü' }, 'lot'], [{ language_3: 'german!', text_3: 'heiß' }, 'language_0'], [{ language_2: 'de' }, 'text_0'],
  ];
  for (const [fields, wrong] of rows) {
    const { text } = await post('/console/recalls/new', { ...good, ...fields, confirm: 'R-7' }, 400);
    assert.deepEqual(marked(text), [wrong], JSON.stringify(fields));
    assert.match(text, /This needs a correction/);
  }
  const unknown = await post('/console/recalls/new', { ...good, gtin: '09506000134376', lot: 'L9' }, 422);
  assert.deepEqual([marked(unknown.text), value(unknown.text, 'lot')], [['gtin'], 'L9']);
  await post('/console/recalls/new', { ...good, text: 'x'.repeat(1100) }, 400);
  await post('/console/recalls/new', {}, 400);
  assert.equal((await staff.call(keys.operator, 'GET', '/v1/recalls/R-7')).status, 404);
});

test('a product has its own limits of copying', async () => {
  const other = '09506000134376';
  const form = { gtin: other, name: 'Lathe', sessions: '60', travel: 'off', stock: '9', once: 'c1' };
  await post('/console/products/new', form, 303);
  assert.deepEqual((await json(`/v1/products/${other}`)).copy_limits, { sessions: 60, travel: 'off', stock: 9 });
  const page = `/console/products/${other}`;
  const shown = await get(page);
  assert.deepEqual(['sessions', 'travel', 'stock', 'retired'].map((name) => value(shown, name)), ['60', 'off', '9', '']);
  for (const [name, typed] of [['retired', '0'], ['unshipped', 'on'], ['two_owners', '99999']])
    assert.deepEqual(marked((await post(page, { ...form, version: '1', [name]: typed, once: `c-${name}` }, 400)).text), [name]);
  await post(page, { ...form, version: '1', sessions: '', travel: '', stock: '', once: 'c2' }, 303);
  assert.equal((await json(`/v1/products/${other}`)).copy_limits, undefined);
});

test('a product: new, changed, its promises added and removed, a conflict shown', async () => {
  const other = '09506000134369';
  const form = { gtin: other, name: hostile.slice(0, 50), brand: 'Norrland', markets: 'DE, AT', offset_minutes: '-60', returns_from_any: 'yes',
    id_0: 'one', title_0: 'One year', months_0: '12', starts_0: 'sale, shipment', covers_0: 'parts', requires_activation_0: 'yes', once: 'p1' };
  assert.equal((await post('/console/products/new', form, 303)).location, `/console/products/${other}?done=product`);
  const stored = await json(`/v1/products/${other}`);
  assert.deepEqual(stored.entitlements, [{ id: 'one', title: 'One year', starts: ['sale', 'shipment'], months: 12, requires_activation: true, covers: 'parts' }]
    .map((one) => ({ ...stored.entitlements[0], ...one })));
  assert.deepEqual([stored.markets, stored.offset_minutes, stored.returns_from_any, stored.activation_before_sale], [['DE', 'AT'], -60, true, false]);
  const page = `/console/products/${other}`;
  const shown = await get(page);
  assert.deepEqual([value(shown, 'version'), value(shown, 'title_0'), value(shown, 'title_1'), value(shown, 'markets')], ['1', 'One year', '', 'DE AT']);
  assert.ok(shown.includes(escaped));
  assert.match(shown, /name="remove_0"/);
  assert.doesNotMatch(shown, /name="remove_1"/);

  const two = { ...form, version: '1', once: 'p2', id_1: 'two', title_1: 'Battery', months_1: '6', starts_1: 'sale' };
  await post(page, two, 303);
  assert.deepEqual((await json(`/v1/products/${other}`)).entitlements.map(({ id }) => id), ['one', 'two']);
  await post(page, { ...two, version: '2', remove_0: 'yes', once: 'p3' }, 303);
  assert.deepEqual((await json(`/v1/products/${other}`)).entitlements.map(({ id }) => id), ['two']);

  const late = await post(page, { ...form, name: 'Sander', brand: 'Other', version: '2', once: 'p4' }, 409);
  assert.match(late.text, /Somebody was faster/);
  assert.match(late.text, /name="brand"[^>]*value="Other".*?Stored now: <strong><bdi>Norrland/s);
  assert.equal(value(late.text, 'version'), '3');
  await post(page, { ...form, name: 'Sander', version: '3', once: 'p5' }, 303);
  await post('/console/products/new', { ...form, once: 'p6' }, 409);
  assert.equal((await json(`/v1/products/${other}`)).version, 4);
});

test('a product that is refused keeps what was typed, and marks the field', async () => {
  const row = { id_3: 'one', title_3: 'One', months_3: '12', starts_3: 'sale' };
  const rows = [
    [{ name: '' }, 'name'], [{ support: 'x' }, 'support'], [{ offset_minutes: 'late' }, 'offset_minutes'], [{ offset_minutes: '900' }, 'offset_minutes'],
    [{ markets: 'Germany' }, 'markets'], [{ ...row, months_3: '0' }, 'months_0'], [{ ...row, months_3: '1.5' }, 'months_0'],
    [{ ...row, starts_3: 'birthday' }, 'starts_0'], [{ ...row, id_5: 'two', title_5: 'Two', months_5: '' , starts_5: 'sale' }, 'months_1'],
  ];
  const good = { gtin, name: 'Drill', version: '1' };
  for (const [fields, wrong] of rows) {
    const { text } = await post(`/console/products/${gtin}`, { ...good, ...fields }, 400);
    assert.deepEqual(marked(text), [wrong], JSON.stringify(fields));
    assert.match(text, /id="problem"[^>]*>\s*<p><strong>[^<]+<\/strong><\/p>\s*<p><bdi>[A-Z][^<]*<\/bdi><\/p>\s*<\/div>/, 'one sentence, no pointer');
    for (const [name, typed] of Object.entries(fields)) if (!/_\d$/.test(name)) assert.equal(value(text, name), typed);
  }
  await post(`/console/products/${gtin}`, { ...good, gtin: '09506000134369' }, 400);
  await post(`/console/products/${gtin}`, { ...good, name: 'x'.repeat(2000) }, 400);
  assert.equal((await json(`/v1/products/${gtin}`)).version, 1);
  const looking = await get(`/console/products/${gtin}`, 200, keys.auditor);
  assert.doesNotMatch(looking, /method="post"|<button(?! class="quiet")[^>]*>Save/);
  await get('/console/products/0950600013435', 404);
});

test('a lot: looked up, added, changed', async () => {
  const page = `/console/products/${gtin}`;
  assert.match(await get(`${page}?lot=LX`), /Nothing is stored of this lot yet/);
  await post(`${page}/lot`, { lot: 'LX', made_on: '2026-01-02', version: '0', once: 'l1' }, 303);
  const shown = await get(`${page}?lot=LX`);
  assert.deepEqual([value(shown, 'made_on'), value(shown, 'lot')], ['2026-01-02', 'LX']);
  const late = await post(`${page}/lot`, { lot: 'LX', made_on: '2026-01-03', version: '0' }, 409);
  assert.equal(value(late.text, 'made_on'), '2026-01-03');
  assert.match(late.text, /Stored now: <strong><bdi>2026-01-02/);
  const wrong = await post(`${page}/lot`, { lot: 'LX', made_on: '2026-01-03', expires_on: '2025-01-01', version: '1' }, 400);
  assert.deepEqual(marked(wrong.text), ['expires_on']);
  await post(`${page}/lot`, { lot: '' }, 400);
  await post(`${page}/lot`, { lot: 'LX', expires_on: '2030-01-01', version: '1' }, 303);
  assert.deepEqual(await json(`/v1/lots/${gtin}/LX`), { gtin, lot: 'LX', version: 2, expires_on: '2030-01-01' });
});

test('a credential: its key is shown once; another key, signing out, revoking', async () => {
  const at = '/console/credentials/new';
  const form = { role: 'retailer', name: hostile.slice(0, 60), organisation: 'Shop', locations: 'b-1, b-2', expires_at: '2099-12-31', once: 'c1' };
  const { text } = await post(at, form, 201, keys.admin);
  const [, key] = /value="(assay_[0-9A-Z_]+)"/.exec(text);
  const id = key.slice(6, 14);
  assert.equal((await staff.call(key, 'GET', '/v1/products')).status, 200);
  const again = await post(at, form, 409, keys.admin);
  assert.ok(!again.text.includes(key));
  const page = `/console/credentials/${id}`;
  const stored = await json(`/v1/credentials/${id}`, keys.admin);
  assert.deepEqual([stored.locations, stored.expires_at, stored.sessions], [['b-1', 'b-2'], '2099-12-31T23:59:59Z', 0]);
  for (const path of [page, '/console/credentials']) {
    const shown = await get(path, 200, keys.admin);
    assert.ok(shown.includes(escaped) && !shown.includes(key.slice(15)), path);
  }

  const signIn = () => fetch(`${gateway.base}/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key }) });
  const cookies = [];
  for (let at_ = 0; at_ < 2; at_++) cookies.push((await signIn()).headers.get('set-cookie').split(';')[0]);
  const isIn = async (cookie) => (await fetch(`${gateway.base}/v1/session`, { headers: { cookie } })).status === 200;
  assert.equal((await json(`/v1/credentials/${id}`, keys.admin)).sessions, 2);
  assert.equal((await post(page, { do: 'sign_out' }, 303, keys.admin)).location, `${page}?done=signed_out`);
  assert.deepEqual([await isIn(cookies[0]), await isIn(cookies[1])], [false, false]);
  assert.equal((await json(`/v1/credentials/${id}`, keys.admin)).sessions, 0);
  assert.equal((await staff.call(key, 'GET', '/v1/products')).status, 200);

  const rotated = await post(page, { do: 'rotate', grace_seconds: '0', once: 'c2' }, 201, keys.admin);
  const [, second] = /value="(assay_[0-9A-Z_]+)"/.exec(rotated.text);
  assert.deepEqual([(await staff.call(key, 'GET', '/v1/products')).status, (await staff.call(second, 'GET', '/v1/products')).status], [401, 200]);
  await post(page, { do: 'rotate', grace_seconds: '-1' }, 400, keys.admin);
  for (const bad of [{}, { do: 'explode' }, { do: 'revoke' }, { do: 'revoke', confirm: id.toLowerCase() }]) await post(page, bad, 400, keys.admin);
  assert.equal((await staff.call(second, 'GET', '/v1/products')).status, 200);
  await post(page, { do: 'revoke', confirm: id }, 303, keys.admin);
  await post(page, { do: 'rotate', grace_seconds: '0' }, 409, keys.admin);
  assert.equal((await staff.call(second, 'GET', '/v1/products')).status, 401);
  assert.doesNotMatch(await get(page, 200, keys.admin), /value="(rotate|revoke)"/);
  for (const [fields, wrong] of [[{ role: 'owner' }, ['role']], [{ role: '' }, ['role']], [{ name: '' }, ['f-name']], [{ expires_at: '2001-01-01' }, ['f-expires_at']]]) {
    const refused = await post(at, { ...form, once: '', ...fields }, 400, keys.admin);
    const invalid = [...refused.text.matchAll(/id="([a-z_0-9-]+)"[^>]*aria-invalid="true"/g)].map(([, name]) => name);
    assert.deepEqual(invalid, wrong, JSON.stringify(fields));
  }
});

test('keys and system tell what they know, and no secret and no path', async () => {
  const shown = await get('/console/keys', 200, keys.auditor);
  const [key] = (await json('/v1/system')).keyset.keys;
  for (const part of ['plant-a', key.kid, 'assay keys revoke NAME --compromised-since', '/.well-known/jwks.json']) assert.ok(shown.includes(part), part);
  for (const role of ['operator', 'auditor', 'admin']) {
    const text = await get('/console/system', 200, keys[role]);
    assert.match(text, /badge caution">None was made yet/);
    for (const secret of [world.data, world.directory, 'passphrase', 'lmdb']) assert.ok(!text.includes(secret), secret);
  }
  for (const role of ['service', 'retailer', 'issuer']) {
    await get('/console/system', 403, keys[role]);
    await get('/console/credentials', 403, keys[role]);
  }
  const made = assay('backup', join(world.directory, 'copy'), '--data', world.data);
  assert.equal(made.code, 0, made.stderr);
  const text = await get('/console/system', 200, keys.auditor);
  assert.match(text, /badge ok">Days since the last one: 0/);
  assert.ok(text.includes((await json('/v1/system')).backup.made_at));
  assert.doesNotMatch(text, /None was made/);
  assert.doesNotMatch(await get('/console/system', 200, keys.admin), /href="\/console\/(units|keys)"/);
});

test('lists as files: every row of every page, and nothing that a spreadsheet would run', async () => {
  const file = async (list, status = 200, key = keys.operator) => {
    const answer = await staff.call(key, 'GET', `/console/export/${list}`);
    assert.equal(answer.status, status, answer.text);
    if (status === 200) assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
    return answer.text;
  };
  const before = (await json('/v1/recalls')).recalls.length;
  const more = 120;
  for (let i = 0; i < more; i += 1) {
    const made = await staff.call(keys.operator, 'POST', '/v1/recalls', { id: `X-${i}`, gtin, serial_from: 'ZZ', text: '=1+1' });
    assert.equal(made.status, 201, made.text);
  }
  const lines = (await file('recalls')).trimEnd().split('\n');
  assert.equal(lines[0].split(',')[0], 'id');
  const mine = lines.filter((line) => line.startsWith('X-'));
  assert.equal(new Set(mine.map((line) => line.split(',')[0])).size, more);
  assert.equal(lines.length - 1, before + more);
  for (const line of mine) assert.ok(line.includes(",'=1+1,") && line.includes(`"=""${gtin}"""`), line);

  const rows = [
    ['inbox', 'reference,kind,'], ['verifications', 'day,verdicts.ok,'], ['products', 'gtin,item,'],
    ['keys', 'name,kid,'], ['issues', 'id,gtin,'],
  ];
  for (const [list, head] of rows) assert.ok((await file(list)).startsWith(head), list);
  assert.match(await file('keys'), /\nplant-a,/);
  const all = (await file('credentials', 200, keys.admin)).trimEnd().split('\n');
  assert.equal(all.length - 1, (await staff.call(keys.admin, 'GET', '/v1/credentials')).json.credentials.length);
  for (const path of ['inbox?kind=nothing', 'recalls?limit=1', 'verifications?from=soon', 'inbox?cursor=x']) {
    await file(path, 400);
  }
  await file('secrets', 404);
});
