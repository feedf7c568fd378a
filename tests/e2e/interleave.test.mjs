// SPDX-License-Identifier: Apache-2.0
// Eight clients at the same few units of a real gateway: they sell, register, hand on, return,
// restock, steal, find and replace them all at once. A model of its own says what each answer may
// be. ASSAY_STEPS sets how many steps are taken, ASSAY_SEED which.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Staff, ownerSecret } from '../http/staff.mjs';
import { random } from '../http/wire.mjs';
import { World, gtin } from '../http/world.mjs';
import { Gateway, assay } from './gateway.mjs';
import { Model, events, kinds } from './model.mjs';

const steps = Number(process.env.ASSAY_STEPS ?? 1500);
const seed = Number(process.env.ASSAY_SEED ?? 20261122);
const clients = 8;
const liveUnits = 5;
const shops = ['Shop A', 'Shop B'];
const { below, pick } = random(seed);
let world;
let gateway;
let staff;
let stock;
const keys = {};

before(async () => {
  world = new World();
  const spare = Math.max(60, Math.ceil(steps / 10));
  const labels = world.issue('plant-a', 'pool', spare);
  const cards = new Map(readFileSync(join(world.directory, 'pool.cards.csv'), 'utf8').trimEnd().split('\n').slice(1)
    .map((line) => line.split(',')).map((cells) => [cells.at(-2), cells.at(-1)]));
  stock = labels.map((path) => /\/21\/([^?]+)/.exec(path)[1]).map((serial) => ({ serial, claim: cards.get(serial) }));
  assert.ok(stock.every(({ claim }) => /^[0-9A-Z-]{10,}$/.test(claim)));
  gateway = await Gateway.start(world.data, undefined, ['--workers', '24']);
  staff = new Staff(gateway, world.data);
  keys.operator = await staff.key('operator');
  keys.service = await staff.key('service');
  for (const shop of shops) keys[shop] = await staff.key('retailer', { organisation: shop });
});

after(() => gateway.stop());

/* ---- what a client does ---- */

const shop = (kind) => ({ kind, role: 'retailer', who: pick(shops) });
const operator = (kind) => ({ kind, role: 'operator', who: 'operator' });

// Mostly that shop, and whoever else at times.
function mostly(who, kind) {
  const op = shop(kind);
  if (who !== '' && below(4) > 0) op.who = who;
  return op;
}
const seller = (kind, s) => mostly(s.seller, kind);

// Mostly the owner of now, or one of before.
function owner(kind, s, past) {
  const secret = s.owner !== '' && below(6) > 0 ? s.owner : pick([...past, ownerSecret()]);
  return { kind, role: 'owner', who: secret, secret };
}

const choices = {
  sell: (s) => mostly(s.keeper, 'sell'),
  return: (s) => seller('return', s),
  restock: (s) => (below(3) === 0 ? operator('restock') : seller('restock', s)),
  release: () => operator('release'),
  report_stolen: (s, past) => (below(2) === 0 ? operator('report_stolen') : owner('report_stolen', s, past)),
  recover: (s, past) => (below(2) === 0 ? operator('recover') : owner('recover', s, past)),
  activate(s) {
    if (below(3) === 0) return seller('activate', s);
    if (s.claim === '' && below(40) > 0) return { kind: 'activate', role: 'service', who: 'service' };
    return { kind: 'activate', role: 'public', who: '', code: s.claim === '' ? '0000000000' : s.claim };
  },
  offer: (s, past) => owner('offer', s, past),
  transfer: (s) => ({ kind: 'transfer', role: 'public', who: '', code: s.offer === '' ? '0000-0000-0000' : s.offer }),
  replace: () => ({ kind: 'replace', role: 'service', who: 'service' }),
  end_ownership: () => ({ ...operator('end_ownership'), fields: { reason: 'in doubt', ends_claim: below(8) === 0 ? 'yes' : 'no' } }),
};

