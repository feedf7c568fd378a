// SPDX-License-Identifier: Apache-2.0
// node requests.mjs [STEP]: memory that is not there at the n-th call, for n = 1, 1 + STEP and so on
// until nothing asks for it any more: in a running assayd while requests come in, and in the commands
// of `assay`. Nothing crashes, no answer is wrong, no success is claimed that is none, and with memory
// the same thing works. LD_PRELOAD is faults_fail.so beside the programs.
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { World, gtin, must } from '../http/world.mjs';
import { Staff } from '../http/staff.mjs';
import { Gateway, bin, temporary } from '../e2e/gateway.mjs';

const step = Number(process.argv[2] ?? 1);
const memory = 128n; // FAULT_MEMORY of control.h
const enomem = 12n;
const wrong = [];

/* ---- the control page ---- */

const controlPath = join(temporary('assay-control-'), 'control');
writeFileSync(controlPath, Buffer.alloc(512));
const controlFd = openSync(controlPath, 'r+');

function set(calls, left) {
  const page = Buffer.alloc(48);
  [calls, enomem, left, 0n, 0n, 0n].forEach((value, i) => page.writeBigInt64LE(value, 8 * i));
  writeSync(controlFd, page, 0, page.length, 0);
}

function hits() {
  const page = Buffer.alloc(48);
  readSync(controlFd, page, 0, page.length, 0);
  return Number(page.readBigInt64LE(32));
}

const fail = (n) => set(memory, BigInt(n - 1));
const calm = () => set(0n, 0n);
const environment = { ...process.env, LD_PRELOAD: join(bin, 'faults_fail.so'), FAULTS_CONTROL: controlPath };

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

// A refusal for lack of memory: an error of ours, or no answer.
const refused = ({ status }) => status === 0 || status >= 500;

function judge(name, answer, good) {
  if (!refused(answer) && !good(answer)) wrong.push(`${name}: ${answer.status} ${answer.text?.slice(0, 200)}`);
}

async function serve() {
  const world = new World();
  const [label] = world.issue('plant-a', 'served', 1);
  const serial = decodeURIComponent(/\/21\/([^?]+)/.exec(label)[1]);
  const forged = label.replace(/.(?=.{40}$)/, (c) => (c === 'A' ? 'B' : 'A'));
  const keep = process.env.LD_PRELOAD;
  let gateway;
  const start = async () => {
    Object.assign(process.env, { LD_PRELOAD: environment.LD_PRELOAD, FAULTS_CONTROL: controlPath });
    gateway = await Gateway.start(world.data, undefined, ['--workers', '24']);
    if (keep === undefined) delete process.env.LD_PRELOAD;
    else process.env.LD_PRELOAD = keep;
  };
  calm();
  await start();
  const staff = new Staff(gateway, world.data);
  const operator = await staff.key('operator');
  const get = (path, key) => answerOf(() => staff.call(key, 'GET', path, undefined, { accept: 'application/json' }));
  const post = (path, body, headers, key) => answerOf(() => staff.call(key, 'POST', path, body, headers));
  const move = (number) => post('/v1/events',
    { type: number === 1 ? 'receive' : 'move', gtin, serial, location: `Place ${number}` }, { 'idempotency-key': `move-${number}` }, operator);
  const verdictIs = (...allowed) => (answer) => answer.status === 200 && allowed.includes(answer.json?.verdict);
  let done = 0;
  let tried = 0;
  let crashes = 0;
  for (let n = 1; wrong.length < 5; n += step) {
    fail(n);
    judge('a genuine label', await get(label), verdictIs('ok', 'unchecked'));
    judge('a forged label', await get(forged), verdictIs('bad', 'unchecked'));
    judge('a page', await answerOf(() => staff.call(undefined, 'GET', label, undefined, { accept: 'text/html' })), ({ status }) => status === 200);
    const moved = await move(done + 1);
    judge('an event', moved, ({ status }) => status === 201);
    judge('a unit', await get(`/v1/units/${gtin}/${serial}`, operator), ({ json }) => json.version === done + 2 || (refused(moved) && json.version === done + 1));
    judge('a history', await get(`/v1/units/${gtin}/${serial}/events`, operator), ({ json }) => Array.isArray(json.events));
    judge('the report', await get('/v1/units?state=in_stock', operator), ({ json }) => Array.isArray(json.units ?? json.rows ?? json.items));
    judge('many codes', await post('/v1/verify', { codes: [`http://localhost:8080${label}`, 'x'] }, {}, operator), ({ status }) => status === 200);
    judge('a form', await answerOf(() => staff.call(undefined, 'GET', '/report')), ({ status }) => status === 200);
    const hit = hits();
    calm();
    if (gateway.process.exitCode !== null || gateway.process.signalCode !== null) {
      crashes++;
      wrong.push(`assayd ended at call ${n}: ${gateway.process.signalCode} ${gateway.stderr.slice(-300)}`);
      await start();
      staff.gateway = gateway;
    }
    const again = await move(done + 1);
    const { json } = await get(`/v1/units/${gtin}/${serial}`, operator);
    if (again.status !== 201 || json.version !== done + 2) wrong.push(`after call ${n}: ${moved.status} ${moved.text}, then ${again.status} ${again.text}, version ${json.version}, not ${done + 2}`);
    done++;
    if (hit === 0) break;
    tried++;
  }
  await gateway.stop();
  console.log(`memory of assayd, nine requests: failed at ${tried} places, ended ${crashes}, left without an answer ${unanswered}, wrong ${wrong.length}`);
}

