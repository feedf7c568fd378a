// SPDX-License-Identifier: Apache-2.0
// node kill.mjs ROUNDS [SEED]: a real assayd is killed with kill -9 at random moments while several
// clients write to it. After each restart what was acknowledged is there, what was under way is sent
// again with its idempotency key and then there once, and `assay check` finds no damage. Of those who
// looked at a label meanwhile each counts once, or, since the last writing down, not.
import { World, gtin, must } from '../http/world.mjs';
import { Staff } from '../http/staff.mjs';
import { random } from '../http/wire.mjs';
import { Gateway, assay, freePort } from '../e2e/gateway.mjs';

const rounds = Number(process.argv[2] ?? 10);
const { below } = random(Number(process.argv[3] ?? 20261122));
const clients = 8;
const unitsOfEach = 3;
const looksAtOnce = 30; // of one unit and day more are estimated
const figures = { rounds: 0, acknowledged: 0, underWay: 0, written: 0, notWritten: 0, killed: 0, looks: 0, durable: 0, sessions: 0 };
const wrong = [];

const world = new World();
const serials = world.issue('plant-a', 'load', clients * unitsOfEach)
  .map((path) => decodeURIComponent(/\/21\/([^?]+)/.exec(path)[1]));
const units = serials.map((serial) => ({ serial, acknowledged: 0, underWay: undefined }));

const seen = world.issue('plant-a', 'seen', rounds);

const admin = await freePort();
const start = () => Gateway.start(world.data, undefined, ['--admin-port', String(admin), '--trusted-proxies', '127.0.0.1', '--client-requests', '0']);
let gateway = await start();
const staff = new Staff(gateway, world.data);
const operator = await staff.key('operator');

// The number of the event is in the location, so that the history says which are there.
const place = (number) => `Place ${number}`;
const send = (unit, number) => staff.event(
  operator,
  { type: number === 1 ? 'receive' : 'move', gtin, serial: unit.serial, location: place(number) },
  { 'idempotency-key': `${unit.serial}-${number}` },
);

async function work(unit, going) {
  while (going.on) {
    const number = unit.acknowledged + 1;
    unit.underWay = number;
    let answer;
    try {
      answer = await send(unit, number);
    } catch {
      return; // killed
    }
    if (answer.status !== 201) {
      wrong.push(`${unit.serial} event ${number}: ${answer.status} ${answer.text}`);
      return;
    }
    unit.acknowledged = number;
    unit.underWay = undefined;
    figures.acknowledged++;
  }
}

// Somebody else looks each time, and now and then it is written down.
async function look(label, looked, going) {
  while (going.on && looked.begun < looksAtOnce) {
    try {
      looked.begun++;
      const answer = await fetch(gateway.base + label, { headers: { accept: 'application/json', 'x-forwarded-for': `10.0.0.${looked.begun}` } });
      if ((await answer.json()).verdict !== 'ok') wrong.push(`${label}: ${answer.status}`);
      looked.answered++;
      if (looked.begun % 3 === 0) gateway.process.kill('SIGHUP');
      const metrics = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
      looked.durable = Number(/^assay_sightings_written_total (\d+)$/m.exec(metrics)[1]);
    } catch {
      return; // killed
    }
  }
}

function count(label, looked) {
  const serial = decodeURIComponent(/\/21\/([^?]+)/.exec(label)[1]);
  const { sessions = 0 } = JSON.parse(must('scans', gtin, serial, '--json', '--data', world.data));
  figures.looks += looked.answered;
  figures.durable += looked.durable;
  figures.sessions += sessions;
  if (sessions < looked.durable || sessions > looked.begun)
    wrong.push(`${serial}: ${sessions} sessions, of ${looked.begun} looks of which ${looked.durable} were written down`);
}

async function numberOfEvents(unit) {
  const answer = await staff.call(operator, 'GET', `/v1/units/${gtin}/${unit.serial}`);
  if (answer.status !== 200) throw new Error(`${unit.serial}: ${answer.status} ${answer.text}`);
  return { events: answer.json.version - 1, location: answer.json.location };
}

// What was under way is there or not; sent again it is there once.
async function settle(unit) {
  const before = await numberOfEvents(unit);
  const sent = unit.underWay;
  const fits = before.events === unit.acknowledged || before.events === sent;
  if (!fits || (before.events > 0 && before.location !== place(before.events)))
    wrong.push(`${unit.serial}: ${unit.acknowledged} acknowledged, ${sent} under way, ${JSON.stringify(before)} there`);
  if (sent === undefined) return;
  figures.underWay++;
  figures[before.events === sent ? 'written' : 'notWritten']++;
  const answer = await send(unit, sent);
  const after = await numberOfEvents(unit);
  if (answer.status !== 201 || after.events !== sent)
    wrong.push(`${unit.serial}: sent again ${sent}: ${answer.status}, ${after.events} there`);
  unit.acknowledged = sent;
  unit.underWay = undefined;
}

async function history(unit) {
  const places = [];
  const base = `/v1/units/${gtin}/${unit.serial}/events`;
  for (let path = base; path;) {
    const { status, text, json } = await staff.call(operator, 'GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    places.push(...json.events.filter(({ type }) => type !== 'commission').map(({ fields, location }) => location ?? fields.location));
    path = json.next ? `${base}?cursor=${encodeURIComponent(json.next)}` : '';
  }
  return places;
}

for (let round = 0; round < rounds && wrong.length === 0; round++) {
  const going = { on: true };
  // One unit of each client, so that groups form and nothing conflicts.
  const chosen = units.filter((_, i) => i % unitsOfEach === round % unitsOfEach);
  const looked = { begun: 0, answered: 0, durable: 0 };
  const working = [...chosen.map((unit) => work(unit, going)), look(seen[round], looked, going)];
  await new Promise((resolve) => { setTimeout(resolve, below(120)); });
  figures.killed += (await gateway.stop('SIGKILL')).signal === 'SIGKILL';
  going.on = false;
  await Promise.all(working);
  const check = assay('check', '--data', world.data);
  if (check.code !== 0) wrong.push(`round ${round}: assay check: ${check.stdout}${check.stderr}`);
  count(seen[round], looked);
  gateway = await start();
  staff.gateway = gateway;
  for (const unit of chosen) await settle(unit);
  figures.rounds++;
}
for (const unit of units) {
  const places = await history(unit);
  const expected = Array.from({ length: unit.acknowledged }, (_, i) => place(i + 1));
  if (JSON.stringify(places) !== JSON.stringify(expected))
    wrong.push(`${unit.serial}: its history has ${places.length} events, not ${expected.length} in their order`);
}
await gateway.stop();
console.log(`kill -9: ${figures.killed} of ${figures.rounds} rounds, ${figures.acknowledged} writes acknowledged, `
  + `${figures.underWay} under way (${figures.written} were written, ${figures.notWritten} not); ${figures.looks} looks, `
  + `${figures.durable} known to be written down, ${figures.sessions} counted: wrong ${wrong.length}`);
for (const line of wrong.slice(0, 10)) console.error(`  ${line}`);
process.exit(wrong.length === 0 && figures.killed === figures.rounds && figures.acknowledged > 0 ? 0 : 1);
