// SPDX-License-Identifier: Apache-2.0
// A real `assay signer` on a real socket, and what is said to it.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { bin } from './gateway.mjs';

export class Signer {
  // `options` follow --key, --socket, --passphrase-file and --data.
  static async start({ data, key, passphrase, socket, env = {} }, options = []) {
    const signer = new Signer();
    signer.socket = socket;
    signer.stderr = '';
    signer.process = spawn(join(bin, 'assay'), ['signer', '--key', key, '--socket', socket, '--passphrase-file', passphrase,
      '--data', data, ...options], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    signer.process.stderr.on('data', (chunk) => { signer.stderr += chunk; });
    signer.ended = new Promise((resolve) => signer.process.on('exit', (code, signal) => resolve({ code, signal })));
    const ready = new Promise((resolve) => signer.process.stdout.on('data', () => resolve(true)));
    if (await Promise.race([ready, signer.ended.then(() => false)])) return signer;
    throw new Error(`the signer ended: ${signer.stderr}`);
  }

  async stop(signal = 'SIGTERM') {
    this.process.kill(signal);
    return this.ended;
  }

  ask(request) {
    return ask(this.socket, request);
  }

  // `more` besides what every order has.
  issue(count, more = {}) {
    return this.ask({ request: 'issue', gtin: '09506000134352', count, base_url: 'https://id.example.com', ...more });
  }
}

// Sends bytes as they are and gives all that is answered; `end` closes the sending half.
export function say(socket, bytes, { end = false } = {}) {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    const chunks = [];
    connection.on('data', (chunk) => chunks.push(chunk));
    connection.on('error', (error) => (chunks.length > 0 ? resolve(Buffer.concat(chunks).toString()) : reject(error)));
    connection.on('close', () => resolve(Buffer.concat(chunks).toString()));
    connection.on('connect', () => (end ? connection.end(bytes) : connection.write(bytes)));
  });
}

export async function ask(socket, request) {
  const text = await say(socket, `${JSON.stringify(request)}\n`);
  if (!text.endsWith('\n')) throw new Error(`half an answer: ${text.slice(0, 80)}`);
  return JSON.parse(text);
}
