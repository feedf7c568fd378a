// SPDX-License-Identifier: Apache-2.0
// Every page for people, and every way to look at one. A new page is a new row.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tree } from '../e2e/gateway.mjs';

export const isFull = process.env.ASSAY_BROWSER === 'full';
// ASSAY_PAGES='owner|report': the rows with such names alone.
export const wanted = new RegExp(process.env.ASSAY_PAGES ?? '');

// Languages of this tree, those with the longest words first, English apart.
function translations() {
  const dir = join(tree, 'web/lang');
  return readdirSync(dir).filter((file) => file.endsWith('.ini') && file !== 'en.ini').map((file) => {
    const text = readFileSync(join(dir, file), 'utf8');
    return { language: file.slice(0, -4), length: text.length, rtl: /^direction = rtl$/m.test(text) };
  }).sort((a, b) => b.length - a.length);
}
export const languages = translations();

// The ones in which every page is looked at; the others see the pages that are marked `words`.
export const hardest = languages.filter(({ rtl }, place) => isFull || rtl || place === 0).map(({ language }) => language);

const isLabel = { words: true, firstScreen: ['.verdict h1', '.next .button'], pages: 2 };

// path; status (200), method (GET); role: who is signed in; scripts: it has some, so it may load
// more than itself; staff: is in English; firstScreen: what is seen at once on a phone; pages: of A4 when printed at most.
//
// begin: what a visit needs that no other has; act: what the visitor does there, step by step; then:
// the status of where that leads.
export function rows(demo) {
  const perVerdict = new Set();
  const labels = demo.situations.filter(({ verdict }) => verdict !== 'no code').map(({ verdict, words, path }) => {
    const words_ = !perVerdict.has(verdict);
    perVerdict.add(verdict);
    return { ...isLabel, name: `${verdict}: ${words}`, path, verdict, words: words_ };
  });
  const label = demo.path('sold today');
  const code = encodeURIComponent(demo.origin + label);
  return [
    { name: 'home', path: '/', words: true, firstScreen: ['h1', 'main input', 'main button'] },
    { name: 'check: no code', path: '/check?code=hello%20there%2C%20world', status: 404, words: true, firstScreen: ['h1'] },
    { name: 'check: hostile', path: `/check?code=${encodeURIComponent('"><script>alert(1)</script>'.padEnd(900, 'W'))}`, status: 404 },
    { name: 'label: no code', path: demo.situations.at(-1).path, status: 404 },
    { name: 'error 404', path: '/nothing/here', status: 404, words: true, firstScreen: ['h1', 'main .button'] },
    { name: 'error 405', path: '/check', method: 'POST', status: 405 },
    ...labels,
    { name: 'ok: typed', path: `/check?code=${code}`, verdict: 'ok', ...isLabel, words: false },
    ...customers(demo, code),
    ...staff(demo),
  ];
}

const fill = (field, name) => (page, row) => page.locator(`[name=${field}]:visible`).fill(row[name] ?? name);
const press = (selector = 'main form button') => (page) => page.locator(selector).first().click();
const together = (...steps) => async (page, row) => {
  for (const step of steps) await step(page, row);
};

