// SPDX-License-Identifier: Apache-2.0
// A real assayd with the demo's catalogue, keys and labels in every situation.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Gateway, assay, bin, freePort, temporary, tree } from '../e2e/gateway.mjs';

export class Demo {
  static async start(extra = []) {
    const demo = new Demo();
    const port = await freePort();
    demo.origin = `http://localhost:${port}`;
    demo.data = join(temporary('assay-browser-'), 'data');
    execFileSync(join(tree, 'gateway/demo/fill'), [bin, demo.data, demo.origin], { stdio: ['ignore', 'ignore', 'inherit'] });
    demo.situations = readFileSync(join(demo.data, 'situations.tsv'), 'utf8').trimEnd().split('\n')
      .map((line) => line.split('\t')).map(([verdict, words, path]) => ({ verdict, words, path }));
    demo.gateway = await Gateway.start(demo.data, port, extra);
    return demo;
  }

  // The path of a label, by words of the demo: 'reported stolen'.
  path(words) {
    const found = this.situations.find((situation) => situation.words.startsWith(words));
    if (!found) throw new Error(`the demo has no situation "${words}"`);
    return found.path;
  }

  // An API key for `role`.
  key(role) {
    const made = assay('credential', 'new', '--role', role, '--organisation', 'City Shop', '--name', `a ${role}`,
      '--data', this.data);
    if (made.code !== 0) throw new Error(made.stderr);
    return made.stdout.trim();
  }

  stop() {
    return this.gateway.stop();
  }
}
