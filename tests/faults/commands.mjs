// SPDX-License-Identifier: Apache-2.0
// node commands.mjs memory|calls|control [STEP] [NAME]: the commands of `assay` without memory, or with
// a call on a file that fails, at the n-th, for n = 1, 1 + STEP and so on until none is left. Nothing
// crashes; a success is one; a failure says what failed, and leaves what was there before, whole, and
// what the same command makes right when it is run again. As a control, writes are said to have
// happened that have not, which has to be found: exit status 3. LD_PRELOAD is faults_fail.so beside
// the programs.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { World, gtin, must } from '../http/world.mjs';
import { assay, bin, temporary, tree } from '../e2e/gateway.mjs';
import { calm, environment, fail, hits, lies, memory, onFiles } from './control.mjs';

const what = process.argv[2];
const step = Number(process.argv[3] ?? 1);
const kinds = { memory, control: lies, calls: step === 1 ? onFiles.long : onFiles.short }[what];
const wrong = [];

const world = new World();
const out = temporary('assay-commands-');
const at = (...names) => join(out, ...names);
const data = at('world');
cpSync(world.data, data, { recursive: true });
const lines = (path) => readFileSync(path, 'utf8').trimEnd().split('\n').length;
const signing = ['--passphrase-file', world.passphrase];
const issued = ['issue', '--gtin', gtin, '--count', '5', '--key', 'plant-a', ...signing, '--base-url', 'http://localhost:8080', '--data', data];
const serial = decodeURIComponent(/\/21\/([^?]+)/.exec(world.paths[0])[1]);
must(...issued, '-o', at('stock'));
must('backup', at('kept'), '--with-keys', '--data', data);

/* ---- what is there ---- */

const fresh = (name) => { rmSync(at(name), { recursive: true, force: true }); return at(name); };
const copy = (name = 'data') => { cpSync(data, fresh(name), { recursive: true }); return at(name); };
const units = (where) => must('report', '--csv', '--data', where).trimEnd().split('\n').length - 1;
const undamaged = (where) => assay('check', '--data', where).code === 0;
const keyOf = (where, name) => JSON.parse(must('keys', 'list', '--json', '--data', where)).keys.find((key) => key.name === name);
const versionOf = (where) => must('history', gtin, serial, '--json', '--data', where).split('"type"').length - 1;
const sound = (where) => assay('restore', where, '--data', fresh('proof'), '--dry-run').code === 0;
const filesOf = (where) => JSON.parse(readFileSync(join(where, 'backup.json'), 'utf8')).files.map(({ name }) => name).sort().join(' ');
const asides = (where) => readdirSync(where).filter((name) => name.startsWith('before-restore-')).map((name) => join(where, name));
// What could not be removed keeps the name that it had meanwhile.
const pictures = () => (existsSync(at('labels')) ? readdirSync(at('labels')).filter((name) => name.endsWith('.svg')) : []);
const isPicture = (name) => readFileSync(at('labels', name), 'utf8').trimEnd().endsWith('</svg>');
const expectedFiles = filesOf(at('kept'));

// Newer than the backup: another event, and a key that is trusted no longer.
const newer = at('newer');
cpSync(data, newer, { recursive: true });
must('event', 'receive', gtin, serial, 'location=BERLIN-1', '--data', newer);
must('keys', 'revoke', 'plant-a', '--compromised-since', '2026-01-01', '--reason', 'stolen', '--yes', '--data', newer);
const newerCopy = () => { cpSync(newer, fresh('data'), { recursive: true }); return at('data'); };
// The newer registry is there with its secrets, in its place or aside.
const newerIsThere = () => [at('data'), ...asides(at('data'))].some((where) => existsSync(join(where, 'registry')) && existsSync(join(where, 'secrets'))
  && undamaged(where) && versionOf(where) === versionOf(newer));

