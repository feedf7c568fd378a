// SPDX-License-Identifier: Apache-2.0
// The service desk through HTTP: what it answers, forms, two technicians at one unit, hostile text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, assay, tree } from '../e2e/gateway.mjs';
import { Staff, ownerSecret, staffRoles } from '../http/staff.mjs';
import { World, gtin } from '../http/world.mjs';

const hostile = '<script>alert(1)</script> "\'><img src=x onerror=alert(2)>';
const escaped = '&#60;script&#62;alert(1)&#60;/script&#62;';
const plain = (html) => html.replaceAll('&amp;', '&').replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
const today = new Date().toISOString().slice(0, 10);
let world;
let gateway;
let staff;
let paths;
const keys = {};

before(async () => {
  world = new World();
  paths = world.issue('plant-a', 'service', 60);
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
  for (const role of staffRoles) keys[role] = await staff.key(role);
  keys.owner = ownerSecret();
  keys.other = await staff.key('service', { organisation: 'other house' });
  const product = JSON.parse(readFileSync(join(tree, 'gateway/demo/products', `${gtin}.json`), 'utf8'));
  const hostileTitle = [{ ...product.entitlements[0], title: hostile.slice(0, 60) }, ...product.entitlements.slice(1)];
  const put = await staff.call(keys.operator, 'PUT', `/v1/products/${gtin}`,
    { ...product, name: hostile.slice(0, 60), entitlements: hostileTitle, version: 1 });
  assert.equal(put.status, 200, put.text);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
  const checked = assay('check', '--data', world.data);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
});

const serialOf = (path) => /\/21\/([^?]+)/.exec(path)[1];
const happen = async (serial, type, fields = {}, key = keys.operator) => {
  const answer = await staff.event(key, { type, gtin, serial, ...fields });
  assert.equal(answer.status, 201, answer.text);
};
// {serial, label, at}: a unit that no other test has, sold unless `state` says otherwise.
async function unit(sold = true, fields = {}) {
  const path = paths.pop();
  const one = { serial: serialOf(path), label: `https://x.example.com${path}`, at: `/service/${gtin}/${serialOf(path)}` };
  if (sold) await happen(one.serial, 'sell', fields, keys.retailer);
  return one;
}
const record = async (one) => (await staff.call(keys.operator, 'GET', `/v1/units/${gtin}/${one.serial}`)).json;
const byLabel = (one, more = '') => `/service?code=${encodeURIComponent(one.label)}${more}`;

function isOurs(answer, text, path) {
  if (/csv/.test(answer.headers.get('content-type'))) return;
  assert.ok(!text.includes('<script>alert') && !text.includes('<img src=x'), `${path}: somebody else's HTML`);
  if (/html/.test(answer.headers.get('content-type')) && answer.status < 400)
    assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self'/, path);
}

async function get(path, status = 200, key = keys.service) {
  const answer = await fetch(gateway.base + path, { headers: { authorization: `Bearer ${key}`, accept: 'text/html' }, redirect: 'manual' });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text.slice(0, 600)}`);
  isOurs(answer, text, path);
  return text;
}

async function post(path, fields, status, key = keys.service) {
  const answer = await fetch(gateway.base + path, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams(fields),
    headers: { authorization: `Bearer ${key}`, accept: 'text/html' },
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path} ${JSON.stringify(fields)}: ${plain(text).slice(0, 3000)}`);
  isOurs(answer, text, path);
  return { text, location: answer.headers.get('location'), headers: answer.headers };
}

const finding = (text) => [...text.matchAll(/class="finding (\w+)"/g)].map(([, kind]) => kind);

test('service centers alone', async () => {
  const one = await unit();
  for (const role of ['owner', 'retailer', 'issuer', 'operator', 'auditor', 'admin']) {
    for (const path of ['/service', one.at]) assert.equal((await staff.call(keys[role], 'GET', path)).status, 403, `${role} ${path}`);
    await post(one.at, { event: 'hold', reason: 'x' }, 403, keys[role]);
    await post('/service/many', { codes: one.label }, 403, keys[role]);
  }
  const stranger = await fetch(`${gateway.base}/service`, { headers: { accept: 'text/html' }, redirect: 'manual' });
  assert.equal(stranger.status, 303);
  assert.match(stranger.headers.get('location'), /^\/sign-in/);
});

