// SPDX-License-Identifier: Apache-2.0
// A real assayd with the demo's catalogue, keys and labels in every situation.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Gateway, assay, bin, freePort, temporary, tree } from '../e2e/gateway.mjs';
import { Signer } from '../e2e/signer.mjs';

// Keys cost what they are meant to cost: where ASSAY_DEMO has the data already, it is copied.
function fill(data, origin) {
  const made = process.env.ASSAY_DEMO;
  const [program, ...args] = made ? ['cp', '-a', made, data] : [join(tree, 'gateway/demo/fill'), bin, data, origin];
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

export class Demo {
  static async start(count = 1, extra = []) {
    const demo = new Demo();
    const port = await freePort();
    demo.origin = `http://localhost:${port}`;
    demo.data = join(temporary('assay-browser-'), 'data');
    fill(demo.data, demo.origin);
    demo.situations = readFileSync(join(demo.data, 'situations.tsv'), 'utf8').trimEnd().split('\n')
      .map((line) => line.split('\t')).map(([verdict, words, path]) => ({ verdict, words, path }));
    demo.units = demo.issue(count);
    const socket = join(demo.data, 'signer');
    demo.signer = await Signer.start({ data: demo.data, key: 'plant-a', passphrase: join(demo.data, 'demo.passphrase'), socket });
    demo.gateway = await Gateway.start(demo.data, port, ['--signer', socket, ...extra]);
    demo.keys = new Map();
    await demo.call('/v1/events', demo.units.map(({ gtin, serial }) => ({ type: 'sell', gtin, serial })), demo.key('operator'));
    return demo;
  }

  // Units of our own, each for one test: {gtin, serial, claim, path}.
  issue(number) {
    const gtin = '09506000134352';
    const run = join(temporary('assay-run-'), 'run');
    this.assay('issue', '--gtin', gtin, '--count', String(number), '--key', 'plant-a', '--passphrase-file',
      join(this.data, 'demo.passphrase'), '--base-url', this.origin, '-o', run);
    this.assay('import', `${run}.manifest.csv`);
    const rows = (file) => readFileSync(`${run}.${file}.csv`, 'utf8').trim().split(/\r?\n/).slice(1).map((line) => line.split(','));
    const claims = new Map(rows('cards').map((cells) => [cells.at(-2), cells.at(-1)]));
    return rows('labels').map(([url, , , serial]) => ({ gtin, serial, claim: claims.get(serial), path: url.replace(/^https?:\/\/[^/]+/, '') }));
  }

  assay(...args) {
    const made = assay(...args, '--data', this.data);
    if (made.code !== 0) throw new Error(made.stderr);
    return made.stdout;
  }

  // POST as JSON; the answer, which has to be a good one.
  async call(path, body, key) {
    const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    const answer = await fetch(this.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  // A unit that was sold and that no other test has.
  sold() {
    const unit = this.units.pop();
    if (!unit) throw new Error('more units are needed: Demo.start(count)');
    return unit;
  }

  // Likewise, registered by its owner, who holds `secret`.
  async owned() {
    const unit = this.sold();
    const { owner_secret: secret } = await this.call('/v1/activations', { code: this.origin + unit.path, claim_code: unit.claim });
    return { ...unit, secret };
  }

  // The path of a label, by words of the demo: 'reported stolen'.
  path(words) {
    const found = this.situations.find((situation) => situation.words.startsWith(words));
    if (!found) throw new Error(`the demo has no situation "${words}"`);
    return found.path;
  }

  // An API key for `role`.
  key(role) {
    if (!this.keys.has(role)) {
      this.keys.set(role, this.assay('credential', 'new', '--role', role, '--organisation', 'City Shop', '--name', `a ${role}`).trim());
    }
    return this.keys.get(role);
  }

  async stop() {
    await this.signer.stop();
    return this.gateway.stop();
  }
}
