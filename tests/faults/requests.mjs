// SPDX-License-Identifier: Apache-2.0
// node requests.mjs memory|calls|control [STEP]: a running assayd without memory, or with a call on
// files, sockets or threads that fails, at the n-th, for n = 1, 1 + STEP and so on until none is left:
// while it starts, and while requests come in. It never crashes; where it does not start it says why;
// no answer is wrong, no success is claimed that is none, and afterwards the same thing works. As a
// control, writes are said to have happened that have not, which has to be found: exit status 3.
// LD_PRELOAD is faults_fail.so beside the programs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { World, gtin, must } from '../http/world.mjs';
import { Staff } from '../http/staff.mjs';
import { Gateway, freePort } from '../e2e/gateway.mjs';
import { calm, disturbed, fail, hits, lies, memory, onFiles, onSockets } from './control.mjs';

const step = Number(process.argv[3] ?? 1);
const what = process.argv[2];
const inMemory = what === 'memory';
const kinds = { memory, control: lies, calls: [...(step === 1 ? onFiles.long : onFiles.short), ...onSockets] }[what];
const wrong = [];

const world = new World();
const [label] = world.issue('plant-a', 'served', 1);
const serial = decodeURIComponent(/\/21\/([^?]+)/.exec(label)[1]);
// Those who look, each at one of these with so many others: of more a day the sessions are estimated.
const looksAtOnce = 30;
const seen = world.issue('plant-a', 'seen', 24);
const forged = label.replace(/.(?=.{40}$)/, (c) => (c === 'A' ? 'B' : 'A'));
must('issue', '--gtin', gtin, '--count', '3', '--key', 'plant-a', '--passphrase-file', world.passphrase, '--base-url', 'http://localhost:8080',
  '-o', join(world.directory, 'again'), '--data', world.data);
const manifest = readFileSync(join(world.directory, 'again.manifest.csv'), 'utf8');
const admin = await freePort();

const start = () => disturbed(() => Gateway.start(world.data, undefined, ['--workers', '24', '--admin-port', String(admin),
  '--trusted-proxies', '127.0.0.1', '--client-requests', '0']));

const goes = (gateway) => gateway.process.exitCode === null && gateway.process.signalCode === null;

/* ---- requests ---- */

// A library below that finds no memory may let a connection wait until its deadline.
const patience = 4000;
let unanswered = 0;

async function answerOf(request) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(() => { unanswered++; resolve({ status: 0 }); }, patience); });
  try {
    return await Promise.race([request(), late]);
  } catch {
    return { status: 0 }; // the connection was closed
  } finally {
    clearTimeout(timer);
  }
}

// A refusal for what failed: an error of ours, or no answer.
const refused = ({ status }) => status === 0 || status >= 500;

function judge(place, answer, good) {
  if (!refused(answer) && !good(answer)) wrong.push(`${place}: ${answer.status} ${answer.text?.slice(0, 200)}`);
}

const verdictIs = (...allowed) => (answer) => answer.status === 200 && allowed.includes(answer.json?.verdict);

/* ---- while it starts ---- */

const figures = { tried: 0, notStarted: 0 };

// It said why, and did not crash.
function judgeEnd(place, hit, said) {
  figures.notStarted++;
  if (hit === 0) wrong.push(`${place}: fails without a fault: ${said}`);
  if (!/assayd: \S+/.test(said) || /Sanitizer|signal/.test(said)) wrong.push(`${place}: ${said.slice(0, 400)}`);
  return hit;
}

async function startWith(kind, n) {
  const place = `start, ${kind.name}, call ${n}`;
  let gateway;
  fail(kind, n, inMemory ? '/' : world.directory);
  try {
    gateway = await start();
  } catch (error) {
    return judgeEnd(place, hits(), error.message);
  }
  const hit = hits();
  calm();
  const answer = await gateway.verdict(label).catch((error) => ({ body: { verdict: error.message } }));
  if (answer.body.verdict !== 'ok') wrong.push(`${place}: serves ${JSON.stringify(answer.body).slice(0, 300)}`);
  const { signal, code } = await gateway.stop(n % 8 === 1 ? 'SIGTERM' : 'SIGKILL');
  if (signal !== 'SIGKILL' && code !== 0) wrong.push(`${place}: stops with ${code} ${signal}: ${gateway.stderr.slice(-300)}`);
  return hit;
}

async function starts() {
  for (const kind of kinds)
    for (let n = 1; wrong.length < 8 && (await startWith(kind, n)) > 0; n += step) figures.tried++;
  if (figures.tried === 0) wrong.push('starting: nothing failed anywhere');
  console.log(`${what} of assayd, starting: failed at ${figures.tried} places, did not start and said why ${figures.notStarted}, `
    + `wrong ${wrong.length}`);
}

/* ---- while it serves ---- */

class Serving {
  done = 0;
  looks = { sure: 0, perhaps: 0 };
  crashes = 0;

  async begin() {
    calm();
    this.gateway = await start();
    this.staff = new Staff(this.gateway, world.data);
    this.operator = await this.staff.key('operator');
  }

  get(path, key, headers = {}) {
    return answerOf(() => this.staff.call(key, 'GET', path, undefined, { accept: 'application/json', ...headers }));
  }

  post(path, body, headers) {
    return answerOf(() => this.staff.call(this.operator, 'POST', path, body, headers));
  }

  move(number) {
    return this.post('/v1/events', { type: number === 1 ? 'receive' : 'move', gtin, serial, location: `Place ${number}` },
      { 'idempotency-key': `move-${number}` });
  }