test('covered, until when and by what', async () => {
  const one = await unit(true, { on: '2026-01-31' });
  const text = await get(byLabel(one));
  assert.deepEqual(finding(text), ['ok', 'ok']);
  assert.match(text, /Covered until <time[^>]*>2028-01-31</);
  assert.match(text, /It began with the sale on 2026-01-31/);
  assert.ok(text.includes(escaped));
  const later = await get(byLabel(one, '&on=2028-02-01'));
  assert.match(later, /id="covered">Not covered</);
  assert.match(later, /Ended · 2026-01-31 – 2028-01-31/);
  assert.match(await get(`${one.at}?on=2026-01-30`), /Had not begun on that day/);
  await get(byLabel(one, '&on=31.1.2026'), 400);
  await get(`${one.at}?on=2026-02-30`, 400);
});

test('what the label is: each in its own words', async () => {
  const one = await unit();
  const bare = await get(one.at);
  assert.deepEqual(finding(bare), ['caution', 'ok']);
  assert.match(bare, /Typed without the signature/);
  const forged = await get(`/service?code=${encodeURIComponent(one.label.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')))}`);
  assert.deepEqual(finding(forged), ['bad', 'none']);
  assert.match(forged, /id="covered">Not covered/);
  assert.match(forged, /there is no claim from it/);
  assert.doesNotMatch(forged, /Covered until|do=service/);
  const lower = await get(`/service?code=${encodeURIComponent(one.label.toLowerCase())}`);
  assert.match(lower, /The scanner changes capital and small letters/);
  assert.deepEqual(finding(lower), ['ok', 'ok']);
  const serial = await get(`/service?code=${one.serial}`);
  assert.match(serial, /Choose its product/);
  assert.doesNotMatch(serial, /Covered until/);
  assert.deepEqual(finding(await get(`/service?code=${one.serial}&gtin=${gtin}`)), ['caution', 'ok']);
  assert.deepEqual(finding(await get(`/service?code=${encodeURIComponent(`(01)${gtin}(21)${one.serial}`)}`)), ['caution', 'ok']);
  await get(`/service?code=NOBODY&gtin=${gtin}`, 404);
  await get(`/service/${gtin}/NOBODY`, 404);
  await get('/service/1/2', 404);
  assert.ok((await get(`/service?code=${encodeURIComponent(hostile)}`, 404)).includes(escaped));
  await get(`/service?code=${'9'.repeat(2000)}`, 400);
  await happen(one.serial, 'report_stolen', {}, keys.operator);
  const stolen = await get(byLabel(one));
  assert.deepEqual(finding(stolen), ['bad', 'none']);
  assert.match(stolen, /Do not repair it/);
  assert.doesNotMatch(stolen, /do=(service|activate)/, 'neither repaired nor registered');
});

test('a recall is told, with its text', async () => {
  const one = await unit();
  const recall = { id: 'R-9', gtin, serial_from: one.serial, serial_to: one.serial, text: hostile, stop_use: true };
  assert.equal((await staff.call(keys.operator, 'POST', '/v1/recalls', recall)).status, 201);
  const text = await get(byLabel(one));
  assert.match(text, /R-9<\/bdi> <span class="badge bad">Stop use/);
  assert.ok(text.includes(escaped));
});

test('a repair: once, and covered only by what covers', async () => {
  const one = await unit(true, { on: '2025-01-01' });
  const form = await get(byLabel(one, '&do=service'));
  assert.match(form, /name="claim" value="by:standard" required checked/);
  assert.doesNotMatch(form, /value="by:battery"/);
  const repair = { event: 'service', version: '2', fault: hostile, work: 'brushes', parts: 'BR-1', reference: 'JOB 7', code: one.label };
  for (const [claim, status] of [['by:battery', 409], ['by:nothing', 400], ['by:', 400], ['yes', 400], ['', 400]]) {
    const { text } = await post(one.at, { ...repair, claim }, status);
    assert.ok(text.includes(`value="${escaped}`), claim);
    assert.match(text, /value="BR-1"/);
  }
  const once = 'a'.repeat(32);
  const back = `${byLabel(one)}&done=service`;
  for (let times = 0; times < 2; times++)
    assert.equal((await post(one.at, { ...repair, claim: 'by:standard', once }, 303)).location, back);
  assert.equal((await record(one)).version, 3);
  const text = await get(back);
  assert.match(text, /Recorded:/);
  assert.ok(text.includes('BR-1') && text.includes('JOB 7') && text.includes(escaped));
  await post(one.at, { ...repair, version: '3', claim: 'by:battery', on: '2025-06-01' }, 303);
  await post(one.at, { ...repair, version: '4', claim: 'no', on: '2999-01-01' }, 400);
  assert.equal((await post(one.at, { ...repair, version: '4', claim: 'no', code: 'https://x.example.com/else' }, 303)).location, `${one.at}?done=service`);
});