// What makes sense now is tried most, so that much happens.
function sensible(s) {
  if (s.held) return ['release', 'release', 'report_stolen', 'return'];
  if (s.stolen) return ['recover', 'recover', 'activate', 'sell'];
  if (s.state === 'returned') return ['restock', 'restock', 'return', 'report_stolen'];
  if (s.state !== 'sold') return ['sell'];
  if (s.owner === '') return ['activate', 'activate', 'return', 'replace'];
  if (s.unproven) return ['activate', 'activate', 'activate', 'offer', 'end_ownership'];
  return s.offer === '' ? ['offer', 'return', 'report_stolen', 'replace'] : ['transfer', 'transfer', 'offer', 'return'];
}

// A wrong code is a try, and tries are limited: they stay few.
const tooMany = (op) => /^0000/.test(op.code ?? '') && below(20) > 0;

function choose(model, live, owners) {
  const serial = pick(live);
  const s = model.state(serial);
  let op;
  do op = choices[below(4) > 0 ? pick(sensible(s)) : pick(kinds)](s, owners.get(serial) ?? []);
  while (tooMany(op));
  op.units = [serial];
  if (op.kind === 'replace') op.units.push(below(8) > 0 ? pick(stock.slice(0, 3)).serial : pick(live));
  if (op.units[0] === op.units[1]) op.units[1] = stock.at(-1).serial;
  if ((events.includes(op.kind) || op.kind === 'replace') && below(3) === 0)
    op.version = Math.max(1, s.version - (below(3) === 0 ? 1 + below(2) : 0));
  return op;
}

const id = (serial) => ({ gtin, serial });
const addresses = { activate: '/v1/activations', offer: '/v1/transfers', transfer: '/v1/transfers/redeem' };

function requestOf(op) {
  const [one, other] = op.units;
  const version = op.version === undefined ? {} : { version: op.version };
  if (op.kind === 'replace')
    return ['/v1/replacements', { old: { ...id(one), ...version }, new: id(other), reason: 'worn' }];
  if (events.includes(op.kind)) return ['/v1/events', { type: op.kind, ...id(one), ...version, ...op.fields }];
  const code = op.code === undefined ? {} : { [op.kind === 'transfer' ? 'transfer_code' : 'claim_code']: op.code };
  return [addresses[op.kind], { ...id(one), ...code }];
}

async function act(op) {
  const [path, body] = requestOf(op);
  const key = op.role === 'public' ? '' : op.secret ?? keys[op.who];
  const { status, json, headers } = await staff.call(key, 'POST', path, body);
  const single = () => [Number(/\d+/.exec(headers.get('etag'))?.[0])];
  const versions = op.kind === 'replace' ? [json.old?.version, json.new?.version] : single();
  return { op, status, json, versions };
}

/* ---- what everybody can see ---- */

// The record is the model's; of all who ever had a secret, the owner alone is let in.
async function look(model, serial, past) {
  const s = model.state(serial);
  const record = await staff.call(keys.operator, 'GET', `/v1/units/${gtin}/${serial}`);
  assert.equal(record.status, 200, record.text);
  model.checkRecord(serial, record.json);
  for (const secret of new Set([...past.slice(-3), s.owner].filter((one) => one !== ''))) {
    const page = await staff.call(secret, 'GET', `/v1/units/${gtin}/${serial}/owner`);
    assert.equal(page.status, secret === s.owner ? 200 : 403, `${serial}: ${page.text}`);
  }
}

// The history tells what was done, in that order.
async function checkHistory(model, serial) {
  const types = [];
  for (let cursor = ''; cursor !== undefined;) {
    const page = await staff.call(keys.operator, 'GET', `/v1/units/${gtin}/${serial}/events${cursor}`);
    types.push(...page.json.events.map(({ type }) => type));
    cursor = page.json.next === undefined ? undefined : `?cursor=${page.json.next}`;
  }
  assert.deepEqual(types, model.done.get(serial), serial);
}

/* ---- the run ---- */

// A unit that was replaced makes room for the one in its place.
function goOn(model, live, used) {
  live.forEach((serial, i) => {
    if (model.state(serial).state !== 'retired' || below(4) > 0) return;
    const follower = [...used].find((one) => !live.includes(one) && model.state(one).state !== 'retired');
    const next = follower ?? stock.shift()?.serial;
    if (next !== undefined) live[i] = next;
  });
  while (stock.length > 1 && model.state(stock[0].serial).state !== 'issued') used.add(stock.shift().serial);
}

