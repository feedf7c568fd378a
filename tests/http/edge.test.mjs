// SPDX-License-Identifier: Apache-2.0
// The real daemon from outside: routes, heads, bodies, timing, and 10,000 requests gone wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { answers, exchange, random } from './wire.mjs';
import { World } from './world.mjs';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const timeout = 800;
let world;
let gateway;
let label;
let forged;

before(async () => {
  world = new World();
  [label] = world.paths;
  forged = label.replace(/S=.{20}/, 'S=AEAAAAAAAAAAAAAAAAAAAA');
  gateway = await Gateway.start(world.data, undefined,
    ['--request-timeout-ms', String(timeout), '--workers', '24', '--keep-alive-ms', '400', '--log', 'debug']);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const post = (body, type = 'application/json', more = '') =>
  `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
const get = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

async function one(bytes, options) {
  const { bytes: got, closed, ms } = await exchange(gateway.port, [].concat(bytes), options);
  const found = answers(got);
  assert.equal(found.length, 1, `${String(bytes).slice(0, 200)} -> ${got}`);
  return { ...found[0], closed, ms };
}

function checkHeaders({ headers }) {
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'], ['referrer-policy', 'same-origin'], ['x-frame-options', 'DENY'],
    ['cross-origin-opener-policy', 'same-origin'], ['cross-origin-resource-policy', 'same-origin'],
  ])
    assert.equal(headers.get(name), value);
  assert.match(headers.get('content-security-policy'), /^default-src 'none';.*frame-ancestors 'none'/);
  assert.match(headers.get('permissions-policy'), /camera=\(\)/);
  assert.ok(headers.get('date'));
  for (const name of headers.keys()) assert.doesNotMatch(name, /^(server|access-control-.*|set-cookie)$/);
}

test('routes answer a program with JSON and a browser with a page', async () => {
  const rows = [
    ['GET', '/', '*/*', 200, /^text\/html/],
    ['GET', '/', browser, 200, /^text\/html/],
    ['GET', () => label, '', 200, /^application\/json$/],
    ['GET', () => label, 'application/json', 200, /^application\/json$/],
    ['GET', () => label, browser, 200, /^text\/html/],
    ['GET', '/v1/keys', '*/*', 200, /json$/],
    ['GET', '/.well-known/jwks.json', '*/*', 200, /json$/],
    ['GET', '/nothing', '*/*', 404, /^application\/problem\+json$/],
    ['GET', '/nothing', browser, 404, /^text\/html/],
    ['GET', '/01/', '*/*', 404, /^application\/problem\+json$/],
    ['GET', '/v1/verify', '*/*', 405, /^application\/problem\+json$/, 'POST'],
    ['GET', '/v1/verify', browser, 405, /^text\/html/, 'POST'],
    ['DELETE', () => label, '*/*', 405, /^application\/problem\+json$/, 'GET, HEAD'],
    ['OPTIONS', () => label, '*/*', 405, /^application\/problem\+json$/, 'GET, HEAD'],
    ['PROPFIND', '/', '*/*', 405, /^application\/problem\+json$/, 'GET, HEAD'],
    ['OPTIONS', '/nothing', '*/*', 404, /^application\/problem\+json$/],
  ];
  for (const [method, path, accept, status, type, allow] of rows) {
    const target = typeof path === 'function' ? path() : path;
    const line = `${method} ${target} ${accept}`;
    const answer = await one(`${method} ${target} HTTP/1.1\r\nHost: a\r\n${accept && `Accept: ${accept}\r\n`}Connection: close\r\n\r\n`);
    assert.equal(answer.status, status, line);
    assert.match(answer.headers.get('content-type'), type, line);
    assert.equal(answer.headers.get('allow'), allow, line);
    assert.equal(answer.headers.get('connection'), 'close', line);
    assert.ok(answer.closed, line);
    checkHeaders(answer);
  }
});

test('a genuine label is ok, by its link and by POST', async () => {
  const byLink = await one(get(label, 'Connection: close\r\n'));
  assert.equal(JSON.parse(byLink.body).verdict, 'ok');
  assert.equal(byLink.headers.get('cache-control'), 'no-store');
  const byPost = await one(post(JSON.stringify({ code: `https://id.example.com${label}` })));
  assert.equal(byPost.status, 200);
  assert.equal(JSON.parse(byPost.body).verdict, 'ok');
  assert.equal(JSON.parse((await one(get(forged, 'Connection: close\r\n'))).body).verdict, 'bad');
});

