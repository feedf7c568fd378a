// SPDX-License-Identifier: Apache-2.0
// A real assayd on a real port with real data, for black-box tests.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const bin = process.env.ASSAY_BIN;
export const tree = process.env.ASSAY_TREE;

export function temporary(prefix = 'assay-test-') {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Runs `assay` and gives {code, stdout, stderr}; never throws.
export function assay(...args) {
  try {
    const stdout = execFileSync(join(bin, 'assay'), args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
    return { code: 0, stdout: stdout.toString(), stderr: '' };
  } catch (error) {
    if (error.status === undefined) throw error;
    return { code: error.status, stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}

export class Gateway {
  static async start(data, port, extra = []) {
    const gateway = new Gateway();
    gateway.port = port ?? (await freePort());
    gateway.base = `http://127.0.0.1:${gateway.port}`;
    gateway.stderr = '';
    gateway.process = spawn(
      join(bin, 'assayd'),
      ['--data', data, '--port', String(gateway.port), '--base-url', `http://localhost:${gateway.port}`, ...extra],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    gateway.process.stderr.on('data', (chunk) => { gateway.stderr += chunk; });
    gateway.ended = new Promise((resolve) => gateway.process.on('exit', (code, signal) => resolve({ code, signal })));
    await gateway.ready(`${gateway.base}/`);
    const admin = extra.indexOf('--admin-port'); // the second door opens last
    if (admin >= 0) await gateway.ready(`http://127.0.0.1:${extra[admin + 1]}/livez`);
    return gateway;
  }

  async ready(address) {
    for (let i = 0; i < 400; i++) {
      if (this.process.exitCode !== null) throw new Error(`assayd ended: ${this.stderr}`);
      try {
        await fetch(address);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    throw new Error(`assayd did not answer: ${this.stderr}`);
  }

  async stop(signal = 'SIGTERM') {
    this.process.kill(signal);
    return this.ended;
  }

  async verdict(path) {
    const answer = await fetch(this.base + path, { headers: { accept: 'application/json' } });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }
}
