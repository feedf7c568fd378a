// SPDX-License-Identifier: Apache-2.0
// Which call of a program is to fail: control.h, for scripts.
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { bin, temporary } from '../e2e/gateway.mjs';

const errors = { EIO: 5n, ENOMEM: 12n, EMFILE: 24n, ENOSPC: 28n, ENOLCK: 37n, ECONNRESET: 104n, EAGAIN: 11n, EINTR: 4n, short: -1n, lie: -2n };
const calls = {
  write: 1n, sync: 2n, truncate: 4n, open: 8n, map: 16n, name: 32n, read: 64n, memory: 128n, look: 256n, list: 512n,
  remove: 1024n, lock: 2048n, close: 4096n, socket: 8192n, traffic: 16384n, poll: 32768n, thread: 65536n,
};
const files = ['write', 'sync', 'truncate', 'open', 'map', 'name', 'read', 'look', 'list', 'remove', 'lock', 'close'];
const row = (names, error) => ({ name: `${names.length > 1 ? 'files' : names[0]} ${error}`, bits: names.reduce((sum, name) => sum | calls[name], 0n), error: errors[error] });

// What is swept: each kind with what it may fail with; or, short, the calls on all files as one.
export const memory = [row(['memory'], 'ENOMEM')];
export const onFiles = {
  long: [row(['write'], 'EIO'), row(['write'], 'ENOSPC'), row(['write'], 'short'), row(['sync'], 'EIO'), row(['truncate'], 'EIO'),
    row(['open'], 'EIO'), row(['open'], 'EMFILE'), row(['map'], 'ENOMEM'), row(['name'], 'EIO'), row(['name'], 'ENOSPC'), row(['read'], 'EIO'),
    row(['read'], 'EINTR'), row(['look'], 'EIO'), row(['list'], 'EIO'), row(['remove'], 'EIO'), row(['lock'], 'ENOLCK'),
    row(['close'], 'EIO'), row(['thread'], 'EAGAIN')],
  short: [row(files, 'EIO')],
};
export const onSockets = [row(['socket'], 'EMFILE'), row(['traffic'], 'ECONNRESET'), row(['poll'], 'ENOMEM')];

// Writes that are said to have happened: what the harness has to see.
export const lies = [row(['write'], 'lie')];

const path = join(temporary('assay-control-'), 'control');
writeFileSync(path, Buffer.alloc(512));
const fd = openSync(path, 'r+');
process.on('exit', () => closeSync(fd));

// For programs that are to be disturbed. The library comes before the sanitizers' own, which is meant.
export const environment = {
  LD_PRELOAD: join(bin, 'faults_fail.so'),
  FAULTS_CONTROL: path,
  ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0', 'detect_leaks=0'].filter(Boolean).join(':'),
};

// Runs what starts such a program, and nothing else that would be one, too.
export async function disturbed(start) {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await start();
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

function set(values, below) {
  const page = Buffer.alloc(512);
  values.forEach((value, i) => page.writeBigInt64LE(value, 8 * i));
  page.write(below, 48);
  writeSync(fd, page, 0, page.length, 0);
}

// The n-th call fails, of calls on files those below a directory; or all from then on.
export const fail = (kind, n, below = '/', sticky = 0n) => set([kind.bits, kind.error, BigInt(n - 1), sticky, 0n, 0n], below);
export const failFrom = (names, error, n, below) => fail(row(names, error), n, below, 1n);
export const calm = () => set([0n, 0n, 0n, 0n, 0n, 0n], '/');

// How many have failed since.
export function hits() {
  const page = Buffer.alloc(48);
  readSync(fd, page, 0, page.length, 0);
  return Number(page.readBigInt64LE(32));
}