// Each row: the arguments, made anew; does a success hold; and what has to hold after a failure, when
// the same arguments were given once more (`again`) or not.
const rows = {
  issue: {
    arguments: () => { for (const kind of ['labels', 'cards', 'manifest']) fresh(`new.${kind}.csv`); return [...issued, '-o', at('new')]; },
    done: () => lines(at('new.labels.csv')) === 6 && lines(at('new.cards.csv')) === 6,
    failed: () => ['labels', 'cards', 'manifest'].every((kind) => !existsSync(at(`new.${kind}.csv`))),
  },
  import: {
    arguments: () => ['import', at('stock.manifest.csv'), '--data', copy()],
    done: () => units(at('data')) === 8,
    failed: () => undamaged(at('data')) && units(at('data')) <= 8,
    again: true,
  },
  backup: {
    arguments: () => { fresh('new-backup.part'); return ['backup', fresh('new-backup'), '--with-keys', '--data', data]; },
    done: () => sound(at('new-backup')) && filesOf(at('new-backup')) === expectedFiles,
    failed: () => !existsSync(at('new-backup')) || sound(at('new-backup')),
    again: () => !existsSync(at('new-backup')),
  },
  restore: {
    arguments: () => ['restore', at('kept'), '--data', fresh('data')],
    done: () => undamaged(at('data')) && units(at('data')) === 3 && keyOf(at('data'), 'plant-a').status === 'active' && existsSync(at('data', 'keys', 'plant-a.key')),
    failed: () => !existsSync(at('data', 'registry')) || undamaged(at('data')),
    again: () => !existsSync(at('data', 'registry')),
  },
  'restore --replace': {
    arguments: () => ['restore', at('kept'), '--replace', '--data', newerCopy()],
    done: () => undamaged(at('data')) && versionOf(at('data')) === versionOf(data) && newerIsThere() && keyOf(at('data'), 'plant-a').status === 'revoked',
    failed: () => newerIsThere() && (!existsSync(at('data', 'registry')) || undamaged(at('data'))) && keyOf(at('data'), 'plant-a').status === 'revoked',
    again: true,
  },
  'restore without': {
    arguments: () => ['restore', at('kept'), '--data', newerCopy()],
    refuses: /holds a registry/,
    failed: () => undamaged(at('data')) && versionOf(at('data')) === versionOf(newer),
  },
  check: {
    arguments: () => ['check', '--data', data],
    done: ({ stdout }) => /no damage/.test(stdout),
    failed: ({ stdout, stderr, status }) => status !== 4 && !/damaged/.test(stdout + stderr),
  },
  verify: {
    arguments: () => ['verify', `http://localhost:8080${world.paths[0]}`, '--data', data],
    done: ({ stdout }) => stdout !== '',
    failed: ({ status }) => status !== 4,
  },
  report: {
    arguments: () => ['report', '--csv', '--data', data],
    done: ({ stdout }) => stdout.trimEnd().split('\n').length === 4,
    failed: () => true,
  },
  'keys new': {
    arguments: () => ['keys', 'new', 'plant-b', '--organisation', 'Norrland', '--gtin-prefix', '0950600', ...signing, '--data', copy()],
    done: () => keyOf(at('data'), 'plant-b').status === 'active' && existsSync(at('data', 'keys', 'plant-b.key')),
    failed: () => keyOf(at('data'), 'plant-a').status === 'active',
    again: () => keyOf(at('data'), 'plant-b') === undefined,
  },
  'keys retire': {
    arguments: () => ['keys', 'retire', 'plant-a', '--data', copy()],
    done: () => keyOf(at('data'), 'plant-a').status === 'retired',
    failed: () => ['active', 'retired'].includes(keyOf(at('data'), 'plant-a').status),
  },
  'keys revoke': {
    arguments: () => ['keys', 'revoke', 'plant-a', '--compromised-since', '2026-01-01', '--reason', 'stolen', '--yes', '--data', copy()],
    done: () => keyOf(at('data'), 'plant-a').status === 'revoked',
    failed: () => ['active', 'revoked'].includes(keyOf(at('data'), 'plant-a').status),
  },
  'keys export': {
    arguments: () => ['keys', 'export', 'plant-a', '--format', 'ini', '--output', fresh('plant-a.ini'), '--data', data],
    done: () => /^status = active$/m.test(readFileSync(at('plant-a.ini'), 'utf8')),
    failed: () => !existsSync(at('plant-a.ini')) || /^status = active$/m.test(readFileSync(at('plant-a.ini'), 'utf8')),
  },
  event: {
    arguments: () => ['event', 'receive', gtin, serial, 'location=BERLIN-1', '--data', copy()],
    done: () => versionOf(at('data')) === 2,
    failed: ({ stderr }) => undamaged(at('data')) && (versionOf(at('data')) === 1 || (versionOf(at('data')) === 2 && /may be written/.test(stderr))),
    again: () => versionOf(at('data')) === 1,
  },
  'product put': {
    arguments: () => ['product', 'put', join(tree, 'gateway/demo/products', `${gtin}.json`), '--data', fresh('data')],
    done: () => JSON.parse(must('product', 'get', gtin, '--json', '--data', at('data'))).gtin === gtin && undamaged(at('data')),
    failed: () => true,
    again: true,
  },
  'credential new': {
    arguments: () => ['credential', 'new', '--role', 'admin', '--data', copy()],
    done: ({ stdout }) => must('credential', 'list', '--data', at('data')).includes(stdout.slice(6, 14)),
    failed: () => undamaged(at('data')),
    again: true,
  },
  label: {
    arguments: () => ['label', at('stock.labels.csv'), '--format', 'svg', '-o', fresh('labels')],
    done: () => pictures().length === 5 && pictures().every(isPicture),
    failed: () => pictures().every(isPicture),
    again: true,
  },
  cards: {
    arguments: () => ['cards', at('stock.cards.csv'), '-o', fresh('cards.pdf')],
    done: () => readFileSync(at('cards.pdf'), 'latin1').trimEnd().endsWith('%%EOF'),
    failed: () => !existsSync(at('cards.pdf')) || readFileSync(at('cards.pdf'), 'latin1').trimEnd().endsWith('%%EOF'),
    again: () => !existsSync(at('cards.pdf')),
  },
};

