// SPDX-License-Identifier: Apache-2.0
// The configurations for proxies, as they are given to people: a proxy of Debian's is started with each,
// changed only in what depends on the machine, with a gateway behind it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Gateway, freePort, temporary, tree } from '../e2e/gateway.mjs';
import { World, gtin, must } from './world.mjs';

const host = 'id.example.com';
const directory = temporary('assay-proxy-');
const inside = (name) => join(directory, name);
const packages = join(tree, '.build/packages');
const hasIpv6 = (() => {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8').includes('00000000000000000000000000000001');
  } catch {
    return false;
  }
})();
let world;
let ca;

// Everything that a configuration says about one machine; each has to be in it.
function changed(file, changes) {
  return changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `${file} has no longer: ${from}`);
    return text.replaceAll(from, to);
  }, readFileSync(join(tree, 'gateway/proxy', file), 'utf8'));
}

const proxies = {
  nginx({ port, gateway }) {
    const site = changed('nginx.conf', [
      ['listen 443', `listen ${port}`], ['listen [::]:443 ssl http2;', hasIpv6 ? `listen [::]:${port} ssl http2;` : ''],
      ['127.0.0.1:8080', `127.0.0.1:${gateway}`], ['/var/log/nginx/', `${directory}/`],
      [`/etc/letsencrypt/live/${host}/fullchain.pem`, inside('cert.pem')],
      [`/etc/letsencrypt/live/${host}/privkey.pem`, inside('key.pem')]]);
    const temporaries = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${inside(`nginx-${name}`)};`).join('\n');
    writeFileSync(inside('nginx.conf'), `daemon off; pid ${inside('nginx.pid')}; error_log stderr crit;
      events { worker_connections 256; }
      http { ${temporaries}\n${site} }\n`);
    return [join(packages, 'nginx/usr/sbin/nginx'), '-e', 'stderr', '-c', inside('nginx.conf')];
  },
  haproxy({ port, gateway, admin }) {
    writeFileSync(inside('haproxy.cfg'), changed('haproxy.cfg', [
      ['bind :::443 v4v6', hasIpv6 ? `bind :::${port} v4v6` : `bind :${port}`],
      [`/etc/haproxy/${host}.pem`, inside('both.pem')],
      ['127.0.0.1:8080', `127.0.0.1:${gateway}`], ['check port 8081', `check port ${admin}`]]));
    return [join(packages, 'haproxy/usr/sbin/haproxy'), '-f', inside('haproxy.cfg')];
  },
};

before(() => {
  world = new World();
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-keyout', inside('key.pem'), '-out', inside('cert.pem')],
  { stdio: 'ignore' });
  ca = readFileSync(inside('cert.pem'));
  writeFileSync(inside('both.pem'), Buffer.concat([readFileSync(inside('key.pem')), ca]), { mode: 0o600 });
  mkdirSync(inside('nginx-client_body'));
});

// SIGTERM: a proxy that is killed leaves its workers behind.
const running = [];
after(() => { for (const child of running) child.kill(); });

const listens = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});

async function until(what, condition) {
  for (let turn = 0; turn < 600; turn += 1) {
    if (await condition()) return;
    await new Promise((later) => { setTimeout(later, 50); });
  }
  assert.fail(`waited in vain: ${what}`);
}

async function startBehind(name, extra = []) {
  const ports = { port: await freePort(), gateway: await freePort(), admin: await freePort() };
  const startGateway = () => Gateway.start(world.data, ports.gateway, ['--base-url', `https://${host}`,
    '--admin-port', String(ports.admin), '--trusted-proxies', '127.0.0.1', ...extra]);
  const gateway = await startGateway();
  running.push(gateway.process);
  const [program, ...options] = proxies[name](ports);
  const proxy = spawn(program, options, { stdio: ['ignore', 'inherit', 'inherit'] });
  running.push(proxy);
  await until(`${name} listens`, () => listens(ports.port));
  return { port: ports.port, gateway, proxy, startGateway };
}

// One request over TLS, with a name and a certificate that are checked.
function ask({ port }, path, { headers, body, agent, from, address = '127.0.0.1', ...options } = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request({ host: address, port, path, servername: host, ca, agent: agent ?? false,
      localAddress: from, headers: { host, ...headers }, ...options }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const json = { accept: 'application/json' };
const verdict = (answer) => JSON.parse(answer.body).verdict;

// Lines of /proc/net/tcp: sockets of this port of the gateway, by state.
function sockets(port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const states = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[1]?.endsWith(local)).map((cells) => cells[3]);
  return { open: states.filter((state) => state === '01').length, closing: states.filter((state) => state === '06').length };
}

async function throughHttp2({ port }, path) {
  const session = http2.connect(`https://127.0.0.1:${port}`, { ca, servername: host });
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({ ':path': path, ':authority': host, ...json });
      let text = '';
      let status;
      stream.on('response', (headers) => { status = headers[':status']; });
      stream.on('data', (part) => { text += part; });
      stream.on('end', () => resolve({ status, body: text }));
      stream.on('error', reject);
      stream.end();
    });
  } finally {
    session.close();
  }
}

