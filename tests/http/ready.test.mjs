// SPDX-License-Identifier: Apache-2.0
// /readyz: each reason that it can give, brought about in a running assayd by calls that fail, and that
// it is ready again when they no longer do.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, freePort } from '../e2e/gateway.mjs';
import { calm, disturbed, failFrom, hits } from '../faults/control.mjs';
import { Staff } from './staff.mjs';
import { World, gtin } from './world.mjs';

let world;
let gateway;
let staff;
let operator;
let admin;
let serial;
let number = 0;

before(async () => {
  world = new World();
  serial = decodeURIComponent(/\/21\/([^?]+)/.exec(world.paths[0])[1]);
  admin = await freePort();
  gateway = await disturbed(() => Gateway.start(world.data, undefined, ['--admin-port', String(admin)]));
  staff = new Staff(gateway, world.data);
  operator = await staff.key('operator');
});
after(async () => { calm(); await gateway?.stop('SIGKILL'); });

const readyz = async () => {
  const answer = await fetch(`http://127.0.0.1:${admin}/readyz`);
  return { status: answer.status, text: await answer.text() };
};
const ready = { status: 200, text: 'ready\n' };
const notReady = (reason) => ({ status: 503, text: `not ready: ${reason}\n` });
const write = async () => {
  number++;
  return (await staff.event(operator, { type: number === 1 ? 'receive' : 'move', gtin, serial, location: `Place ${number}` })).status;
};

async function readyAgain() {
  calm();
  for (let i = 0; i < 400; i++) {
    if ((await readyz()).status === 200) break;
    await new Promise((later) => { setTimeout(later, 25); });
  }
  assert.deepEqual(await readyz(), ready);
  const status = await write();
  assert.ok(status === 201 || status === 422, `a write is answered ${status}`);
  const { body } = await gateway.verdict(world.paths[0]);
  assert.equal(body.verdict, 'ok');
}

test('ready, when nothing is wrong', async () => {
  assert.deepEqual(await readyz(), ready);
});

for (const [error, reason] of [['ENOSPC', 'the disk is full'], ['EIO', 'the disk cannot be asked']])
  test(reason, async () => {
    failFrom(['look'], error, 1, world.data);
    assert.deepEqual(await readyz(), notReady(reason));
    assert.ok(hits() > 0);
    await readyAgain();
  });

for (const call of ['sync', 'write'])
  test(`the registry cannot be written to: each ${call} fails`, async () => {
    failFrom([call], 'EIO', 1, join(world.data, 'registry'));
    assert.ok((await write()) >= 500);
    assert.deepEqual(await readyz(), notReady('the registry cannot be written to'));
    assert.deepEqual(await readyz(), notReady('the registry cannot be written to'));
    const { body } = await gateway.verdict(world.paths[0]);
    assert.equal(body.verdict, 'ok'); // reading goes on
    await readyAgain();
  });

// The write that fails is the last one of a commit, after which LMDB has to be opened anew, and cannot.
test('the registry cannot be read', async () => {
  let found = false;
  for (let n = 1; n < 40 && !found; n++) {
    failFrom(['write', 'open'], 'EIO', n, join(world.data, 'registry'));
    const status = await write();
    const answer = await readyz();
    found = answer.text === notReady('the registry cannot be read').text;
    if (found) {
      assert.ok(status >= 500);
      const { body } = await gateway.verdict(world.paths[0]);
      assert.deepEqual([body.verdict, body.reasons[0].code], ['unchecked', 'registry_unavailable']);
    }
    await readyAgain();
  }
  assert.ok(found);
});

// CivetWeb makes its threads and does not look whether the one that accepts is there.
test('it does not start, and says so, when it cannot have each of its threads; or it answers', async () => {
  const data = join(world.directory, 'threads');
  cpSync(world.data, data, { recursive: true });
  const ends = [];
  for (let n = 1, hit = 1; hit > 0 && n < 12; n++) {
    failFrom(['thread'], 'EAGAIN', n, '/');
    let end = 'answers';
    try {
      const other = await disturbed(() => Gateway.start(data, undefined, ['--workers', '2']));
      hit = hits();
      calm();
      const { body } = await other.verdict(world.paths[0]);
      assert.equal(body.verdict, 'ok');
      await other.stop('SIGKILL');
    } catch (error) {
      hit = hits();
      calm();
      [, end] = /assayd: (.*thread.*|the server did not start.*)/.exec(error.message) ?? [, error.message];
    }
    ends.push(end);
  }
  assert.equal(ends.at(-1), 'answers');
  assert.ok(ends.includes('no thread to listen with'), ends.join('; '));
  assert.ok(ends.every((end) => /answers|thread|did not start/.test(end)), ends.join('; '));
});