test('a second technician: shown, and nothing typed is lost', async () => {
  const one = await unit();
  await post(one.at, { event: 'hold', version: '2', reason: 'waits for parts' }, 303, keys.other);
  const { text } = await post(one.at, { event: 'service', version: '2', fault: 'no light', work: 'new lamp', claim: 'no', code: one.label }, 409);
  assert.match(text, /Somebody changed this unit since you opened it/);
  assert.match(text, /<strong>Put on hold<\/strong>/);
  assert.match(text, /name="version" value="3"/);
  assert.match(text, /name="fault"[^>]*value="no light"/);
  assert.match(text, /name="work"[^>]*value="new lamp"/);
  assert.match(text, /value="no" required checked/);
  assert.deepEqual(finding(text), ['caution', 'ok']);
  assert.equal((await record(one)).version, 3);
  await post(one.at, { event: 'service', version: '3', fault: 'no light', claim: 'no' }, 303);
});

test('hold, release, take back: by who held', async () => {
  const one = await unit();
  await post(one.at, { event: 'hold', version: '2' }, 400);
  await post(one.at, { event: 'hold', version: '2', reason: hostile }, 303);
  assert.match(await get(`${one.at}?do=release`), /name="event" value="release"/);
  await post(one.at, { event: 'release', version: '3' }, 403, keys.other);
  assert.doesNotMatch(await get(one.at, 200, keys.other), /do=undo/);
  const undo = plain(/name="undoes" value="(\d+)"/.exec(await get(`${one.at}?do=undo`))[1]);
  await post(one.at, { event: 'undo', version: '3', undoes: undo }, 303);
  assert.deepEqual((await record(one)).conditions, []);
  for (const event of ['sell', 'adjust', 'report_stolen', 'nonsense', ''])
    await post(one.at, { event, version: '4', reason: 'x' }, 400);
});

test('taken out of use: asked for twice', async () => {
  const one = await unit();
  const { text } = await post(one.at, { event: 'retire', version: '2', reason: 'burnt', code: one.label }, 200);
  assert.match(text, /name="confirm" value="yes"/);
  assert.ok(plain(text).includes(`name="code" value="${one.label}"`));
  assert.equal((await record(one)).state, 'sold');
  const { location } = await post(one.at, { event: 'retire', version: '2', reason: 'burnt', confirm: 'yes', code: one.label }, 303);
  const after_ = await get(location);
  assert.deepEqual(finding(after_), ['bad', 'none']);
  assert.match(after_, /id="covered">Not covered/);
});

