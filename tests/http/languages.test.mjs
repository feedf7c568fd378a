// SPDX-License-Identifier: Apache-2.0
// The language of an answer, from outside: the browser's wish, ?lang= before it, and the chooser that
// leads from each to each. The words are read from web/lang/ by a reader of this test's own.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, tree } from '../e2e/gateway.mjs';
import { World, gtin } from './world.mjs';

const directory = join(tree, 'web/lang');
const tags = readdirSync(directory).filter((file) => file.endsWith('.ini')).map((file) => file.slice(0, -4)).sort();
const languages = tags.map((tag) => ({ tag, words: readWords(readFileSync(join(directory, `${tag}.ini`), 'utf8')) }));
const english = languages.find(({ tag }) => tag === 'en');
let gateway;
let label;

function readWords(text) {
  const words = new Map();
  let section = '';
  for (const line of text.split('\n').filter((each) => each && !each.startsWith('#'))) {
    const heading = /^\[(.*)\]$/.exec(line);
    if (heading) {
      [, section] = heading;
      continue;
    }
    const [, name, value] = /^(\S+) = (.*)$/.exec(line);
    const key = `${section}.${name}`;
    words.set(key, words.has(key) ? `${words.get(key)} ${value}` : value);
  }
  return words;
}

const entities = { '&#60;': '<', '&#62;': '>', '&#34;': '"', '&#39;': "'", '&#38;': '&', '&amp;': '&' };
const plain = (text) => text.replaceAll(/&(#\d+|amp);/g, (entity) => entities[entity] ?? entity);

before(async () => {
  const world = new World();
  [label] = world.paths;
  gateway = await Gateway.start(world.data);
});
after(async () => {
  const { code } = await gateway.stop();
  assert.equal(code, 0, gateway.stderr);
});

async function get(path, wish, accept = 'text/html') {
  const answer = await fetch(gateway.base + path, { headers: { accept, ...(wish && { 'accept-language': wish }) } });
  return { answer, language: answer.headers.get('content-language'), text: plain(await answer.text()) };
}

const withLanguage = (path, tag) => `${path}${path.includes('?') ? '&' : '?'}lang=${tag}`;
const heading = (text) => /<h1>([^]*?)<\/h1>/.exec(text)[1];

function checkPage({ answer, language, text }, { tag, words }, line) {
  assert.equal(language, tag, line);
  assert.match(answer.headers.get('vary') ?? '', /accept-language/i, line);
  assert.ok(text.includes(`<html lang="${tag}" dir="${words.get('language.direction')}">`), line);
}

test('there are the languages that were asked for, each with a name of its own', () => {
  for (const tag of ['en', 'de', 'fr', 'es', 'da', 'pl', 'ar', 'ja']) assert.ok(tags.includes(tag), tag);
  const names = languages.map(({ words }) => words.get('language.name'));
  assert.equal(new Set(names).size, tags.length);
  for (const { tag, words } of languages) {
    const right = new Intl.Locale(tag).maximize().script === 'Arab' ? 'rtl' : 'ltr';
    assert.equal(words.get('language.direction'), right, tag);
    const known = new Intl.DisplayNames([tag], { type: 'language' }).of(tag);
    assert.equal(words.get('language.name').toLowerCase(), known.toLowerCase(), `${tag}, as Unicode's CLDR calls it`);
  }
});

test('a browser gets its language, and the best of its wishes', async () => {
  for (const each of languages) {
    const other = languages.find(({ tag }) => tag !== each.tag).tag;
    for (const wish of [each.tag, each.tag.toUpperCase(), `${each.tag}-XX`, `tlh, ${each.tag};q=0.4`, `${other};q=0.5, ${each.tag};q=0.501`]) {
      const page = await get('/', wish);
      checkPage(page, each, wish);
      assert.equal(heading(page.text), each.words.get('home.heading'), wish);
    }
  }
  for (const wish of [undefined, 'tlh', 'de;q=0', '*', '']) checkPage(await get('/', wish), english, String(wish));
});

test('?lang= comes before what the browser wishes, and is kept', async () => {
  for (const each of languages) {
    const other = languages.find(({ tag }) => tag !== each.tag).tag;
    for (const path of ['/', label, `/check?code=${gtin}`, `/register?gtin=${gtin}&serial=X`, '/report', '/redeem']) {
      const page = await get(withLanguage(path, each.tag), other);
      checkPage(page, each, `${path} ${each.tag}`);
      const links = [...page.text.matchAll(/<a [^>]*href="(\/[^"]*)"/g)].map(([, to]) => to);
      assert.ok(links.length > 0, path);
      for (const to of links) assert.match(to, /[?&]lang=[a-z]+$/, `${path}: ${to}`);
    }
  }
});

test('the chooser names each language in itself and leads to this page in it', async () => {
  for (const path of ['/', label, `/register?gtin=${gtin}&serial=X`]) {
    for (const { tag } of languages) {
      const { text } = await get(withLanguage(path, tag));
      const offered = [...text.matchAll(/<a href="([^"]*)" lang="([^"]*)" hreflang="([^"]*)">([^<]*)<\/a>/g)];
      assert.equal(offered.length, languages.length, `${path} in ${tag}`);
      for (const [, to, lang, hreflang, name] of offered) {
        assert.equal(hreflang, lang);
        assert.equal(to, withLanguage(path, lang), tag);
        assert.equal(name, languages.find((each) => each.tag === lang).words.get('language.name'));
      }
    }
  }
});

test('an answer says the same as a page and as JSON', async () => {
  for (const { tag, words } of languages) {
    const sentence = words.get('reason genuine.sentence').replaceAll(/([、。]) /g, '$1');
    const page = await get(label, tag);
    assert.equal(heading(page.text), words.get('verdict.ok'), tag);
    assert.ok(page.text.includes(sentence), tag);
    const { language, text } = await get(label, tag, 'application/json');
    assert.equal(language, tag);
    assert.ok(text.includes(sentence), `${tag}: ${text}`);
  }
});

// A page that says something of its own does not say it in every language.
test('no page in a translation has an English sentence left', async () => {
  const forged = label.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  const paths = ['/', '/check?code=hello%20there', '/nothing/here', label, forged, `/01/${gtin}/21/NEVER`, `/check?code=${gtin}`,
    `/register?code=${encodeURIComponent(label)}`, '/register', '/redeem', `/recover?gtin=${gtin}&serial=X`, `/owner/${gtin}/X`, '/report'];
  const pages = async (tag) => (await Promise.all(paths.map((path) => get(withLanguage(path, tag))))).map(({ text }) =>
    text.replace(/<style>[^]*?<\/style>/, '').replaceAll(/\s(?:href|content|d|action|class|name|id|value)="[^"]*"/g, ''));
  const sentences = [...english.words].filter(([, text]) => !text.includes('{{') && text.length > 14);
  const shown = await pages('en');
  assert.ok(sentences.filter(([, text]) => shown.some((page) => page.includes(text))).length > 60);
  for (const { tag, words } of languages.filter((each) => each !== english)) {
    const translated = await pages(tag);
    for (const [key, text] of sentences.filter(([name, each]) => words.get(name) !== each)) {
      translated.forEach((page, i) => assert.ok(!page.includes(text), `${paths[i]} in ${tag}: ${key}, "${text}"`));
    }
  }
});
