// SPDX-License-Identifier: Apache-2.0
// The customer's pages as a browser without scripts sees them: forms that are read out of the page,
// filled in and sent. One item lives its whole life; then everything that can be wrong with a form.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { Gateway } from '../e2e/gateway.mjs';
import { Staff, ownerSecret } from './staff.mjs';
import { World, gtin, must } from './world.mjs';

let gateway;
let staff;
let operator;
let data;
const units = [];
let next = 0;

const entities = { '&#60;': '<', '&#62;': '>', '&#34;': '"', '&#39;': "'", '&#38;': '&', '&amp;': '&' };
const plain = (text) => text.replaceAll(/&(#\d+|amp);/g, (entity) => entities[entity] ?? entity);
const words = (html) => plain(html.replaceAll(/<(style|title)>[^]*?<\/\1>/g, '').replaceAll(/<[^>]+>/g, ' ')).replaceAll(/[\s\u00a0]+/g, ' ');
const attribute = (tag, name) => plain(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

before(async () => {
  const world = new World();
  data = world.data;
  world.issue('plant-a', 'sold', 20);
  const csv = (name) => readFileSync(join(world.directory, `sold.${name}.csv`), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split(','));
  const cards = new Map(csv('cards').map(([, serial, code]) => [serial, code]));
  for (const [link] of csv('labels')) {
    const serial = /\/21\/([^?]+)/.exec(link)[1];
    units.push({ serial, link, path: link.replace(/^https?:\/\/[^/]+/, ''), claim: cards.get(serial) });
  }
  operator = must('credential', 'new', '--role', 'operator', '--data', world.data).trim();
  gateway = await Gateway.start(world.data);
  staff = new Staff(gateway, world.data);
});

after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function sold() {
  const unit = units[next++];
  const made = await staff.event(operator, { type: 'sell', gtin, serial: unit.serial });
  assert.equal(made.status, 201, made.text);
  return unit;
}

// What every page keeps, whatever it says.
function checkPage(page, line) {
  const { text } = page;
  assert.match(page.headers.get('content-type'), /^text\/html/, line);
  assert.equal(page.headers.get('cache-control'), 'no-store', line);
  assert.equal(page.headers.get('set-cookie'), null, line);
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; style-src 'sha256-/, line);
  assert.doesNotMatch(policy, /unsafe/, line);
  if (/<script/.test(text)) {
    assert.match(policy, /script-src 'self'/, line);
    assert.match(text, /<script type="module" src="\/assets\/[^"]+\/owner\.js"><\/script>/, line);
  }
  assert.equal(text.match(/<h1>/g)?.length, 1, `${line}: one h1`);
  assert.doesNotMatch(text, / style=| on[a-z]+="|<script>/, line);
  if (!line.includes('{{')) assert.doesNotMatch(text, /\{\{/, line);
  assert.ok(gzipSync(text).length < 14 * 1024, `${line}: ${gzipSync(text).length} bytes`);
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, `${line}: ids`);
  for (const [tag] of text.matchAll(/<(?:input|textarea)\b[^>]*>/g)) {
    if (attribute(tag, 'type') === 'hidden') continue;
    assert.ok(text.includes(`<label for="${attribute(tag, 'id')}">`), `${line}: a label for ${tag}`);
    for (const id of attribute(tag, 'aria-describedby').split(' ').filter(Boolean)) assert.ok(ids.includes(id), `${line}: ${id}`);
  }
  return page;
}

async function send(method, path, fields, headers = {}) {
  const given = { accept: 'text/html', ...headers };
  const body = fields === undefined || typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  if (body !== undefined) given['content-type'] ??= 'application/x-www-form-urlencoded';
  const answer = await fetch(gateway.base + path, { method, headers: given, body, redirect: 'error' });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
const open = async (path, headers) => checkPage(await send('GET', path, undefined, headers), path);
const post = async (path, fields, headers) => checkPage(await send('POST', path, fields, headers), `${path} ${JSON.stringify(fields)}`.slice(0, 200));

// The n-th form of a page with what it would send: hidden fields, and the values that are there.
function formOf(page, nth = 0) {
  const [whole, head] = [...page.text.matchAll(/<form([^>]*)>[^]*?<\/form>/g)][nth];
  const fields = Object.fromEntries([...whole.matchAll(/<input\b[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')]));
  return { action: attribute(` ${head}`, 'action'), method: attribute(` ${head}`, 'method'), fields };
}
const fill = (page, more, nth) => {
  const form = formOf(page, nth);
  assert.equal(form.method, 'post');
  return post(form.action, { ...form.fields, ...more });
};
const heading = (page) => /<h1>([^<]*)/.exec(page.text)[1];
const alert = (page) => plain(/role="alert"[^>]*>([^<]*)/.exec(page.text)?.[1] ?? '');
const secretOf = (page) => /<code class="secret"[^>]*>(owner_[0-9A-Z]{30})<\/code>/.exec(page.text)?.[1];
const action = (page) => attribute(/<a class="button"[^>]*>/.exec(page.text)[0], 'href');

async function registered() {
  const unit = await sold();
  const page = await fill(await open(`/register?code=${encodeURIComponent(unit.link)}`), { claim_code: unit.claim });
  return { ...unit, secret: secretOf(page), own: `/owner/${gtin}/${unit.serial}` };
}

test('one item: registered, stolen, found, sold on, reported', async () => {
  const unit = await sold();
  let page = await open(unit.path);
  assert.match(words(page.text), /Register this item/);
  assert.doesNotMatch(page.text, /Registered to an owner/);

  page = await open(action(page));
  assert.match(words(page.text), /Cordless drill/);
  const typed = `${unit.claim.slice(0, 5)} - ${unit.claim.slice(5)}`.toLowerCase();
  const made = await fill(page, { claim_code: typed, purchased_on: '2026-11-01' });
  assert.equal(made.status, 200);
  const secret = secretOf(made);
  const own = `/owner/${gtin}/${unit.serial}`;
  assert.ok(made.text.includes(`href="http://localhost:${gateway.port}${own}#${secret}"`));
  assert.match(made.text, /<svg class="qr" viewBox="0 0 \d+ \d+"/);
  // Sent again, by a reload or by an impatient thumb: the same secret, and no error.
  assert.equal(secretOf(await fill(page, { claim_code: typed, purchased_on: '2026-11-01' })), secret);

  page = await open(unit.path);
  assert.match(words(page.text), /Registered to an owner since [A-Z][a-z]+ 20\d\d/);
  assert.equal(action(page), own);
  assert.doesNotMatch(page.text, new RegExp(secret));

  page = await fill(await open(own), { secret });
  assert.equal(heading(page), 'Your item');
  assert.match(words(page.text), /Two-year warranty: covered until/);

  page = await post(own, { secret, do: 'stolen' });
  assert.equal(heading(page), 'Report it stolen');
  assert.match(words((await open(unit.path)).text), /Genuine label/); // asked, not done
  page = await fill(page, { location: 'Station "North" <b>&', on: '2026-11-02', reference: 'P-1' });
  assert.match(words(page.text), /now told that it is stolen/);
  assert.match(words(page.text), /Station "North" <b>& , P-1/);

  page = await open(unit.path);
  assert.equal(heading(page), 'Stop');
  page = await open(action(page));
  assert.equal(heading(page), 'Tell the maker where it is');

  page = await fill(await post(own, { secret, do: 'found' }), {});
  assert.match(words(page.text), /The report is taken back/);

  const offered = await fill(await post(own, { secret, do: 'sell' }), {});
  const [, code] = /<code class="secret"[^>]*>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})<\/code>/.exec(offered.text);
  assert.ok(plain(offered.text).includes(`/redeem?gtin=${gtin}&serial=${unit.serial}#${code}`));
  page = await open(`/redeem?gtin=${gtin}&serial=${unit.serial}`);
  page = await fill(page, { transfer_code: code.toLowerCase().replaceAll('-', ' ') });
  const heir = secretOf(page);
  assert.ok(heir);
  assert.notEqual(heir, secret);
  assert.equal((await post(own, { secret })).status, 403);
  assert.equal((await post(own, { secret: heir })).status, 200);
  assert.equal((await post('/redeem', { gtin, serial: unit.serial, transfer_code: code })).status, 403);

  page = await fill(await open(`/report?code=${encodeURIComponent(unit.link)}`),
    { place: 'Flea market <script>', text: 'Blurred print.\r\nNo card in the box.' });
  assert.equal(page.status, 200, page.text);
  assert.equal(heading(page), 'Thank you for telling us');
  assert.match(page.text, /<code class="secret"[^>]*>[0-9A-Z-]{10,}<\/code>/);
  const said = words(page.text);
  for (const shown of [unit.serial, gtin, 'Genuine label', 'Flea market <script>', 'No card in the box.'])
    assert.ok(said.includes(shown), shown);
});

test('the secret is lost: a wait, a notice, and an objection', async () => {
  const unit = await registered();
  let page = await fill(await open(`/recover?gtin=${gtin}&serial=${unit.serial}`), { claim_code: unit.claim });
  assert.equal(page.status, 200);
  assert.match(words(page.text), /From \d+ [A-Z][a-z]+ 20\d\d you can register this item again/);
  page = await post(unit.own, { secret: unit.secret });
  assert.match(words(page.text), /Somebody says that your secret is lost/);
  page = await fill(await fill(page, { do: 'object' }), {});
  assert.match(words(page.text), /The recovery is stopped/);
  assert.doesNotMatch(page.text, /Somebody says that your secret is lost<\/h2>/);
});

test('registered at the counter without the card: the card makes it final', async () => {
  const unit = await sold();
  const own = `/owner/${gtin}/${unit.serial}`;
  const counter = await staff.call(await staff.key('service'), 'POST', '/v1/activations', { gtin, serial: unit.serial });
  assert.equal(counter.status, 201, counter.text);
  const secret = counter.json.owner_secret;
  let page = await post(own, { secret });
  assert.match(words(page.text), /Whoever has the card from the box can take your place/);
  assert.doesNotMatch(page.text, /value="sell"/);
  const link = /<a class="button" href="([^"]*register[^"]*)"/.exec(page.text)[1];
  page = await post('/recover', { gtin, serial: unit.serial, claim_code: unit.claim });
  assert.equal(page.status, 409);
  assert.match(words(page.text), /You need not wait/);
  page = await fill(await open(plain(link)), { claim_code: unit.claim });
  assert.equal(page.status, 200, words(page.text));
  const last = secretOf(page);
  assert.notEqual(last, secret);
  assert.equal((await post(own, { secret })).status, 403);
  page = await post(own, { secret: last });
  assert.doesNotMatch(page.text, /take your place/);
  assert.match(page.text, /value="sell"/);
  assert.match(words(page.text), /Registered with the claim code; the registration without it ended/);
});

test('a secret as people keep it', async () => {
  const unit = await registered();
  const rows = [
    ['as it is', unit.secret],
    ['the whole link', `http://localhost:${gateway.port}${unit.own}#${unit.secret}`],
    ['in small letters', unit.secret.toLowerCase()],
    ['in groups', unit.secret.replace(/(.{5})(?=.)/g, '$1 ').replace('owner _', 'owner_')],
    ['with blanks around it', `  ${unit.secret}\t`],
    ['without its beginning', unit.secret.slice(6)],
    ['with hyphens', unit.secret.slice(6).replace(/(.{5})(?=.)/g, '$1-')],
  ];
  for (const [label, secret] of rows) {
    const page = await post(unit.own, { secret });
    assert.equal(page.status, 200, `${label}: ${alert(page)}`);
    assert.equal(heading(page), 'Your item', label);
  }
});

test('what is refused, and in which words', async () => {
  const one = await registered();
  const free = await sold();
  const unsold = units[next++];
  const held = await sold();
  assert.equal((await staff.event(operator, { type: 'hold', gtin, serial: held.serial, reason: 'looked into' })).status, 201);
  const other = await registered();
  const rows = [
    ['register: a wrong code', '/register', { code: free.link, claim_code: '0000000000' }, 403, /do not belong together/],
    ['register: a wrong serial answers the same', '/register', { gtin, serial: 'NOBODY', claim_code: free.claim }, 403, /do not belong together/],
    ['register: half a code', '/register', { code: free.link, claim_code: free.claim.slice(1) }, 400, /ten letters and digits/],
    ['register: no code', '/register', { code: free.link }, 400, /Please enter the code/],
    ['register: not sold', '/register', { code: unsold.link, claim_code: unsold.claim }, 409, /sale of this item is not on record/],
    ['register: held', '/register', { code: held.link, claim_code: held.claim }, 409, /on hold/],
    ['register: taken', '/register', { code: one.link, claim_code: one.claim }, 409, /registered to an owner already/],
    ['register: bought tomorrow', '/register', { code: free.link, claim_code: free.claim, purchased_on: '2999-01-01' }, 400, /cannot be in the future/],
    ['register: no day', '/register', { code: free.link, claim_code: free.claim, purchased_on: '2026-02-30' }, 400, /cannot be in the future/],
    ['register: no label', '/register', { code: 'hello world', claim_code: free.claim }, 404, /could not read/],
    ['register: nothing', '/register', {}, 400, /which item/],
    ['register: half of a unit', '/register', { gtin, claim_code: free.claim }, 400, /which item/],
    ['register: a wrong check digit', '/register', { gtin: '09506000134353', serial: free.serial, claim_code: free.claim }, 400, /which item/],
    ['redeem: a wrong code', '/redeem', { gtin, serial: one.serial, transfer_code: '0000-0000-0000' }, 403, /ask the owner/],
    ['redeem: no code at all', '/redeem', { gtin, serial: one.serial, transfer_code: '???' }, 400, /twelve letters and digits/],
    ['recover: a wrong code', '/recover', { gtin, serial: one.serial, claim_code: '0000000000' }, 403, /do not belong together/],
    ['recover: nobody owns it', '/recover', { code: free.link, claim_code: free.claim }, 409, /Register it instead/],
    ['owner: no secret', one.own, {}, 400, /enter your secret/],
    ['owner: half a secret', one.own, { secret: one.secret.slice(0, -1) }, 400, /not a whole secret/],
    ['owner: a slip of the pen', one.own, { secret: one.secret.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }, 400, /not a whole secret/],
    ['owner: nobody\'s secret', one.own, { secret: ownerSecret() }, 403, /does not belong/],
    ['owner: another\'s secret', one.own, { secret: other.secret }, 403, /does not belong/],
    ['owner: another\'s secret, and a deed', one.own, { secret: other.secret, do: 'stolen', sure: 'yes' }, 403, /./],
    ['owner: no such unit', `/owner/${gtin}/NOBODY`, { secret: one.secret }, 403, /does not belong/],
    ['owner: found what is not missed', one.own, { secret: one.secret, do: 'found', sure: 'yes' }, 409, /not possible now/],
    ['owner: stolen tomorrow', one.own, { secret: one.secret, do: 'stolen', sure: 'yes', on: '2999-01-01' }, 400, /cannot be in the future/],
    ['owner: too far a place', one.own, { secret: one.secret, do: 'stolen', sure: 'yes', location: 'x'.repeat(41) }, 400, /too long/],
    ['report: nothing', '/report', {}, 400, /what you saw/],
    ['report: too much', '/report', { code: one.link, text: 'x'.repeat(2500) }, 400, /too long/],
  ];
  for (const [label, path, fields, status, said] of rows) {
    const page = await post(path, fields);
    assert.equal(page.status, status, `${label}: ${alert(page)}`);
    assert.match(alert(page), said, label);
    if (/id="error"/.test(page.text)) assert.match(page.text, /class="error" role="alert" id="error"/, label);
  }
  // None of it did anything.
  assert.match(words((await open(one.path)).text), /Genuine label/);
  assert.equal((await post(one.own, { secret: one.secret })).status, 200);
});

const hostile = ['"><script>alert(1)</script>', "' onfocus='alert(1)", '{{secret}}{{>page.brand}}', '</textarea><img src=x>', '=cmd()', '\u202eabc', '💩', '%3Cb%3E'];
const forms = () => [
  ['/register', ['code', 'gtin', 'serial', 'claim_code', 'purchased_on', 'once', 'lang']],
  ['/redeem', ['code', 'gtin', 'serial', 'transfer_code', 'once']],
  ['/recover', ['code', 'gtin', 'serial', 'claim_code', 'once']],
  ['/report', ['code', 'place', 'text', 'gtin', 'serial', 'once']],
  [`/owner/${gtin}/${units[0].serial}`, ['secret', 'do', 'sure', 'location', 'on', 'reference', 'once']],
];

test('hostile input in every field stays text', async () => {
  for (const [path, fields] of forms())
    for (const field of fields)
      for (const value of hostile) {
        const page = await post(path, { [field]: value });
        assert.ok(page.status < 500, `${path} ${field} ${value}: ${page.status}`);
        assert.doesNotMatch(page.text, /<script>|<img src=x|onfocus='/, `${path} ${field}`);
        if (path.startsWith('/owner')) continue;
        const asked = await send('GET', `${path}?${new URLSearchParams({ [field]: value })}`, undefined);
        assert.ok(asked.status < 500, `GET ${path} ${field}`);
        assert.doesNotMatch(asked.text, /<script>|<img src=x|onfocus='/, `GET ${path} ${field}`);
      }
});

test('a field that is broken, there twice or too long is refused, and one that nobody knows is not', async () => {
  for (const [path, fields] of forms())
    for (const field of fields.filter((one) => !['once', 'lang'].includes(one))) {
      const rows = [
        ['twice', `${field}=a&${field}=a`],
        ['too long', `${field}=${'x'.repeat(5000)}`],
        ['a NUL', `${field}=a%00b`],
        ['not UTF-8', `${field}=%ff`],
        ['half an escape', `${field}=%4`],
      ];
      for (const [label, body] of rows) {
        const page = await post(path, body);
        assert.equal(page.status, 400, `${path} ${field} ${label}: ${alert(page)}`);
        assert.notEqual(alert(page), '', `${path} ${field} ${label}`);
      }
    }
  const unit = await registered();
  const page = await post(unit.own, { secret: unit.secret, unknown: 'x'.repeat(3000), do: 'explode', sure: 'yes' });
  assert.equal(page.status, 200);
  assert.equal(heading(page), 'Your item');
});

test('what is no form is refused before anybody reads it', async () => {
  for (const [path] of forms()) {
    assert.equal((await send('POST', path, '{}', { 'content-type': 'application/json' })).status, 415, path);
    assert.equal((await send('POST', path, `code=${'x'.repeat(9000)}`)).status, 413, path);
    assert.equal((await send('PUT', path, 'code=x')).status, 405, path);
  }
  for (const path of [`/owner/${gtin}`, `/owner/${gtin}/A/B`, '/register/x']) assert.equal((await send('GET', path)).status, 404, path);
  for (const path of ['/owner/09506000134353/A', `/owner/${gtin}/${'x'.repeat(21)}`, `/owner/${gtin}/%00`, `/owner/${gtin}/%ff`])
    assert.equal((await open(path)).status, 404, path);
});

test('who tries codes has to wait', async () => {
  const unit = await sold();
  const tries = await Promise.all(Array.from({ length: 130 }, () => send('POST', '/register', { gtin, serial: unit.serial, claim_code: '0000000000' })));
  const refused = tries.find(({ status }) => status === 429);
  assert.ok(refused, 'nobody was told to wait');
  assert.match(alert(refused), /Please wait \d+ s/);
  assert.match(refused.headers.get('retry-after'), /^\d+$/);
});

test('?lang= goes along on every link and form', async () => {
  const unit = await registered();
  for (const path of ['/', '/check?code=x', unit.path, `/register?code=${encodeURIComponent(unit.link)}`, '/redeem', '/recover', '/report', unit.own]) {
    const page = await open(`${path}${path.includes('?') ? '&' : '?'}lang=en`, { 'accept-language': 'xx' });
    assert.equal(page.headers.get('content-language'), 'en', path);
    const without = page.text.replaceAll(/<a [^>]*hreflang=[^>]*>/g, ''); // the chooser
    const targets = [...without.matchAll(/ (?:href|action)="(\/[^"]*)"/g)].map(([, to]) => plain(to)).filter((to) => !to.startsWith('/assets/') && to !== '/check');
    assert.ok(targets.length > 0, path);
    for (const to of targets) assert.match(to, /[?&]lang=en$/, `${path}: ${to}`);
    if (page.text.includes('action="/check"')) assert.match(page.text, /<input type="hidden" name="lang" value="en">/, path);
  }
});

test('pictures: files of one directory, by their endings, up to 512 KiB', async () => {
  const directory = join(data, 'pictures');
  mkdirSync(directory);
  mkdirSync(join(directory, 'folder.png'));
  for (const name of ['plain', '.png', 'a.b.png', 'page.html', 'SHOUT.PNG', `${'n'.repeat(77)}.png`]) writeFileSync(join(directory, name), 'x');
  writeFileSync(join(directory, 'full.webp'), Buffer.alloc(512 * 1024, 1));
  writeFileSync(join(directory, 'over.webp'), Buffer.alloc(512 * 1024 + 1, 1));
  const ask = (name) => fetch(`${gateway.base}/pictures/${name}`);
  for (const [ending, type] of [['avif', 'image/avif'], ['jpg', 'image/jpeg'], ['jpeg', 'image/jpeg'], ['png', 'image/png'], ['svg', 'image/svg+xml'], ['webp', 'image/webp']]) {
    const name = `${'n'.repeat(79 - ending.length)}.${ending}`;
    writeFileSync(join(directory, name), `<script>${ending}</script>`);
    const answer = await ask(name);
    assert.equal(answer.status, 200, name);
    assert.equal(answer.headers.get('content-type'), type);
    assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'/, 'nothing in it runs');
    assert.equal(await answer.text(), `<script>${ending}</script>`);
  }
  assert.equal((await (await ask('full.webp')).arrayBuffer()).byteLength, 512 * 1024);
  for (const name of ['', 'plain', '.png', 'a.b.png', 'page.html', 'SHOUT.PNG', `${'n'.repeat(77)}.png`, 'folder.png', 'missing.png', 'over.webp',
    '%66ull.webp', 'full.webp%00.png', '..%2fsecrets', '..%2fpictures%2ffull.webp', 'x/../full.webp.png', 'full.webp/'])
    assert.equal((await ask(name)).status, 404, name);
});

test('the verdict shows a picture of ours, and only links to one from elsewhere', async () => {
  const [{ path }] = units;
  const product = (await staff.call(operator, 'GET', `/v1/products/${gtin}`)).json;
  for (const [picture, shown] of [['/pictures/full.webp', /<img src="\/pictures\/full\.webp" alt=""/], ['https://cdn.example.com/full.webp', /<a href="https:\/\/cdn\.example\.com\/full\.webp">/]]) {
    product.version = (await staff.call(operator, 'PUT', `/v1/products/${gtin}`, { ...product, picture })).json.version;
    const text = await (await fetch(gateway.base + path, { headers: { accept: 'text/html' } })).text();
    assert.match(text, shown);
    assert.doesNotMatch(text, /<img src="https/);
  }
});