  // Each time somebody else, so that each is a session.
  async look() {
    const answer = await this.get(seen[Math.floor(this.done / looksAtOnce) % seen.length], undefined, { 'x-forwarded-for': `10.1.${this.done >> 8}.${this.done & 255}` });
    this.looks[verdictIs('ok')(answer) ? 'sure' : 'perhaps']++;
    return answer;
  }

  async ask(place) {
    judge(`${place}, a genuine label`, await this.look(), verdictIs('ok', 'unchecked'));
    judge(`${place}, a forged label`, await this.get(forged), verdictIs('bad', 'unchecked'));
    judge(`${place}, a page`, await answerOf(() => this.staff.call(undefined, 'GET', label, undefined, { accept: 'text/html', 'x-forwarded-for': '10.9.9.9' })), ({ status }) => status === 200);
    const moved = await this.move(this.done + 1);
    this.gateway.process.kill('SIGHUP'); // writes down who looked, and reads the keyset
    judge(`${place}, an event`, moved, ({ status }) => status === 201);
    judge(`${place}, a unit`, await this.get(`/v1/units/${gtin}/${serial}`, this.operator),
      ({ json }) => json.version === this.done + 2 || (refused(moved) && json.version === this.done + 1));
    judge(`${place}, a history`, await this.get(`/v1/units/${gtin}/${serial}/events`, this.operator), ({ json }) => Array.isArray(json.events));
    judge(`${place}, the report`, await this.get('/v1/units?state=in_stock', this.operator), ({ json }) => Array.isArray(json.units ?? json.rows ?? json.items));
    judge(`${place}, many codes`, await this.post('/v1/verify', { codes: [`http://localhost:8080${label}`, 'x'] }), ({ status }) => status === 200);
    judge(`${place}, a form`, await answerOf(() => this.staff.call(undefined, 'GET', '/report')), ({ status }) => status === 200);
    judge(`${place}, a manifest`, await this.post('/v1/manifests', manifest, { 'content-type': 'text/csv' }), ({ status, text }) => status === 200 && !/damaged|signature/.test(text));
    judge(`${place}, what was issued`, await this.get('/v1/issues', this.operator), ({ json }) => Array.isArray(json.issues));
    judge(`${place}, the metrics`, await answerOf(() => fetch(`http://127.0.0.1:${admin}/metrics`).then(async (answer) => ({ status: answer.status, text: await answer.text() }))),
      ({ text }) => text.endsWith('# EOF\n'));
    return moved;
  }

  // What was refused works, and is there once.
  async again(place, moved) {
    if (!goes(this.gateway)) {
      this.crashes++;
      wrong.push(`${place}: assayd ended: ${this.gateway.process.signalCode} ${this.gateway.stderr.slice(-300)}`);
      if (what === 'control') return;
      this.gateway = await start();
      this.staff.gateway = this.gateway;
    }
    const again = await this.move(this.done + 1);
    const { json } = await this.get(`/v1/units/${gtin}/${serial}`, this.operator);
    this.done++;
    if (again.status !== 201 || json?.version !== this.done + 1)
      wrong.push(`after ${place}: ${moved.status} ${moved.text}, then ${again.status} ${again.text}, version ${json?.version}, not ${this.done + 1}`);
  }

  async sweep(kind) {
    let tried = 0;
    for (let n = 1; wrong.length < (what === 'control' ? 1 : 12); n += step) {
      const place = `${kind.name}, call ${n}`;
      fail(kind, n, inMemory ? '/' : world.directory);
      const moved = await this.ask(place);
      const hit = hits();
      calm();
      await this.again(place, moved);
      if (hit === 0) break;
      tried++;
    }
    return tried;
  }

  async metric(name) {
    const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
  }

  // Every look that was answered is written down, each once.
  async count() {
    for (let i = 0; i < 200 && (await this.metric('assay_sightings_waiting')) > 0; i++) {
      this.gateway.process.kill('SIGHUP');
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    await this.gateway.stop();
    return seen.map((path) => decodeURIComponent(/\/21\/([^?]+)/.exec(path)[1]))
      .reduce((sum, one) => sum + JSON.parse(must('scans', gtin, one, '--json', '--data', world.data)).sessions, 0);
  }
}

async function serves() {
  const serving = new Serving();
  await serving.begin();
  const before = wrong.length;
  let tried = 0;
  for (const kind of kinds) tried += await serving.sweep(kind);
  if (tried === 0 && what !== 'control') wrong.push('nothing failed anywhere');
  if (what === 'control') {
    console.log(`control of assayd: wrong ${wrong.length} at ${tried} places`);
    serving.gateway.process.kill('SIGKILL');
    return;
  }
  const sessions = await serving.count();
  const { sure, perhaps } = serving.looks;
  console.log(`${what} of assayd, twelve requests: failed at ${tried} places, ended ${serving.crashes}, left without an answer ${unanswered}, `
    + `${sessions} sessions of ${sure} looks and ${perhaps} that may be one, wrong ${wrong.length - before}`);
  if (serving.crashes === 0 && (sessions < sure || sessions > sure + perhaps)) wrong.push(`${sessions} sessions, not ${sure} to ${sure + perhaps}`);
}

if (what === 'calls') await starts();
await serves();
calm();
if (what !== 'control') for (const line of wrong.slice(0, 20)) console.error(`  ${line}`);
process.exit(wrong.length === 0 ? 0 : what === 'control' ? 3 : 1);