test('HEAD has the header fields of GET and no body', async () => {
  for (const path of ['/', '/v1/keys', label, '/nothing', '/v1/verify']) {
    const got = await exchange(gateway.port, [get(path, 'Connection: close\r\n')]);
    const head = await exchange(gateway.port, [get(path, 'Connection: close\r\n').replace('GET', 'HEAD')]);
    const [full] = answers(got.bytes);
    const [empty] = answers(head.bytes, ['HEAD']);
    assert.equal(empty.status, full.status, path);
    assert.equal(empty.headers.get('content-length'), full.headers.get('content-length'), path);
    assert.equal(empty.headers.get('content-type'), full.headers.get('content-type'), path);
  }
});

test('a connection is kept, and requests sent at once are answered in order', async () => {
  const body = JSON.stringify({ code: 'x' });
  const { bytes, closed } = await exchange(gateway.port, [get('/v1/keys') + get('/nothing') + post(body) + get('/v1/keys')], { idle: 200 });
  assert.deepEqual(answers(bytes).map(({ status }) => status).filter((_, i) => i !== 2), [200, 404, 200]);
  assert.equal(closed, false);
  const slow = await exchange(gateway.port, [get('/v1/keys'), 100, get('/v1/keys')], { idle: 2000 });
  assert.equal(answers(slow.bytes).length, 2);
  assert.equal(slow.closed, true, 'an idle connection is closed after keep_alive_ms');
});