/* ---- all of them ---- */

const run = (args, env = process.env) => spawnSync(join(bin, 'assay'), args, { env, encoding: 'utf8' });

function attempt(check) {
  try {
    return check() === true ? undefined : 'no';
  } catch (error) {
    return String(error.message).slice(0, 300);
  }
}

// What was wrong with one run; hit: a call has failed in it.
function judge(row, args, result, hit) {
  const says = `exit ${result.status}: ${(result.stdout + result.stderr).slice(-300).trim()}`;
  if (result.signal !== null) return `ended by ${result.signal}: ${result.stderr.slice(-400)}`;
  if (row.refuses) {
    const kept = attempt(() => row.failed(result));
    if (result.status === 0) return 'was not refused';
    return kept && `not as it was (${kept}); ${says}`;
  }
  if (result.status === 0) {
    const held = attempt(() => row.done(result));
    return held && `claims success (${held}); ${says}`;
  }
  if (!hit) return `fails without a fault; ${says}`;
  if (!/\S+: \S+/.test(result.stderr)) return `fails without a word; ${says}`;
  const left = attempt(() => row.failed(result));
  if (left) return `leaves it wrong (${left}); ${says}`;
  if (row.again === undefined || (row.again !== true && !row.again())) return undefined;
  const again = run(args);
  const held = again.status === 0 ? attempt(() => row.done(again)) : again.stderr;
  return held && `not when it is run again (${held}); ${says}`;
}

const said = new Set();

function tell(mistake) {
  wrong.push(mistake);
  if (what !== 'control') console.error(`  ${mistake}`);
}

function sweep(name, row, kind) {
  const figures = { tried: 0, refused: 0, wrong: 0 };
  for (let n = 1; figures.wrong < 5; n += step) {
    const args = row.arguments();
    fail(kind, n, kind === memory[0] ? '/' : out);
    const result = run(args, { ...process.env, ...environment });
    const hit = hits();
    calm();
    const mistake = judge(row, args, result, hit > 0);
    if (mistake) tell(`${name}, ${kind.name}, call ${n}: ${mistake}`);
    figures.wrong += mistake ? 1 : 0;
    if (result.status !== 0) said.add(`${name}, ${kind.name}: ${result.status} ${result.stderr.trim().replaceAll(out, 'OUT')}`);
    if (hit === 0) break;
    figures.tried++;
    figures.refused += result.status !== 0;
  }
  return figures;
}

for (const [name, row] of Object.entries(rows)) {
  if (process.argv[4] !== undefined && name !== process.argv[4]) continue;
  const sum = { tried: 0, refused: 0, wrong: 0 };
  for (const kind of kinds)
    for (const [key, value] of Object.entries(sweep(name, row, kind))) sum[key] += value;
  if (sum.tried === 0) tell(`${name}: nothing failed anywhere`);
  console.log(`${what} of assay ${name}: failed at ${sum.tried} places, `
    + `refused ${sum.refused}, did it all the same ${sum.tried - sum.refused}, wrong ${sum.wrong}`);
}
if (process.env.FAULTS_SAID) for (const line of [...said].sort()) console.log(line);
process.exit(wrong.length === 0 ? 0 : what === 'control' ? 3 : 1);
