// SPDX-License-Identifier: Apache-2.0
// What may become of a few units when eight clients do things to them at the same time: a second
// statement of the rules, which knows nothing of the gateway but its answers.
//
// Clients act in rounds. All changes of a round are put in the one order that their versions allow,
// and each has to follow from the state before it; each refusal has to be right in some state that
// the unit had while the round lasted. Anything else throws.
import assert from 'node:assert/strict';

const unsold = ['issued', 'in_transit', 'in_stock'];
const blocked = (s) => s.stolen || s.held;
const refused = (status, code) => ({ status, code });
const conflict = refused(409, 'conflict');
const denied = refused(403, 'denied');
const wrongCode = refused(403, 'code_refused');
const becomes = (s, changes) => ({ next: [{ ...s, ...changes, version: s.version + 1 }] });
const isShop = (op) => op.role === 'retailer';

function returning(op, s) {
  if (s.state === 'returned') {
    const answer = refused(409, 'second_return');
    return s.held ? answer : { ...answer, ...becomes(s, { held: true }) };
  }
  if (s.state !== 'sold' || blocked(s)) return conflict;
  return s.seller === op.who ? becomes(s, { state: 'returned', keeper: op.who }) : denied;
}

function restocking(op, s) {
  if (s.state !== 'returned' || blocked(s)) return conflict;
  if (isShop(op) && s.seller !== op.who) return denied;
  return becomes(s, { state: 'in_stock', keeper: isShop(op) ? op.who : s.keeper, owner: '', unproven: false, offer: '', seller: '', claim: '' });
}

// `keeper` is the shop that put it in stock.
function selling(op, s) {
  if (!unsold.includes(s.state) || blocked(s)) return conflict;
  if (s.state === 'in_stock' && s.keeper !== '' && s.keeper !== op.who) return denied;
  return becomes(s, { state: 'sold', seller: op.who });
}

function stealing(op, s) {
  const may = op.role === 'owner' ? s.state === 'sold' : s.state !== 'retired';
  return may && !s.stolen ? becomes(s, { stolen: true, reporter: op.role }) : conflict;
}

function recovering(op, s) {
  if ((op.role === 'owner' && s.state !== 'sold') || !s.stolen) return conflict;
  return op.role === 'owner' && s.reporter !== 'owner' ? denied : becomes(s, { stolen: false });
}

// An owner who came without the claim code, while there is one, is unproven and gives way to it.
function activating(op, s, given) {
  const brought = op.code !== undefined;
  if (brought && (op.code !== s.claim || s.claim === '')) return wrongCode;
  if (!brought && isShop(op) && s.state === 'sold' && s.seller !== op.who) return denied;
  if (isShop(op) && s.state === 'in_stock' && s.keeper !== '' && s.keeper !== op.who) return denied;
  if (s.state !== 'sold') return conflict;
  if (s.owner !== '' && (blocked(s) || !brought || !s.unproven)) return refused(409, 'already_registered');
  if (blocked(s)) return conflict;
  return becomes(s, { owner: given.owner_secret, unproven: !brought && s.claim !== '', offer: '' });
}

function ending(op, s) {
  if ((s.state !== 'sold' && s.state !== 'returned') || s.owner === '') return conflict;
  return becomes(s, { owner: '', unproven: false, offer: '', claim: op.fields?.ends_claim === 'yes' ? '' : s.claim });
}

function offering(op, s, given) {
  if (s.owner === '' || op.secret !== s.owner) return denied;
  return s.state !== 'sold' || blocked(s) || s.unproven ? conflict : becomes(s, { offer: given.transfer_code });
}

function redeeming(op, s, given) {
  if (s.offer === '' || op.code !== s.offer) return wrongCode;
  if (s.state !== 'sold' || blocked(s)) return conflict;
  return becomes(s, { owner: given.owner_secret, offer: '', claim: '' });
}

function replacing(op, s, given, other) {
  if (s.state !== 'sold' || blocked(s) || !unsold.includes(other.state) || blocked(other)) return conflict;
  const [gone] = becomes(s, { state: 'retired', owner: '', unproven: false, offer: '' }).next;
  const unproven = s.unproven && other.claim !== '';
  const [come] = becomes(other, { state: 'sold', owner: s.owner, unproven, seller: s.seller, offer: '' }).next;
  return { next: [gone, come] };
}

const rules = {
  sell: selling,
  return: returning,
  restock: restocking,
  report_stolen: stealing,
  recover: recovering,
  release: (op, s) => (s.held ? becomes(s, { held: false }) : conflict),
  activate: activating,
  offer: offering,
  transfer: redeeming,
  replace: replacing,
  end_ownership: ending,
};
export const kinds = Object.keys(rules);
export const events = ['sell', 'return', 'restock', 'report_stolen', 'recover', 'release', 'end_ownership'];

// {next: [state after, …]}, or {status, code} and perhaps what it changed all the same.
function judge(op, [s, other], given) {
  if (events.includes(op.kind) && op.role === 'owner' && (s.owner === '' || op.secret !== s.owner)) return denied;
  if (op.version !== undefined && op.version !== s.version) return conflict;
  return rules[op.kind](op, s, given, other);
}