for (const name of Object.keys(proxies)) {
  test(name, async (t) => {
    const behind = await startBehind(name);
    const [label] = world.paths;
    // HAProxy asks whether the gateway is well before it sends anybody there.
    await until('the first answer', async () => (await ask(behind, '/')).status === 200);

    await t.test('TLS, HTTP/1.1 and HTTP/2, IPv4 and IPv6', async () => {
      const answer = await ask(behind, label, { headers: json });
      assert.equal(answer.status, 200);
      assert.equal(verdict(answer), 'ok');
      assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000');
      assert.equal(verdict(await throughHttp2(behind, label)), 'ok');
      if (hasIpv6) assert.equal(verdict(await ask(behind, label, { headers: json, address: '::1' })), 'ok');
      await assert.rejects(ask(behind, label, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }));
    });

    await t.test('a link arrives as it was scanned', async () => {
      const [path, query] = label.split('?');
      const serial = path.split('/').at(-1);
      const spelled = path.replace(serial, `%${serial.charCodeAt(0).toString(16)}${serial.slice(1)}`);
      assert.equal(verdict(await ask(behind, `${spelled}?${query}`, { headers: json })), 'ok');
      assert.equal((await ask(behind, `${path.replace(serial, `${serial}%2F`)}?${query}`, { headers: json })).status, 200);
      assert.equal((await ask(behind, `/assets/../${path.slice(1)}?${query}`, { headers: json })).status >= 400, true);
    });

    await t.test('what is the same for everybody is compressed, and nothing else', async () => {
      const gzip = { 'accept-encoding': 'gzip', accept: 'text/html' };
      const page = await ask(behind, label, { headers: gzip });
      assert.equal(page.headers['content-encoding'], 'gzip');
      assert.match(gunzipSync(page.body).toString(), /<title>/);
      assert.equal((await ask(behind, '/sign-in', { headers: gzip })).headers['content-encoding'], undefined);
    });

    await t.test('connections to the gateway are kept', async () => {
      const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
      const before = sockets(behind.gateway.port).closing;
      for (let round = 0; round < 25; round += 1) {
        const answers = await Promise.all([1, 2, 3, 4].map(() => ask(behind, label, { headers: json, agent })));
        assert.deepEqual(answers.map(verdict), ['ok', 'ok', 'ok', 'ok']);
      }
      agent.destroy();
      const { open, closing } = sockets(behind.gateway.port);
      assert.ok(open >= 1 && open <= 32, `${open} connections`);
      assert.ok(closing - before < 25, `${closing - before} connections of 100 requests were given up`);
    });

    await t.test('staff sign in: a cookie for this host alone', async () => {
      const key = must('credential', 'new', '--role', 'operator', '--name', 'desk', '--organisation', 'Norrland', '--data', world.data).trim();
      const answer = await ask(behind, '/v1/session', { method: 'POST', body: JSON.stringify({ key }),
        headers: { ...json, origin: `https://${host}`, 'content-type': 'application/json' } });
      assert.equal(answer.status, 201, String(answer.body));
      assert.match(answer.headers['set-cookie'][0], /^__Host-.*; Secure/i);
    });

    await t.test('without the gateway: not checked', async () => {
      await behind.gateway.stop('SIGKILL');
      const page = await ask(behind, label, { headers: { accept: 'text/html' } });
      assert.equal(page.status, 503);
      assert.match(page.body.toString(), /could not be checked now/);
      assert.equal(page.headers['cache-control'], 'no-store');
      const problem = await ask(behind, '/v1/verify', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
      assert.equal(problem.status, 503);
      behind.gateway = await behind.startGateway();
      running.push(behind.gateway.process);
      await until('it is back', async () => (await ask(behind, label, { headers: json })).status === 200);
    });
    behind.proxy.kill();
    await behind.gateway.stop();
  });
}

// The limits of one address are those of the client, who cannot be another by saying so.
for (const name of Object.keys(proxies)) {
  test(`${name}: the client is the one that the proxy saw`, async () => {
    const behind = await startBehind(name, ['--client-requests', '1']);
    const from = '127.0.0.2';
    await until('the first answer', async () => (await ask(behind, '/')).status === 200);
    const flood = [];
    for (let i = 0; i < 60; i += 1) {
      flood.push((await ask(behind, '/', { from, headers: { 'x-forwarded-for': `192.0.2.${i}`, forwarded: `for=192.0.2.${i}` } })).status);
    }
    assert.ok(flood.filter((status) => status === 429).length > 10, `${flood}`);
    assert.equal((await ask(behind, '/', { from: '127.0.0.3' })).status, 200);
    behind.proxy.kill();
    await behind.gateway.stop();
  });
}

// Nor can he be in another country by saying so: only the proxy may say where he is.
for (const name of Object.keys(proxies)) {
  test(`${name}: the country is what the proxy says`, async () => {
    const file = inside('market.json');
    const product = JSON.parse(must('product', 'get', gtin, '--json', '--data', world.data));
    writeFileSync(file, JSON.stringify({ ...product, markets: ['DE'] }));
    must('product', 'put', file, '--data', world.data);
    const behind = await startBehind(name, ['--country-header', 'X-Country']);
    await until('the first answer', async () => (await ask(behind, '/')).status === 200);
    for (const header of ['x-country', 'X-COUNTRY']) {
      const answer = await ask(behind, world.paths[0], { headers: { accept: 'application/json', [header]: 'US' } });
      assert.deepEqual(JSON.parse(answer.body).reasons.map(({ code }) => code), ['genuine'], `${header}: ${answer.body}`);
    }
    behind.proxy.kill();
    await behind.gateway.stop();
  });
}
