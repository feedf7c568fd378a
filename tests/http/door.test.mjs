// SPDX-License-Identifier: Apache-2.0
// What a head may look like (RFC 9110, RFC 9112). Each row is sent with a second request right
// behind it: of what is refused nothing more is read, so that the second is never answered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { answers, exchange } from './wire.mjs';
import { World } from './world.mjs';

const timeout = 800;
const behind = 'GET /v1/keys HTTP/1.1\r\nHost: a\r\n\r\n';
let world;
let gateway;

before(async () => {
  world = new World();
  gateway = await Gateway.start(world.data, undefined,
    ['--request-timeout-ms', String(timeout), '--workers', '24', '--keep-alive-ms', '5000']);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

const json = '{"code":"x"}';
const line = (text, fields = 'Host: a\r\n') => `${text}\r\n${fields}\r\n`;
const get = (target) => line(`GET ${target} HTTP/1.1`);
const field = (text) => line('GET /v1/keys HTTP/1.1', `Host: a\r\n${text}\r\n`);
const post = (fields, body = json) => line('POST /v1/verify HTTP/1.1', `Host: a\r\nContent-Type: application/json\r\n${fields}\r\n`) + body;
const many = (count) => Array.from({ length: count }, (_, i) => `X${i}: 1\r\n`).join('');
const long = (count) => 'a'.repeat(count);

// [what, bytes, statuses of what is refused]
const refused = [
  // The length of the body, RFC 9112 §6: two readers must not differ.
  ['CL and TE', post('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'), 400],
  ['TE and CL', post('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'), 400],
  ['CL and TE identity', post('Content-Length: 12\r\nTransfer-Encoding: identity'), 400],
  ['CL and an empty TE', post('Content-Length: 12\r\nTransfer-Encoding:'), 400],
  ['CL and three empty TE', post('Content-Length: 12\r\nTransfer-Encoding:\r\nTransfer-Encoding:\r\nTransfer-Encoding:'), 400],
  ['two lengths', post('Content-Length: 12\r\nContent-Length: 13'), 400],
  ['two lengths alike', post('Content-Length: 12\r\nContent-Length: 12'), 400],
  ['two lengths in other cases', post('Content-Length: 12\r\ncontent-length: 12'), 400],
  ['list of lengths', post('Content-Length: 12, 12'), 400],
  ['length with letters', post('Content-Length: 12abc'), 400],
  ['length with a plus', post('Content-Length: +12'), 400],
  ['length with a minus', post('Content-Length: -12'), 400],
  ['length of -1', post('Content-Length: -1'), 400],
  ['length in hex', post('Content-Length: 0xc'), 400],
  ['length in octal', post('Content-Length: 014'), 400],
  ['length with zeros before', post('Content-Length: 0012'), 400],
  ['length with a point', post('Content-Length: 12.0'), 400],
  ['length with an exponent', post('Content-Length: 1e1'), 400],
  ['length in two words', post('Content-Length: 1 2'), 400],
  ['length with an underscore', post('Content-Length: 1_2'), 400],
  ['length in quotes', post('Content-Length: "12"'), 400],
  ['length in full-width digits', post('Content-Length: \uff11\uff12'), 400],
  ['empty length', post('Content-Length:'), 400],
  ['blank length', post('Content-Length:   '), 400],
  ['length of 2^63', post('Content-Length: 9223372036854775808'), 400],
  ['length of 2^64', post('Content-Length: 18446744073709551616'), 400],
  ['length of 2^64 + 12', post('Content-Length: 18446744073709551628'), 400],
  ['length of 10^21', post('Content-Length: 1000000000000000000000'), 400],
  ['length of 2^63 - 1', post('Content-Length: 9223372036854775807'), 413],
  ['length of 2^32 + 12', post('Content-Length: 4294967308'), 413],
  ['length over the limit', post('Content-Length: 8193'), 413],
  ['length after a form feed', post('Content-Length: \x0c12'), 400],
  ['length after a vertical tab', post('Content-Length: \x0b12'), 400],
  ['length before a NUL', post('Content-Length: 12\0'), 400],
  ['length in a name with a blank', post('Content Length: 12'), 400],
  ['length in a name with a CR', post('Content\rLength: 12'), 400],
  ['chunked', post('Transfer-Encoding: chunked', 'c\r\n{"code":"x"}\r\n0\r\n\r\n'), 411],
  ['chunked with an extension', post('Transfer-Encoding: chunked', 'c;a=b\r\n{"code":"x"}\r\n0\r\n\r\n'), 411],
  ['chunked with a trailer', post('Transfer-Encoding: chunked', '0\r\nX: 1\r\n\r\n'), 411],
  ['chunked without an end', post('Transfer-Encoding: chunked', 'c\r\n'), 411],
  ['chunk of 2^64', post('Transfer-Encoding: chunked', '10000000000000000\r\n'), 411],
  ['Chunked', post('Transfer-Encoding: Chunked', '0\r\n\r\n'), 411],
  ['xchunked', post('Transfer-Encoding: xchunked', '0\r\n\r\n'), 400],
  ['chunked in quotes', post('Transfer-Encoding: "chunked"', '0\r\n\r\n'), 400],
  ['gzip, chunked', post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n'), 400],
  ['chunked, identity', post('Transfer-Encoding: chunked, identity', '0\r\n\r\n'), 400],
  ['chunked twice in a list', post('Transfer-Encoding: chunked, chunked', '0\r\n\r\n'), 400],
  ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', '0\r\n\r\n'), 411],
  ['identity', post('Transfer-Encoding: identity'), 411],
  ['empty coding', post('Transfer-Encoding:'), 400],
  ['pigeons', post('Transfer-Encoding: pigeons'), 400],
  ['coding after a vertical tab', post('Transfer-Encoding: \x0bchunked', '0\r\n\r\n'), 400],
  ['coding with a blank before the colon', post('Transfer-Encoding : chunked', '0\r\n\r\n'), 400],
  ['coding on the next line', post('Transfer-Encoding:\r\n chunked', '0\r\n\r\n'), 400],
  ['coding after a lone LF', post('X: 1\nTransfer-Encoding: chunked', '0\r\n\r\n'), 400],
  ['coding after a lone CR', post('X: 1\rTransfer-Encoding: chunked', '0\r\n\r\n'), 400],
  ['coding on a GET', line('GET / HTTP/1.1', 'Host: a\r\nTransfer-Encoding: chunked\r\n') + '0\r\n\r\n', 411],
  ['coding in HTTP/1.0', line('POST /v1/verify HTTP/1.0', 'Transfer-Encoding: chunked\r\n') + '0\r\n\r\n', 411],
  // Bodies where none are taken.
  ['body of a GET', line('GET / HTTP/1.1', 'Host: a\r\nContent-Length: 5\r\n') + 'hello', 413],
  ['request as the body of a GET', line('GET / HTTP/1.1', `Host: a\r\nContent-Length: ${behind.length}\r\n`) + behind, 413],
  ['body of a HEAD', line('HEAD / HTTP/1.1', 'Host: a\r\nContent-Length: 5\r\n') + 'hello', 413],
  ['body of a DELETE', line('DELETE /v1/verify HTTP/1.1', 'Host: a\r\nContent-Length: 5\r\n') + 'hello', 405],
  ['body for nobody', line('POST /nothing HTTP/1.1', 'Host: a\r\nContent-Length: 5\r\n') + 'hello', 404],
  ['body for another method', line('POST / HTTP/1.1', 'Host: a\r\nContent-Length: 5\r\n') + 'hello', 405],
  ['body of another type', line('POST /v1/verify HTTP/1.1', 'Host: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n') + 'hello', 415],
  ['body without a type', line('POST /v1/verify HTTP/1.1', 'Host: a\r\nContent-Length: 5\r\n') + 'hello', 415],
  ['body without a key', line('POST /v1/events HTTP/1.1', 'Host: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n') + 'hello', 401],
  ['body that is no JSON', post('Content-Length: 5', 'hello'), 400],
  ['body after two empty lines', `\r\n\r\n${post('Content-Length: 12')}`, 400],
  // Host, RFC 9112 §3.2.
  ['no host', line('GET / HTTP/1.1', ''), 400],
  ['two hosts', line('GET / HTTP/1.1', 'Host: a\r\nHost: b\r\n'), 400],
  ['two hosts alike', line('GET / HTTP/1.1', 'Host: a\r\nHost: a\r\n'), 400],
  ['two hosts in HTTP/1.0', line('GET / HTTP/1.0', 'Host: a\r\nHost: b\r\n'), 400],
  ['empty host', line('GET / HTTP/1.1', 'Host:\r\n'), 400],
  ['blank host', line('GET / HTTP/1.1', 'Host:  \r\n'), 400],
  ['list of hosts', line('GET / HTTP/1.1', 'Host: a, b\r\n'), 400],
  ['host with a path', line('GET / HTTP/1.1', 'Host: a/b\r\n'), 400],
  ['host with a user', line('GET / HTTP/1.1', 'Host: me@a\r\n'), 400],
  ['host with a scheme', line('GET / HTTP/1.1', 'Host: http://a\r\n'), 400],
  ['host with a blank', line('GET / HTTP/1.1', 'Host: a b\r\n'), 400],
  ['host with a percent', line('GET / HTTP/1.1', 'Host: a%00\r\n'), 400],
  ['host with a question', line('GET / HTTP/1.1', 'Host: a?b\r\n'), 400],
  ['host that is not ASCII', line('GET / HTTP/1.1', 'Host: \u00e4\r\n'), 400],
  ['host with a blank before the colon', line('GET / HTTP/1.1', 'Host : a\r\n'), 400],
  ['host on the next line', line('GET / HTTP/1.1', 'Host:\r\n a\r\n'), 400],
  ['host after a blank', line('GET / HTTP/1.1', ' Host: a\r\n'), 400],
  ['host after a tab', line('GET / HTTP/1.1', '\tHost: a\r\n'), 400],
  // Lines, RFC 9112 §2.2 and §5.
  ['LF after the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 400],
  ['LF after a field', 'GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n', 400],
  ['LF after the last field', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 400],
  ['LF as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n', 400],
  ['nothing but LF', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['CR after the request line', 'GET / HTTP/1.1\rHost: a\r\n\r\n', 400],
  ['CR in a value', field('X: a\rb'), 400],
  ['CR before CR LF', field('X: a\r'), 400],
  ['CR and another request', field('\rZGET /v1/keys: HTTP/1.1'), 400],
  ['folded line', field('X: a\r\n b'), 400],
  ['folded line with a tab', field('X: a\r\n\tb'), 400],
  ['folded length', line('POST /v1/verify HTTP/1.1', 'Host: a\r\nX: b\r\n Content-Length: 40\r\n'), 400],
  ['folded name', field('X\r\n : a'), 400],
  ['blank line with a blank', field('X: a\r\n '), 400],
  ['line without a colon', field('X'), 400],
  ['line without a name', field(': a'), 400],
  ['blank before the colon', field('X : a'), 400],
  ['tab before the colon', field('X\t: a'), 400],
  ['blank in a name', field('X Y: a'), 400],
  ['request line as a field', field('GET / HTTP/1.1'), 400],
  ['tab in a value', field('X: a\tb'), 400],
  ['NUL in a name', field('X\0: a'), 400],
  ['NUL in a value', field('X: a\0b'), 400],
  ['bell in a value', field('X: a\x07b'), 400],
  ['escape in a value', field('X: \x1b[31m'), 400],
  ['DEL in a value', field('X: \x7f'), 400],
  ['byte 01 in a name', field('X\x01: a'), 400],
  ['DEL in a name', field('X\x7f: a'), 400],
  ['byte above 7F in a name', field('X\xff: a'), 400],
  ...Array.from('()<>@,;\\"/[]?={}', (c) => [`${c} in a name`, field(`X${c}: a`), 400]),
  ['64 fields', line('GET / HTTP/1.1', `Host: a\r\n${many(63)}`), 431],
  ['65 fields', line('GET / HTTP/1.1', `Host: a\r\n${many(64)}`), 431],
  ['a length after 64 fields', line('POST /v1/verify HTTP/1.1', `Host: a\r\n${many(64)}Content-Length: 12\r\n`) + json, 431],
  ['500 fields', line('GET / HTTP/1.1', `Host: a\r\n${many(500)}`), 431],
  ['value of 17,000 bytes', field(`X: ${long(17000)}`), 400],
  ['name of 17,000 bytes', field(`${long(17000)}: 1`), 400],
  ['head of a megabyte', field(`X: ${long(1 << 20)}`), 400],
  // Fields that are there once.
  ...['Authorization: Bearer x', 'Content-Type: application/json', 'Cookie: a=b', 'Idempotency-Key: 1', 'If-Match: "1"',
    'Origin: http://a', 'Sec-Fetch-Site: none', 'Expect: 100-continue']
    .map((text) => [`two of ${text}`, field(`${text}\r\n${text}`), 400]),
  // Wishes.
  ['upgrade to WebSocket', field('Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='), 400],
  ['upgrade to HTTP/2', field('Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk'), 400],
  ['upgrade to TLS', field('Upgrade: TLS/1.2\r\nConnection: Upgrade'), 400],
  ['upgrade without Connection', field('Upgrade: h2c'), 400],
  ['settings of HTTP/2', field('HTTP2-Settings: AAMAAABk'), 400],
  ['another expectation', field('Expect: 200-ok'), 417],
  ['empty expectation', field('Expect:'), 417],
  ['expectation of what is refused', post('Expect: 100-continue\r\nContent-Length: 9999', ''), 413],
  // The request line, RFC 9112 §3.
  ['no version', 'GET /v1/keys\r\n\r\n', 400],
  ['no target', 'GET HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['method alone', 'GET\r\n\r\n', 400],
  ['two blanks before the target', line('GET  /v1/keys HTTP/1.1'), 400],
  ['two blanks after the target', line('GET /v1/keys  HTTP/1.1'), 400],
  ['blank after the version', line('GET /v1/keys HTTP/1.1 '), 400],
  ['tabs between the words', line('GET\t/v1/keys\tHTTP/1.1'), 400],
  ['tab beside a blank', line('GET \t/v1/keys HTTP/1.1'), 400],
  ['a word more', line('GET /v1/keys HTTP/1.1 x'), 400],
  ['HTTP/0.9', line('GET / HTTP/0.9'), 505],
  ['HTTP/1', line('GET / HTTP/1'), 505],
  ['HTTP/1.2', line('GET / HTTP/1.2'), 505],
  ['HTTP/1.10', line('GET / HTTP/1.10'), 505],
  ['HTTP/01.1', line('GET / HTTP/01.1'), 505],
  ['HTTP/1.1x', line('GET / HTTP/1.1x'), 505],
  ['HTTP/2.0', line('GET / HTTP/2.0'), 505],
  ['HTTP/3', line('GET / HTTP/3'), 505],
  ['HTTP/9.9', line('GET / HTTP/9.9'), 505],
  ['http/1.1', line('GET / http/1.1'), 400],
  ['ICE/1.0', line('GET / ICE/1.0'), 400],
  ['RTSP/1.0', line('GET / RTSP/1.0'), 400],
  ['preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', 400],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 400],
  ['PROXY protocol', `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${behind}`, 400],
  ['NUL bytes', '\0\0\0\0', 400],
  ['empty lines for ever', '\r\n'.repeat(9000), 400],
  ['TRACE', line('TRACE / HTTP/1.1'), 400],
  ['CONNECT', line('CONNECT a:80 HTTP/1.1'), 400],
  ['DEBUG', line('DEBUG / HTTP/1.1'), 400],
  ['BREW', line('BREW / HTTP/1.1'), 400],
  ['get', line('get / HTTP/1.1'), 400],
  ['method of 9,000 bytes', line(`${'G'.repeat(9000)} / HTTP/1.1`), 400],
  ['method with a NUL', line('GE\0T / HTTP/1.1'), 400],
  // The target, RFC 9112 §3.2.
  ['no slash', get('v1/keys'), 400],
  ['question alone', get('?code=x'), 400],
  ['other scheme', get('ftp://a/v1/keys'), 400],
  ['absolute without a path', get('http://a'), 400],
  ['blank in the target', get('/v1/keys x'), 400],
  ['NUL in the target', get('/v1/keys\0'), 400],
  ['control in the target', get('/v1/\x01keys'), 400],
  ['DEL in the target', get('/v1/\x7fkeys'), 400],
  ['byte above 7F in the target', get('/v1/\xffkeys'), 400],
  ['fragment', get('/v1/keys#x'), 400],
  ['fragment in the query', get('/v1/keys?a#x'), 400],
  ['dot segment', get('/./v1/keys'), 400],
  ['dot segment inside', get('/v1/./keys'), 400],
  ['dot segment at the end', get('/v1/keys/.'), 400],
  ['two dots', get('/../v1/keys'), 400],
  ['two dots inside', get('/x/../v1/keys'), 400],
  ['two dots at the end', get('/v1/keys/x/..'), 400],
  ['two dots, encoded', get('/%2e%2e/v1/keys'), 400],
  ['two dots, encoded in capitals', get('/x/%2E%2E/v1/keys'), 400],
  ['two dots, half encoded', get('/x/.%2e/v1/keys'), 400],
  ['dot, encoded', get('/%2e/v1/keys'), 400],
  ['out of the tree', get('/../../../../etc/passwd'), 400],
  ['path of 8,001 bytes', get(`/${long(8000)}`), 414],
  ['query of 7,999 bytes', get(`/?${long(7999)}`), 414],
  ['path of 15,000 bytes', get(`/${long(15000)}`), 414],
  ['path of 17,000 bytes', get(`/${long(17000)}`), 400],
];

// CivetWeb hangs up on these before anybody is asked.
const silent = [
  ['asterisk', line('OPTIONS * HTTP/1.1')],
  ['asterisk of a GET', get('*')],
  ['foreign host', get('http://evil.example/v1/keys')],
  ['foreign host with a user', get('http://a@evil.example/v1/keys')],
  ['other port', get('http://a:1/v1/keys')],
  ['https', get('https://a/v1/keys')],
  ['no host at all', get('http:///v1/keys')],
];

// [what, bytes, status]: nothing is wrong with the head, and the request behind is answered.
const taken = [
  ['plain', get('/v1/keys'), 200],
  ['empty line before', `\r\n${get('/v1/keys')}`, 200],
  ['no blank after the colon', line('GET /v1/keys HTTP/1.1', 'Host:a\r\n'), 200],
  ['blanks around a value', line('GET /v1/keys HTTP/1.1', 'Host:   a  \r\n'), 200],
  ['empty value', field('X:'), 200],
  ['bytes above 7F in a value', field('User-Agent: \xe4\xf6'), 200],
  ['every character of a name', field("!#$%&'*+-.^_`|~09azAZ: 1"), 200],
  ['host with a port', line('GET /v1/keys HTTP/1.1', 'Host: a:8080\r\n'), 200],
  ['host in brackets', line('GET /v1/keys HTTP/1.1', 'Host: [2001:db8::1]:8080\r\n'), 200],
  ['63 fields', line('GET /v1/keys HTTP/1.1', `Host: a\r\n${many(62)}`), 200],
  ['two of a list', field('Accept: a/b\r\nAccept: c/d'), 200],
  ['expectation without a body', field('Expect: 100-continue'), 200],
  ['length of nothing', field('Content-Length: 0'), 200],
  ['length in other case', post('CONTENT-LENGTH: 12'), 200],
  ['body', post('Content-Length: 12'), 200],
  ['path of 8,000 bytes', get(`/${long(7999)}`), 404],
  ['query of 7,998 bytes', get(`/v1/keys?${long(7991)}`), 200],
  ['empty segment', get('//v1/keys'), 404],
  ['two slashes inside', get('/v1//keys'), 404],
  ['slash at the end', get('/v1/keys/'), 404],
  ['encoded slash', get('/v1%2fkeys'), 404],
  ['encoded letter in a word', get('/v1/%6beys'), 404],
  ['encoded twice', get('/v1/%256beys'), 404],
  ['two dots, encoded twice', get('/%252e%252e/v1/keys'), 404],
  ['backslash', get('/v1\\keys'), 404],
  ['parameter of a segment', get('/v1/keys;x=1'), 404],
  ['encoded NUL', get('/v1/keys%00'), 404],
  ['broken percent', get('/v1/keys%zz'), 404],
  ['three dots', get('/.../v1/keys'), 404],
  ['other host, as a path', get('//evil.example/v1/keys'), 404],
  ['known method that nobody takes', line('PATCH /v1/keys HTTP/1.1'), 405],
  ['PROPFIND', line('PROPFIND /v1/keys HTTP/1.1'), 405],
  ['OPTIONS', line('OPTIONS /v1/keys HTTP/1.1'), 405],
];

function checkHeaders({ headers }, what) {
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'], ['referrer-policy', 'same-origin'], ['x-frame-options', 'DENY'],
    ['cross-origin-opener-policy', 'same-origin'], ['cross-origin-resource-policy', 'same-origin'],
  ])
    assert.equal(headers.get(name), value, what);
  assert.match(headers.get('content-security-policy'), /^default-src 'none';.*frame-ancestors 'none'/, what);
  for (const name of headers.keys()) assert.doesNotMatch(name, /^(server|access-control-.*|set-cookie)$/, what);
}

// All rows, several at once, and every one that fails is named.
async function together(rows, lanes, each) {
  const left = [...rows];
  const wrong = [];
  const lane = async () => {
    for (let row = left.shift(); row !== undefined; row = left.shift())
      await each(...row).catch((error) => wrong.push(error.message));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  assert.deepEqual(wrong, []);
}

const send = (bytes) => exchange(gateway.port, [Buffer.from(bytes + behind, 'latin1')], { idle: 4 * timeout });

// Who is still sending when the connection is closed can lose the answer (RFC 9112 §9.6), so what is
// larger than a socket's buffers is sent again; what is never answered is found all the same.
async function sendUntilAnswered(bytes) {
  let result = await send(bytes);
  for (let again = 0; again < 9 && bytes.length > 1 << 19 && result.closed && result.bytes.length === 0; again++)
    result = await send(bytes);
  return result;
}

test('what two readers could read differently is refused, and nothing after it is read', async () => {
  assert.ok(refused.length >= 150, `${refused.length} rows`);
  await together(refused, 8, async (what, bytes, status) => {
    const { bytes: got, closed } = await sendUntilAnswered(bytes);
    const found = answers(got, bytes.startsWith('HEAD') ? ['HEAD'] : []);
    assert.ok(closed, what);
    // After empty lines CivetWeb reads the head a second time, and finds it cut to pieces.
    assert.ok(found.length === 1 || (what === 'body after two empty lines' && found.length === 2), `${what}: ${got.subarray(0, 40)}`);
    for (const answer of found) {
      assert.equal(answer.status, status, `${what}: ${got.subarray(0, 40)}`);
      assert.doesNotMatch(answer.body, /"keys"|"verdict"/, what);
      checkHeaders(answer, what);
    }
    assert.equal(found.at(-1).headers.get('connection'), 'close', what);
  });
});

test('an address of another host is not answered at all', async () => {
  await together(silent, 4, async (what, bytes) => {
    const { bytes: got, closed } = await send(bytes);
    assert.equal(got.length, 0, `${what}: ${got.subarray(0, 40)}`);
    assert.ok(closed, what);
  });
});

test('what is written as HTTP/1.1 has it is answered, and so is the next', async () => {
  await together(taken, 8, async (what, bytes, status) => {
    const { bytes: got } = await exchange(gateway.port, [Buffer.from(bytes + behind.replace('Host: a', 'Host: a\r\nConnection: close'), 'latin1')], { idle: 4 * timeout });
    const found = answers(got);
    assert.deepEqual(found.map((answer) => answer.status), [status, 200], `${what}: ${got.subarray(0, 40)}`);
    for (const answer of found) checkHeaders(answer, what);
  });
});

test('an absolute address is answered for its own host', async () => {
  const own = `127.0.0.1:${gateway.port}`;
  const rows = [[`http://${own}/v1/keys`, own, 200], [`http://${own}/v1/keys`, 'a', 400], [`http://${own}/../v1/keys`, own, 400],
    [`http://${own}/nothing?x=1`, own, 404]];
  for (const [target, host, status] of rows) {
    const { bytes } = await exchange(gateway.port, [`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`], { idle: 4 * timeout });
    assert.equal(answers(bytes)[0].status, status, `${target} ${host}: ${bytes}`);
  }
});

test('what is large is sent whole, and not to HEAD', async () => {
  for (const method of ['GET', 'HEAD']) {
    const { bytes } = await exchange(gateway.port, [`${method} /assets/0/zxing/reader.wasm HTTP/1.1\r\nHost: a\r\n\r\n`
      + behind.replace('Host: a', 'Host: a\r\nConnection: close')], { idle: 4 * timeout });
    const [asset, next] = answers(bytes, [method]);
    assert.equal(asset.headers.get('content-type'), 'application/wasm');
    assert.ok(Number(asset.headers.get('content-length')) > 100000);
    assert.equal(next.status, 200, method);
    checkHeaders(asset, method);
  }
});

test('who asks first is told to go on, and only when the body is wanted', async () => {
  const head = post('Expect: 100-continue\r\nContent-Length: 12\r\nConnection: close', '');
  const { bytes } = await exchange(gateway.port, [head, 100, json], { idle: 4 * timeout });
  const first = 'HTTP/1.1 100 Continue\r\n\r\n';
  assert.ok(bytes.toString().startsWith(first), String(bytes));
  const [answer, ...more] = answers(bytes.subarray(first.length));
  assert.equal(answer.status, 200);
  assert.equal(more.length, 0);
});