test('at every moment one owner and one state, and the history leads to the record', async () => {
  const model = new Model(stock);
  const every = stock.map(({ serial }) => serial);
  const live = stock.splice(0, liveUnits).map(({ serial }) => serial);
  const used = new Set(live);
  const owners = new Map();
  for (let done = 0; done < steps; done += clients) {
    const ops = Array.from({ length: clients }, () => choose(model, live, owners));
    const answers = await Promise.all(ops.map(act));
    model.round(answers);
    for (const serial of new Set(ops.flatMap(({ units }) => units))) {
      const past = owners.get(serial) ?? owners.set(serial, []).get(serial);
      const { owner: secret } = model.state(serial);
      if (secret !== '' && past.at(-1) !== secret) past.push(secret);
    }
    const serial = pick(live);
    await look(model, serial, owners.get(serial) ?? []);
    goOn(model, live, used);
  }
  const changed = every.filter((serial) => model.state(serial).version > 1);
  for (const serial of changed) await checkHistory(model, serial);
  for (const serial of changed) await look(model, serial, owners.get(serial) ?? []);
  await gateway.stop();
  const checked = assay('check', '--json', '--data', world.data);
  assert.equal(checked.code, 0, checked.stdout);
  const told = JSON.parse(checked.stdout.trim().split('\n').at(-1));
  const others = 3; // the world's own units, which nobody touched
  assert.deepEqual([told.damages, told.events], [0, model.changes() + others]);
  console.log(`# ${JSON.stringify({ steps, seed, units: changed.length, ...model.counts, events: told.events })}`);
  assert.ok(model.counts.applied > steps / 5 && model.counts.refused > steps / 10, 'too little happened');
  assert.ok(model.counts.stale > 0);
  for (const kind of kinds)
    assert.ok([...model.seen].some((one) => one.startsWith(`${kind} by`)), `${kind} never worked`);
});

/* ---- the model itself ---- */

const unit = { serial: 'A', claim: 'CLAIM' };
const other = { serial: 'B', claim: 'OTHER' };
const sold = { op: { kind: 'sell', role: 'retailer', who: 'Shop A', units: ['A'] }, status: 201, json: {}, versions: [2] };
const activated = {
  op: { kind: 'activate', role: 'public', who: '', code: 'CLAIM', units: ['A'] },
  status: 201, json: { owner_secret: 'owner_1' }, versions: [3],
};
const registered = { ...activated, op: { ...activated.op }, json: { owner_secret: 'owner_2' } };
const returned = { op: { kind: 'return', role: 'retailer', who: 'Shop A', units: ['A'] }, status: 201, json: {}, versions: [4] };
const counter = { ...activated, op: { kind: 'activate', role: 'retailer', who: 'Shop A', units: ['A'] }, json: { owner_secret: 'owner_3' } };
const offered = { op: { kind: 'offer', role: 'owner', secret: 'owner_3', units: ['A'] }, status: 201, json: { transfer_code: 'T' }, versions: [4] };
const ended = { op: { kind: 'end_ownership', role: 'operator', units: ['A'] }, status: 201, json: {}, versions: [4] };
const refusal = (op, status, code, current) => ({ op, status, json: { code, current } });
const record = (version, state, conditions = []) => ({ version, state, conditions });
const replaced = { op: { kind: 'replace', role: 'service', units: ['A', 'B'] }, status: 201, json: {}, versions: [3, 2] };
const stolen = { op: { kind: 'report_stolen', role: 'operator', units: ['A'] }, status: 201, json: {}, versions: [4] };