// What a customer does beyond asking.
function customers(demo, code) {
  const sold = () => {
    const unit = demo.sold();
    return { ...unit, path: `/register?code=${encodeURIComponent(demo.origin + unit.path)}` };
  };
  const owned = async () => {
    const unit = await demo.owned();
    return { ...unit, path: `/owner/${unit.gtin}/${unit.serial}` };
  };
  const counter = async () => {
    const unit = demo.sold();
    const { owner_secret: secret } = await demo.call('/v1/activations', { gtin: unit.gtin, serial: unit.serial }, demo.key('service'));
    return { ...unit, secret, path: `/owner/${unit.gtin}/${unit.serial}` };
  };
  const enter = together(fill('secret', 'secret'), press());
  const form = { firstScreen: ['h1'] };
  return [
    { name: 'register', path: `/register?code=${code}`, words: true, ...form },
    { name: 'register: which', path: '/register', ...form },
    { name: 'register: wrong code', begin: sold, act: together(fill('claim_code', '0000000000'), press()), then: 403 },
    { name: 'registered', begin: sold, act: together(fill('claim_code', 'claim'), press()), words: true, pages: 2 },
    { name: 'redeem', path: `/redeem?code=${code}`, scripts: true, words: true, ...form },
    { name: 'redeem: wrong code', path: `/redeem?code=${code}`, scripts: true, act: together(fill('transfer_code', '000000000000'), press()), then: 403 },
    { name: 'recover', path: `/recover?code=${code}`, words: true, ...form },
    { name: 'owner: sign in', path: `/owner/09506000134352/${label(demo)}`, scripts: true, words: true, ...form },
    { name: 'owner', begin: owned, act: enter, scripts: true, words: true, pages: 2 },
    { name: 'owner without the card', begin: counter, act: enter, scripts: true, words: true, pages: 2 },
    { name: 'owner: stolen, sure?', begin: owned, act: [enter, press('[name=do][value=stolen]')], scripts: true, words: true },
    { name: 'owner: sell, sure?', begin: owned, act: [enter, press('[name=do][value=sell]')], scripts: true, words: true },
    { name: 'owner: sold on', begin: owned, act: [enter, press('[name=do][value=sell]'), press('main form button')], scripts: true, words: true, pages: 2 },
    { name: 'report', path: `/report?code=${code}`, words: true, ...form },
    { name: 'report: anything', path: '/report', ...form },
    { name: 'reported', path: `/report?code=${code}`, words: true, pages: 2,
      act: together(fill('place', '<b>"Market" & Söhne</b>'), fill('text', 'W'.repeat(300)), press()) },
  ];
}

const label = (demo) => /\/21\/([^?]+)/.exec(demo.path('sold today'))[1];

// What staff see once they have signed in, in English.
function staff(demo) {
  const unit = `/console/units/09506000134352/${label(demo)}`;
  const operator = { role: 'operator' };
  const choose = (page) => page.locator('[name=gtin]:visible').selectOption('09506000134352');
  const check = press('form[aria-labelledby=form] button');
  const tried = together(choose, fill('count', '1200'), fill('lot', 'L99'), check);
  const manifestHead = 'gtin,variant,lot,serial,made_on,expires_on,claim_code,token';
  const pages = [
    { name: 'sign in', path: '/sign-in', words: true },
    { name: 'sign in: wrong key', path: '/sign-in', act: together(fill('key', 'assay_00000000_wrong'), press('main button')), then: 401 },
    { name: 'console', path: '/console', words: true, ...operator },
    { name: 'console of an auditor', path: '/console', role: 'auditor' },
    { name: 'console: inbox', path: '/console/inbox', ...operator },
    { name: 'console: serials', path: '/console/units', words: true, ...operator },
    { name: 'console: serials, none found', path: '/console/units?lot=NONE', ...operator },
    { name: 'console: serials, a wrong filter', path: '/console/units?state=nothing', status: 400, ...operator },
    { name: 'console: serials found', path: '/console/units', ...operator,
      act: together((page) => page.locator('summary').evaluateAll((all) => all.forEach((one) => one.click())),
        fill('codes', `09506000134352 ${label(demo)}\nhello`), press('form[action$=find] button')) },
    { name: 'console: serial', path: unit, words: true, ...operator },
    { name: 'console: serial, hold', path: `${unit}?do=hold`, ...operator },
    { name: 'console: serial, end of its ownership', ...operator,
      begin: async () => {
        const { gtin, serial } = await demo.owned();
        return { path: `/console/units/${gtin}/${serial}?do=end_ownership` };
      } },
    { name: 'console: no such serial', path: '/console/units/09506000134352/NEVER', status: 404, ...operator },
    { name: 'console: suspected copies', path: '/console/copies', words: true, ...operator },
    { name: 'console: stolen', path: '/console/stolen', words: true, ...operator },
    { name: 'console: issue', path: '/console/issue', words: true, ...operator },
    { name: 'console: issue, checked', path: '/console/issue', role: 'issuer', act: tried },
    { name: 'console: issue, incomplete', path: '/console/issue', ...operator, act: together(choose, fill('count', '1'), fill('lot', 'a b'), check), then: 400 },
    { name: 'console: issued', path: '/console/issue', words: true, ...operator, act: [tried, press('main form.actions button')] },
    { name: 'console: no such issue', path: '/console/issue/none', status: 404, ...operator },
    { name: 'console: import', path: '/console/import', words: true, ...operator },
    { name: 'console: import, refused', path: '/console/import', ...operator, act: together(fill('manifest', `${manifestHead}\n1,,,x,,,,A`), press('[name=step][value=try]')) },
    { name: 'return desk', path: '/retail', words: true, role: 'retailer' },
    { name: 'return desk: set-up', path: '/retail/scanner', words: true, role: 'retailer' },
    ...keeping(operator),
  ];
  pages.push(...service(demo));
  return pages.map((row) => ({ staff: true, scripts: true, pages: 20, ...row }));
}