test('a head that two readers could read differently is refused and the connection closed', async () => {
  const smuggled = get('/v1/keys');
  const many = Array.from({ length: 70 }, (_, i) => `X${i}: 1\r\n`).join('');
  const rows = [
    ['CL and TE', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunked', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 411],
    ['chunked GET', `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 411],
    ['identity', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n`, 411],
    ['two lengths', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}`, 400],
    ['5abc', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 2abc\r\n\r\n{}`, 400],
    ['+5', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}`, 400],
    ['-1', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n`, 400],
    ['2^64', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551618\r\n\r\n{}`, 400],
    ['2^63-1', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n{}`, 413],
    ['blank before the colon', `POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\n{}`, 400],
    ['lone LF', `GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n`, 400],
    ['folded line', `POST /v1/verify HTTP/1.1\r\nHost: a\r\n b\r\nContent-Length: 40\r\n\r\n`, 400],
    ['70 fields', `POST /v1/verify HTTP/1.1\r\nHost: a\r\n${many}Content-Length: 40\r\n\r\n`, 431],
    ['no host', `GET / HTTP/1.1\r\n\r\n`, 400],
    ['two hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`, 400],
    ['body where none is taken', `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, 413],
    ['body for nobody', `POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, 404],
    ['body for another method', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, 405],
    ['HTTP/2.0', `GET / HTTP/2.0\r\nHost: a\r\n\r\n`, 505],
    ['no version', `GET /\r\n\r\n`, 400],
    ['unknown method', `BREW / HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
    ['space in the target', `GET /a b HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
    ['byte above 7F in the target', Buffer.from(`GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n`, 'latin1'), 400],
    ['NUL in a field', `GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n`, 400],
    ['target of 17,000 bytes', `GET /${'a'.repeat(17000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex'), 400],
  ];
  for (const [what, bytes, status] of rows) {
    const answer = await one([bytes, smuggled], { idle: 2 * timeout });
    assert.equal(answer.status, status, what);
    assert.ok(answer.closed, what);
    assert.equal(answer.headers.get('connection'), 'close', what);
    checkHeaders(answer);
  }
});

test('old HTTP needs no Host and gets one answer', async () => {
  const answer = await one('GET /v1/keys HTTP/1.0\r\n\r\n');
  assert.equal(answer.status, 200);
  assert.ok(answer.closed);
});

test('bodies: media type, size, JSON', async () => {
  const rows = [
    ['no JSON type', post('code=x', 'application/x-www-form-urlencoded'), 415],
    ['no type', post('{"code":"x"}').replace(/Content-Type.*\r\n/, ''), 415],
    ['no JSON', post('{"code":'), 400],
    ['empty', post(''), 400],
    ['repeated name', post('{"code":"x","code":"y"}'), 400],
    ['unknown name', post('{"code":"x","kode":"y"}'), 400],
    ['not UTF-8', Buffer.concat([Buffer.from(post('{"code":"xx"}').slice(0, -4)), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]), 400],
    ['nested', post('['.repeat(1000) + ']'.repeat(1000)), 400],
    ['one byte too long', post(' '.repeat(8193)), 413],
    ['eight times too long', post(' '.repeat(1 << 16)), 413],
    ['a megabyte announced', 'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n', 413],
  ];
  for (const [what, bytes, status] of rows) {
    const answer = await one(bytes, { idle: 200 });
    assert.equal(answer.status, status, `${what}: ${answer.body}`);
    const problem = JSON.parse(answer.body);
    assert.equal(problem.status, status, what);
    assert.match(problem.code, /^[a-z_]+$/, what);
    if (status === 413) assert.ok(answer.closed, what);
  }
  const exact = await one(post(`{"code":"x"}`.padEnd(8192)), { idle: 200 });
  assert.notEqual(exact.status, 413);
});

test('a body in pieces is put together; one that never ends is given up in time', async () => {
  const bytes = post(JSON.stringify({ code: `https://id.example.com${label}` }));
  const cut = bytes.length - 60;
  const pieces = await one([bytes.slice(0, cut), 50, bytes.slice(cut, cut + 30), 50, bytes.slice(cut + 30)]);
  assert.equal(JSON.parse(pieces.body).verdict, 'ok');

  const drip = [bytes.slice(0, cut)];
  for (let i = 0; i < 55; i++) drip.push(100, bytes[cut + i]);
  const slow = await one(drip, { idle: 3 * timeout });
  assert.equal(slow.status, 408);
  assert.ok(slow.closed);
  assert.ok(slow.ms < 3 * timeout, `${slow.ms} ms`);

  const silent = await one([bytes.slice(0, cut)], { idle: 4 * timeout });
  assert.equal(silent.status, 408);
  const head = await one(['GET / HTTP/1.1\r\nHost: a\r\n'], { idle: 4 * timeout });
  assert.equal(head.status, 400);
});

test('slow clients below the number of workers keep nobody waiting', async () => {
  const slow = Array.from({ length: 16 }, () => exchange(gateway.port, ['POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n'], { idle: 3 * timeout }));
  await new Promise((later) => setTimeout(later, 100));
  const answer = await one(get('/v1/keys', 'Connection: close\r\n'));
  assert.equal(answer.status, 200);
  assert.ok(answer.ms < timeout / 2, `${answer.ms} ms`);
  await Promise.all(slow);
});

test('no log line holds a signature or a serial', async () => {
  await one(get(label, 'Connection: close\r\n'));
  await one(get(`${forged} x`, 'Connection: close\r\n'));
  const [serial, token] = /21\/([^?]+)\?S=(.+)$/.exec(label).slice(1);
  assert.match(gateway.stderr, /"event":"request"/);
  assert.ok(!gateway.stderr.includes(serial) && !gateway.stderr.includes(token.slice(0, 20)));
  for (const line of gateway.stderr.trimEnd().split('\n')) assert.ok(JSON.parse(line).event, line);
});

const interesting = ['%', '%00', '%2F', '%2f', '%25', '/', '//', '/../', '?', '&', '=', '#', ' ', '\r\n', '\n', '\0', '\x1d',
  '+', ';', '\x80', '\xff', '\xc0\xaf', '"', '\\', '\\u0000', '{', '[', '01', '10', '21', 'S=', '&S=', 'Content-Length: 9\r\n',
  'Transfer-Encoding: chunked\r\n', 'Host: b\r\n', '(01)', ']Q3', 'A'.repeat(300), '9'.repeat(30)];

function mutate(text, dice) {
  let bytes = text;
  for (let times = 1 + dice.below(3); times > 0; times--) {
    const at = dice.below(bytes.length + 1);
    const end = at + dice.below(8);
    bytes = dice.pick([
      () => bytes.slice(0, at) + String.fromCharCode(dice.below(256)) + bytes.slice(at + 1),
      () => bytes.slice(0, at) + dice.pick(interesting) + bytes.slice(at),
      () => bytes.slice(0, at) + dice.pick(interesting) + bytes.slice(end),
      () => bytes.slice(0, at) + bytes.slice(end),
      () => bytes.slice(0, end) + bytes.slice(at),
      () => bytes.slice(0, at),
    ])();
  }
  return bytes;
}

// Everything about a link that may differ without it being another label.
const meaning = (target) => {
  const [path, ...query] = target.split('?');
  return `${decodeURIComponent(path).replace(/\/$/, '')} ${query.join('?').split('&').filter((p) => p.startsWith('S='))}`;
};

// A broken HEAD may be answered like any broken request: whether it was one is not known then.
function answersTo(job, bytes) {
  try {
    return answers(bytes, job.startsWith('HEAD') ? ['HEAD'] : []);
  } catch (error) {
    if (!job.startsWith('HEAD')) throw error;
    return answers(bytes);
  }
}

async function hostile(count, seed, make, check) {
  const dice = random(seed);
  const jobs = Array.from({ length: count }, () => make(dice));
  const tally = new Map();
  const lane = async () => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
      const { bytes } = await exchange(gateway.port, [Buffer.from(job, 'latin1')], { half: true, idle: 5000 });
      const context = JSON.stringify(job);
      try {
        for (const answer of answersTo(job, bytes)) {
          assert.ok(answer.status < 500 || answer.status === 505, `status ${answer.status}`);
          tally.set(answer.status, (tally.get(answer.status) ?? 0) + 1);
          check(answer, job);
        }
      } catch (error) {
        throw new Error(`${context}\n${bytes}\n${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 12 }, lane));
  assert.equal(gateway.process.exitCode, null, gateway.stderr);
  const answered = [...tally.values()].reduce((sum, n) => sum + n, 0);
  console.log([...tally]);
  assert.ok(answered > 0.9 * count && tally.size >= 2, JSON.stringify([...tally]));
}

test('8,000 broken requests for a forged label: the daemon lives, nothing is ok', async () => {
  const code = (dice) => dice.pick([`https://id.example.com${forged}`, '(01)09506000134352(21)7K3M9Q2XBT4H', '7K3M9Q2XBT4H']);
  const make = (dice) => mutate(dice.pick([
    () => get(forged, 'Accept: application/json\r\n'),
    () => get(`/check?code=${encodeURIComponent(code(dice))}`, 'Accept-Language: de;q=0.8, en\r\n'),
    () => post(JSON.stringify({ code: code(dice) })),
    () => get(forged).replace('GET', 'HEAD'),
  ])(), dice);
  await hostile(8000, 20261122, make, (answer) => {
    assert.doesNotMatch(answer.body, /"verdict":\s*"ok"/);
  });
});

test('2,000 changes of a genuine link: ok means that it is the same label', async () => {
  const make = (dice) => {
    const target = mutate(label, dice).replace(/[^\x21-\x7e]/g, '!');
    return get(target.startsWith('/') ? target : `/${target}`, 'Accept: application/json\r\n');
  };
  let same = 0;
  await hostile(2000, 4711, make, (answer, job) => {
    if (!/"verdict":\s*"ok"/.test(answer.body)) return;
    same++;
    assert.equal(meaning(job.split(' ')[1]), meaning(label));
  });
  assert.ok(same < 200, `${same} were taken for the same label`);
});
