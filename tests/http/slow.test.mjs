// SPDX-License-Identifier: Apache-2.0
// The short form of slow.mjs: while others attack, every good request is answered. How fast is for
// slow.mjs to say, on a machine that does nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { lua, modes, siege } from './slow.mjs';
import { World } from './world.mjs';

const attackers = 60;
const most = 3000; // good requests: a minute

test('good requests are answered while others are slow, or forge', async () => {
  const world = new World();
  const gateway = await Gateway.start(world.data, undefined, ['--workers', '192', '--keep-alive-ms', '500', '--request-timeout-ms', '3000']);
  const script = lua(world.directory, world.paths);
  for (const mode of modes.filter((name) => name !== 'quiet')) {
    const seen = (peak) => mode === 'forged' || peak > attackers / 2;
    const { good, peak } = await siege(mode, {
      gateway, paths: world.paths, attackers, script, patience: 60000, enough: (n, highest) => (n >= 60 && seen(highest)) || n >= most,
    });
    assert.ok(seen(peak), `${mode}: only ${peak} connections`);
    assert.deepEqual([...good.failures], [], mode);
    assert.equal(good.lost, 0, mode);
  }
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});