// The service desk. What changes a unit has one of its own.
function service(demo) {
  const technician = { role: 'service' };
  const scanned = (words) => `/service?code=${encodeURIComponent(demo.origin + demo.path(words))}`;
  const own = (more) => () => ({ path: `/service?code=${encodeURIComponent(demo.origin + demo.sold().path)}${more}` });
  const replacement = () => {
    const [next] = demo.issue(1);
    return { ...own('&do=replace')(), next: demo.origin + next.path };
  };
  const owned = async () => {
    const unit = await demo.owned();
    return { path: `/service/${unit.gtin}/${unit.serial}?do=lose_secret` };
  };
  const send = press('#act button');
  return [
    { name: 'service', path: '/service', words: true, firstScreen: ['#code', '#scan button'], ...technician },
    { name: 'service: covered', path: scanned('sold today'), words: true, firstScreen: ['#verdict', '#covered'], ...technician },
    { name: 'service: stolen', path: scanned('reported stolen'), ...technician },
    { name: 'service: recalled', path: scanned('recalled: stop'), ...technician },
    { name: 'service: forged', path: scanned('one character'), firstScreen: ['#verdict'], ...technician },
    { name: 'service: no code', path: '/service?code=hello%20there%2C%20world', status: 404, ...technician },
    { name: 'service: a serial alone', path: `/service?code=${label(demo)}`, ...technician },
    { name: 'service: without a label', path: `/service/09506000134352/${label(demo)}?on=2031-01-01`, ...technician },
    { name: 'service: repair', path: `${scanned('sold today')}&do=service`, words: true, ...technician },
    { name: 'service: repaired', begin: own('&do=service'), act: together(fill('fault', '<b>"Rattles" & smells</b>'), send), ...technician },
    { name: 'service: out of use, sure?', begin: own('&do=retire'), act: together(fill('reason', 'burnt'), send), ...technician },
    { name: 'service: hold', path: `${scanned('sold today')}&do=hold`, ...technician },
    { name: 'service: replacement', begin: replacement, words: true, ...technician,
      act: together(fill('new_code', 'next'), fill('reason', 'W'.repeat(60)), send) },
    { name: 'service: replaced', begin: replacement, ...technician, act: [together(fill('new_code', 'next'), fill('reason', 'burnt'), send), send] },
    { name: 'service: registered', begin: own('&do=activate'), act: send, words: true, ...technician },
    { name: 'service: secret lost', begin: owned, act: send, ...technician },
    { name: 'service: many', path: '/service', words: true, ...technician,
      act: together((page) => page.locator('#codes').fill([demo.origin + demo.path('sold today'), demo.path('one character'), 'hello', label(demo)].join('\n')),
        press('form[action$=many] button')) },
    { name: 'service: many, none', path: '/service', ...technician, then: 400,
      act: together((page) => page.locator('#codes').fill('x'), (page) => page.locator('#many-gtin').fill('123'), press('form[action$=many] button')) },
  ];
}