// Rounds of answers that cannot be; each is right up to the last.
const forged = [
  ['sold twice', [[sold], [{ ...sold, versions: [3] }]]],
  ['two changes made one version', [[sold, { ...sold, op: { ...sold.op, who: 'Shop B' } }]]],
  ['a version was left out', [[{ ...sold, versions: [3] }]]],
  ['a version went back', [[sold], [{ ...activated, versions: [2] }]]],
  ['two owners in one round', [[sold], [activated, { ...registered, versions: [4] }]]],
  ['two owners of one version', [[sold], [activated, registered]]],
  ['registered with a dead code', [[sold], [{ ...activated, op: { ...activated.op, code: 'DEAD' } }]]],
  ['registered before it was sold', [[{ ...activated, versions: [2] }]]],
  ['returned to another shop', [[sold], [activated], [{ ...returned, op: { ...returned.op, who: 'Shop B' } }]]],
  ['returned while stolen', [[sold], [activated], [stolen], [{ ...returned, versions: [5] }]]],
  ['a stale version was taken', [[sold], [activated], [{ ...returned, op: { ...returned.op, version: 2 } }]]],
  ['a sale refused for nothing', [[refusal(sold.op, 409, 'conflict', record(1, 'issued'))]]],
  ['refused in other words', [[sold], [refusal(sold.op, 403, 'denied')]]],
  ['refused, and a record that never was', [[sold], [refusal(sold.op, 409, 'conflict', record(2, 'in_stock'))]]],
  ['refused, and no record', [[sold], [refusal(sold.op, 409, 'conflict')]]],
  ['refused, and a record of tomorrow', [[sold], [refusal(sold.op, 409, 'conflict', record(3, 'sold'))]]],
  ['a second return that held nothing', [[sold], [activated], [returned],
    [refusal(returned.op, 409, 'second_return', record(4, 'returned'))]]],
  ['one half of a replacement', [[sold], [{ ...replaced, versions: [3, 1] }]]],
  ['replaced by what was sold', [[sold, { ...sold, op: { ...sold.op, units: ['B'] } }], [{ ...replaced, versions: [3, 3] }]]],
  ['one secret for two units', [[sold, { ...sold, op: { ...sold.op, units: ['B'] } }], [activated],
    [{ ...activated, op: { ...activated.op, code: 'OTHER', units: ['B'] } }]]],
  ['the old owner acts after a replacement', [[sold], [activated], [{ ...replaced, versions: [4, 2] }],
    [{ ...stolen, op: { ...stolen.op, role: 'owner', secret: 'owner_1' }, versions: [5] }]]],
  ['a card that does not count', [[sold], [counter], [refusal({ ...activated.op }, 409, 'already_registered')]]],
  ['displaced by who has no card', [[sold], [counter], [{ ...counter, op: { ...counter.op, role: 'service', who: 'service' }, json: { owner_secret: 'owner_4' }, versions: [4] }]]],
  ['handed on without the card', [[sold], [counter], [offered]]],
  ['an ownership ended that was none', [[sold], [{ ...ended, versions: [3] }]]],
  ['an ownership ended, and the owner acts', [[sold], [activated], [ended],
    [{ ...stolen, op: { ...stolen.op, role: 'owner', secret: 'owner_1' }, versions: [5] }]]],
];

test('the model believes no forged answer', () => {
  for (const [label, rounds] of forged) {
    const model = new Model([unit, other]);
    for (const answers of rounds.slice(0, -1)) model.round(answers);
    assert.throws(() => model.round(rounds.at(-1)), assert.AssertionError, label);
  }
});

test('the model believes what can be', () => {
  const model = new Model([unit, other]);
  model.round([activated, sold, refusal({ ...activated.op }, 409, 'already_registered'), refusal(sold.op, 409, 'conflict', record(3, 'sold'))]);
  model.round([returned, refusal(returned.op, 409, 'second_return', record(5, 'returned', ['held'])),
    refusal(returned.op, 409, 'second_return', record(5, 'returned', ['held']))]);
  assert.deepEqual([model.state('A').version, model.state('A').held, model.changes()], [5, true, 6]);
  assert.throws(() => model.checkRecord('A', record(5, 'returned')));
  model.checkRecord('A', record(5, 'returned', ['held']));
});

test('the model believes that the card wins', () => {
  const model = new Model([unit, other]);
  model.round([sold]);
  model.round([counter, { ...activated, versions: [4] }]);
  assert.deepEqual([model.state('A').owner, model.state('A').unproven], ['owner_1', false]);
  model.round([{ ...ended, versions: [5] }]);
  model.round([{ ...counter, versions: [6] }]);
  assert.deepEqual([model.state('A').owner, model.state('A').unproven], ['owner_3', true]);
});