test('a replacement: a preview, then both at once, linked both ways', async () => {
  const [old, next] = [await unit(true, { on: today }), await unit(false)];
  const claim = { event: 'replace', version: '2', reason: 'dead on arrival', claim: 'by:standard', code: old.label };
  for (const new_code of ['', 'hello there, this is no serial', next.label.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')), 'NOBODY'])
    assert.match((await post(old.at, { ...claim, new_code }, new_code.includes(' ') ? 404 : 400)).text, /value="dead on arrival"/, new_code);
  await post(old.at, { ...claim, new_code: old.label }, 400);
  const { text } = await post(old.at, { ...claim, new_code: next.label }, 200);
  for (const [, name, value] of [['', 'new_serial', next.serial], ['', 'new_version', '1'], ['', 'reason', 'dead on arrival'], ['', 'claim', 'by:standard']])
    assert.ok(text.includes(`name="${name}" value="${value}"`), name);
  assert.match(text, /Sold → Taken out of use|Sold → Retired/);
  assert.equal((await record(old)).state, 'sold');
  const confirmed = { ...claim, new_code: next.label, new_gtin: gtin, new_serial: next.serial, new_version: '1', confirm: 'yes', once: 'r'.repeat(32) };
  await post(old.at, { ...confirmed, claim: 'by:nothing', once: 'q' }, 400);
  await post(old.at, { ...confirmed, new_version: '7', once: 'p' }, 409);
  for (let times = 0; times < 2; times++)
    assert.equal((await post(old.at, confirmed, 303)).location, `${next.at}?done=replace`);
  assert.equal((await record(old)).state, 'retired');
  const fresh = await get(next.at);
  assert.ok(fresh.includes(`href="${old.at}"`) && /Takes the place of/.test(fresh));
  assert.match(fresh, /Covered until/);
  const gone = await get(old.at);
  assert.ok(gone.includes(`href="${next.at}"`) && /Replaced by/.test(gone));
});

test('a replacement that somebody was faster than', async () => {
  const [old, next] = [await unit(), await unit(false)];
  await post(old.at, { event: 'service', version: '2', fault: 'x', claim: 'no' }, 303, keys.other);
  const { text } = await post(old.at, { event: 'replace', version: '2', reason: 'burnt', claim: 'no', new_code: next.serial }, 409);
  assert.match(text, /Somebody changed this unit/);
  assert.ok(text.includes(`name="new_code"`) && text.includes(`value="${next.serial}"`));
  assert.equal((await record(next)).state, 'issued');
  await post(old.at, { event: 'replace', version: '3', reason: 'burnt', claim: 'no', new_code: next.serial }, 200);
});

test('an owner at the desk: registered once, and the secret that is lost', async () => {
  const one = await unit();
  const sent = { event: 'activate', once: 'o'.repeat(32), code: one.label };
  const first = await post(one.at, sent, 200);
  const secret = /class="secret"[^>]*>(owner_[0-9A-Z]+)</.exec(first.text)[1];
  assert.ok(first.text.includes(`#${secret}`) && /<svg class="qr"/.test(first.text));
  assert.ok((await post(one.at, sent, 200)).text.includes(secret));
  assert.match((await post(one.at, { ...sent, once: 'other' }, 409)).text, /registered to an owner already/);
  const known = await get(one.at);
  assert.ok(!known.includes(secret));
  assert.match(known, /do=lose_secret/);
  assert.match((await post(one.at, { event: 'activate', claim_code: '0000000000' }, 403)).text, /not that of this unit/);
  const lost = await post(one.at, { event: 'lose_secret', once: 'l'.repeat(32) }, 200);
  const until = /datetime="(\d{4}-\d\d-\d\d)T[^"]*">[^<]*<\/time><\/p>/.exec(lost.text)[1];
  assert.equal((Date.parse(until) - Date.parse(today)) / 86400000, 14);
  await post(one.at, { event: 'activate', once: 'early' }, 409);
  await post(`/service/${gtin}/NOBODY`, { event: 'activate' }, 404);
});

test('many at once: a table, and the same as CSV', async () => {
  const [good, forged, stolen] = [await unit(true, { on: '2026-01-31' }), await unit(), await unit()];
  await happen(stolen.serial, 'report_stolen', {}, keys.operator);
  const codes = [good.label, '', good.serial, forged.label.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')), hostile, 'NOBODY', stolen.label, '=1+1 not a code', 'ü'.repeat(300)];
  const sent = { codes: codes.join('\r\n'), gtin };
  const { text } = await post('/service/many', sent, 200);
  const lines = text.split('<tr>').slice(2);
  assert.equal(lines.length, codes.length - 1);
  const expected = [['badge ok', 'Genuine label', '2028-01-31'], ['badge caution', 'Typed without the signature', '2028-01-31'],
    ['badge bad', 'Label is forged'], ['Not a code', escaped], ['Typed without', 'There is no such serial'], ['badge bad', 'Reported stolen'], ['Not a code'], ['Not a code', '…']];
  expected.forEach((parts, at) => parts.forEach((part) => assert.ok(lines[at].includes(part), `line ${at + 1}: ${part}: ${lines[at]}`)));
  assert.deepEqual(lines.map((line) => /data-label="Covered"><span class="badge( ok)?">/.exec(line)[1] !== undefined),
    [true, true, false, false, false, true, false, false]);
  const csv = await post('/service/many', { ...sent, as: 'csv' }, 200);
  assert.match(csv.headers.get('content-type'), /^text\/csv/);
  assert.match(csv.headers.get('content-disposition'), /attachment/);
  const rows = csv.text.trimEnd().split('\n');
  assert.equal(rows.length, codes.length);
  assert.ok(rows[1].includes('2028-01-31') && rows[1].includes(`09506000134352`));
  assert.ok(rows[7].includes("'=1+1 not a code"), rows[7]);
  for (const bad of [{}, { codes: ' \n ' }, { codes: good.label, gtin: '123' }, { codes: `${good.serial}\n`.repeat(10001) }])
    for (const as of ['', 'csv']) await post('/service/many', { ...bad, as }, 400);
  const many = await post('/service/many', { codes: `${good.serial}\n`.repeat(10000), gtin }, 200);
  assert.equal(many.text.match(/<tr>/g).length, 10001);
  const table = await post('/service/many', { codes: `${good.serial}\n`.repeat(10000), gtin, as: 'csv' }, 200);
  assert.equal(table.text.trimEnd().split('\n').length, 10001);
});