/* ---- commands ---- */

function commands() {
  const world = new World();
  const data = world.data;
  const out = temporary('assay-commands-');
  const lines = (path) => readFileSync(path, 'utf8').trimEnd().split('\n').length;
  const issued = ['issue', '--gtin', gtin, '--count', '5', '--key', 'plant-a', '--passphrase-file', world.passphrase,
    '--base-url', 'http://localhost:8080', '--data', data];
  must(...issued, '-o', join(out, 'stock'));
  must('backup', join(out, 'kept'), '--data', data);
  const fresh = (name) => { rmSync(join(out, name), { recursive: true, force: true }); return join(out, name); };
  const copy = () => { const to = fresh('data'); cpSync(data, to, { recursive: true }); return to; };
  // Each makes its arguments anew, and says whether a success is one.
  const rows = [
    ['issue', () => { for (const kind of ['labels', 'cards', 'manifest']) rmSync(join(out, `new.${kind}.csv`), { force: true });
      return [...issued, '-o', join(out, 'new')]; }, () => lines(join(out, 'new.labels.csv')) === 6 && lines(join(out, 'new.cards.csv')) === 6],
    ['import', () => ['import', join(out, 'stock.manifest.csv'), '--data', copy()],
      () => must('report', '--csv', '--data', join(out, 'data')).trimEnd().split('\n').length === 9],
    ['backup', () => ['backup', fresh('new-backup'), '--data', data], () => existsSync(join(out, 'new-backup'))
      && must('restore', join(out, 'new-backup'), '--data', fresh('proof')) !== undefined],
    ['restore', () => ['restore', join(out, 'kept'), '--data', fresh('restored')], () => must('check', '--data', join(out, 'restored')) !== undefined],
    ['check', () => ['check', '--data', data], ({ stdout }) => /no damage/.test(stdout)],
    ['verify', () => ['verify', `http://localhost:8080${world.paths[0]}`, '--data', data], ({ stdout }) => stdout !== ''],
    ['keys new', () => ['keys', 'new', 'plant-b', '--organisation', 'Norrland', '--gtin-prefix', '0950600', '--passphrase-file',
      world.passphrase, '--data', copy()], () => /plant-b/.test(must('keys', 'list', '--data', join(out, 'data')))],
  ];
  mkdirSync(out, { recursive: true });
  for (const [name, prepare, holds] of rows) {
    let tried = 0;
    let bad = 0;
    let passed = 0;
    for (let n = 1; bad < 5; n += step) {
      const args = prepare();
      fail(n);
      const result = spawnSync(join(bin, 'assay'), args, { env: environment, encoding: 'utf8' });
      const hit = hits();
      calm();
      const claim = result.status === 0;
      if (result.signal !== null) { bad++; wrong.push(`${name}, call ${n}: ended by ${result.signal} ${result.stderr.slice(-300)}`); }
      if (claim && !holds(result)) { bad++; wrong.push(`${name}, call ${n}: claims success`); }
      if (!claim && hit === 0) { bad++; wrong.push(`${name}, call ${n}: ${result.status} without a fault: ${result.stderr}`); }
      if (!claim && result.signal === null && result.stderr === '') { bad++; wrong.push(`${name}, call ${n}: exit ${result.status} without a word`); }
      passed += claim && hit > 0;
      if (hit === 0) break;
      tried++;
    }
    console.log(`memory of assay ${name}: failed at ${tried} places, did it all the same ${passed}, wrong ${bad}`);
  }
}

if (process.argv[3] !== 'commands') await serve();
if (process.argv[3] !== 'serve') commands();
calm();
closeSync(controlFd);
for (const line of wrong.slice(0, 12)) console.error(`  ${line}`);
process.exit(wrong.length === 0 ? 0 : 1);