const conditionsOf = (s) => [s.stolen && 'stolen', s.held && 'held'].filter(Boolean).sort();

export class Model {
  constructor(units) {
    this.units = new Map(units.map(({ serial, claim }) => [serial, {
      version: 1, state: 'issued', stolen: false, held: false, reporter: '', keeper: '', seller: '', owner: '', unproven: false, offer: '', claim,
    }]));
    this.done = new Map(units.map(({ serial }) => [serial, ['commission']]));
    this.counts = { applied: 0, refused: 0, limited: 0, stale: 0 };
    this.seen = new Set();
  }

  state(serial) {
    return this.units.get(serial);
  }

  // `answers`: [{op, status, json, versions: of the units after, when something was done}].
  round(answers) {
    this.past = new Map();
    let waiting = answers.filter((one) => one.status < 300);
    // Who stated the version can only have been the first; who did not may have come later.
    const maybe = answers.filter((one) => one.json?.code === 'second_return')
      .sort((a, b) => (a.op.version === undefined) - (b.op.version === undefined));
    while (waiting.length > 0) {
      const one = waiting.find((candidate) => this.fits(candidate)) ?? this.holds(maybe);
      if (one === undefined) assert.fail(`no order of the changes explains them: ${JSON.stringify([waiting, this.last()])}`);
      if (waiting.includes(one)) this.apply(one);
      waiting = waiting.filter((candidate) => candidate !== one);
    }
    while (this.holds(maybe) !== undefined);
    for (const one of answers) if (one.status >= 300) this.refuse(one, !maybe.includes(one));
  }

  last() {
    return [...this.units].filter(([, s]) => s.version > 1).slice(-20);
  }

  before(op) {
    return op.units.map((serial) => this.units.get(serial));
  }

  fits({ op, versions }) {
    return this.before(op).every((s, i) => versions[i] === s.version + 1);
  }

  // A second return that held the unit: the next version is its, if nobody else's.
  holds(maybe) {
    const at = maybe.findIndex(({ op, json }) => {
      const [s] = this.before(op);
      return json.current.version === s.version + 1 && judge(op, [s], {}).next !== undefined;
    });
    if (at < 0) return undefined;
    const [one] = maybe.splice(at, 1);
    this.change(one.op, judge(one.op, this.before(one.op), {}).next, 'hold');
    return one;
  }

  apply({ op, status, json, versions }) {
    const verdict = judge(op, this.before(op), json);
    assert.ok(verdict.next && verdict.status === undefined,
      `${op.kind} by ${op.role} gave ${status} and version ${versions}, and should be ${JSON.stringify(verdict)}: ${JSON.stringify(this.before(op))}`);
    this.change(op, verdict.next, op.kind);
    this.counts.applied++;
    this.seen.add(`${op.kind} by ${op.role}`);
  }

  change(op, next, kind) {
    op.units.forEach((serial, i) => {
      if (!this.past.has(serial)) this.past.set(serial, []);
      this.past.get(serial).push(this.units.get(serial));
      this.units.set(serial, next[i]);
      this.done.get(serial).push(kind);
    });
    const owners = [...this.units.values()].map((s) => s.owner).filter((owner) => owner !== '');
    assert.equal(new Set(owners).size, owners.length, 'one secret owns two units');
  }

  // Every state that the unit had in this round.
  window(serial) {
    return [...(this.past.get(serial) ?? []), this.units.get(serial)];
  }

  // `settled`: what it changed was taken account of; a second return that could hold has to.
  refuse({ op, status, json }, settled) {
    if (status === 429 && op.code !== undefined) {
      this.counts.limited++;
      return;
    }
    const [mine, others = [undefined]] = op.units.map((serial) => this.window(serial));
    const possible = mine.flatMap((s) => others.map((other) => judge(op, [s, other], {})));
    assert.ok(possible.some((verdict) => verdict.status === status && verdict.code === json?.code
      && (settled || verdict.next === undefined)),
      `${op.kind} by ${op.role} was refused with ${status} ${JSON.stringify(json)}: ${JSON.stringify([op, mine, others])}`);
    if (events.includes(op.kind) && status === 409) this.checkRecord(op.units[0], json.current, mine);
    this.counts.refused++;
    if (op.version !== undefined && mine.every((s) => s.version !== op.version)) this.counts.stale++;
  }

  // A record that was shown is one that there was.
  checkRecord(serial, record, states = [this.units.get(serial)]) {
    const s = states.find((one) => one.version === record?.version);
    assert.ok(s, `${serial} is shown at version ${record?.version}: ${JSON.stringify(states)}`);
    assert.deepEqual([record.state, [...(record.conditions ?? [])].sort()], [s.state, conditionsOf(s)], serial);
  }

  changes() {
    return [...this.units.values()].reduce((sum, s) => sum + s.version, 0);
  }
}