// What the operator keeps, and what the administrator does.
function keeping(operator) {
  const admin = { role: 'admin' };
  const gtin = '09506000134352';
  const recall = together(fill('id', 'id'), fill('gtin', 'gtin'), fill('text_0', 'long'), fill('text', 'long'), press('main form button'));
  const wanted_ = { id: 'R-"9"', gtin, long: `<b>${'W'.repeat(120)}` };
  return [
    { name: 'console: recalls', path: '/console/recalls', ...operator },
    { name: 'console: recall', path: '/console/recalls/R-2026-01?count=1', ...operator },
    { name: 'console: new recall', path: `/console/recalls/new?gtin=${gtin}`, words: true, ...operator },
    { name: 'console: new recall, wrong', path: '/console/recalls/new', ...wanted_, act: together(openAll, recall), then: 400, ...operator },
    { name: 'console: new recall, counted', path: '/console/recalls/new', ...wanted_, id: 'R-9', act: together(openAll, fill('language_0', 'de'), recall), ...operator },
    { name: 'console: products', path: '/console/products', ...operator },
    { name: 'console: product', path: `/console/products/${gtin}?lot=L24A0917`, words: true, ...operator },
    { name: 'console: product of an auditor', path: `/console/products/${gtin}`, role: 'auditor' },
    { name: 'console: product, wrong', path: `/console/products/${gtin}`, months_0: 'W'.repeat(4), act: together(fill('months_0', 'months_0'), press('main form[method=post] button')), then: 400, ...operator },
    { name: 'console: no such product', path: '/console/products/1', status: 404, ...operator },
    { name: 'console: keys', path: '/console/keys', words: true, ...operator },
    { name: 'console: system', path: '/console/system', words: true, ...operator },
    { name: 'console: system of an admin', path: '/console/system', ...admin },
    { name: 'console: credentials', path: '/console/credentials', words: true, ...admin },
    { name: 'console: new credential', path: '/console/credentials/new', ...admin },
    { name: 'console: a key, once', path: '/console/credentials/new', ...admin, then: 201,
      act: together((page) => page.locator('#role').selectOption('retailer'), fill('name', 'till'), fill('organisation', 'shop'), press('main form button')), till: 'x', shop: 'W'.repeat(60) },
    { name: 'console: credential', path: '/console/credentials', ...admin, act: press('main tbody a') },
  ];
}
const openAll = (page) => page.locator('main summary').evaluateAll((all) => all.forEach((one) => one.click()));

const widths = [320, 360, 768, 1280];
const thorough = widths.flatMap((width) => ['light', 'dark'].flatMap((scheme) => [
  { width, scheme },
  { width, scheme, dir: 'rtl' },
  { width, scheme, zoom: 2 },
  { width, scheme, text: 200 },
]));
const usual = [
  ...widths.map((width) => ({ width })),
  { width: 320, scheme: 'dark' },
  { width: 320, dir: 'rtl' },
  { width: 1280, dir: 'rtl' },
  { width: 640, zoom: 2 },
  { width: 1280, zoom: 2 },
  { width: 320, text: 200 },
  { width: 768, text: 200 },
  { width: 1280, text: 200 },
];

// Pages that differ in words alone share their layout with one that is marked `words`.
const few = [{ width: 320 }, { width: 1280 }, { width: 320, dir: 'rtl' }, { width: 320, text: 200 }, { width: 1280, text: 200 }];

const isThorough = (row) => isFull || row.words;
export const looks = (row) => (isFull ? thorough : row.words ? usual : few);
export const seenWithoutScripts = isThorough;
export const looksOfTranslation = isFull ? thorough : [{ width: 320 }, { width: 1280 }, { width: 320, text: 200 }];
export const looksWithoutScripts = isFull ? widths.map((width) => ({ width })) : [{ width: 320 }, { width: 1280 }];
const onPhone = [{ width: 360, scheme: 'light' }];
const everywhere = widths.flatMap((width) => [{ width, scheme: 'light' }, { width, scheme: 'dark' }]);
export const looksForAxe = (row) => (isFull ? everywhere : row.words ? [...onPhone, { width: 1280, scheme: 'dark' }] : onPhone);
export const looksForAxeOfTranslation = isFull ? everywhere : onPhone;
export const shots = [{ width: 360, scheme: 'light' }, { width: 360, scheme: 'dark' }, { width: 1280, scheme: 'light' }];
