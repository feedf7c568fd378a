// SPDX-License-Identifier: Apache-2.0
// The return desk: one field, one code per Enter or Tab, the newest answer on top.
import { csvText } from './csv.js';
import { GS, cleanCode, keyMeaning, showCode, splitCodes } from './scanner.js';
import { Sender } from './sender.js';
import { Session, isReturned, isWaiting } from './session.js';
import { play } from './sounds.js';
import { Store } from './store.js';

const byId = (id) => document.getElementById(id);
const field = byId('code');
const list = byId('lines');
const words = Object.fromEntries([...byId('words').content.querySelectorAll('[data-word]')].map((each) => [each.dataset.word, each.textContent]));
const icons = Object.fromEntries([...byId('icons').content.querySelectorAll('[data-icon]')].map((each) => [each.dataset.icon, each.firstElementChild]));
const say = (word, value = '') => words[word].replace('#', () => value);

const store = new Store(document.querySelector('main').dataset.desk);
const session = new Session(store.lines());
const elements = new Map(); // by the line's id
const products = new Map(); // names, by GTIN
const dirty = new Set(); // lines that are to be drawn again

const sender = new Sender({
  screened(line, row) {
    session.answer(line, row, words.repeated_reason);
    settle(line);
    if (line.outcome === 'accept' && byId('at-once').checked) record(line, 'return');
  },
  refused(line, problem) {
    Object.assign(line, { outcome: 'refuse', reasons: [{ code: 'unreadable', text: problem?.detail ?? words.unreadable }] });
    settle(line);
  },
  happened,
  stalled(why, count) {
    if (byId('stalled').hidden) hear('unchecked');
    byId('stalled').firstElementChild.textContent = say(why, String(count));
    byId('sign-in').hidden = why !== 'signed_out';
    byId('stalled').hidden = false;
  },
  resumed() {
    byId('stalled').hidden = true;
  },
  changed: keep,
});

// ---- drawing ----

function part(element, name, text) {
  const place = element.querySelector(`[data-part=${name}]`);
  place.textContent = text ?? '';
  place.hidden = !text;
}

function reasonItems(line) {
  return line.reasons.map(({ text, outcome = 'refuse' }) => Object.assign(document.createElement('li'), { textContent: text, className: `is-${outcome}` }));
}

function noteOf(line) {
  return [line.said, line.hold && `${words.hold} ${line.hold}`, line.repaired && words[line.repaired]].filter(Boolean).join(' ');
}

function recordedOf(line) {
  if (line.takenBack) return words.taken_back;
  if (line.pending) return words.sending;
  if (!line.done) return '';
  return [words[line.done.type], line.done.reference].filter(Boolean).join(' · ');
}

const shorten = (code) => (code.length > 60 ? `${code.slice(0, 56)}…` : code);

function draw(line) {
  const element = byId('line').content.firstElementChild.cloneNode(true);
  const offers = session.offers(line);
  element.dataset.id = line.id;
  element.classList.add(line.outcome);
  element.classList.toggle('gone', Boolean(line.takenBack));
  element.querySelector('[data-icon]').append(icons[line.outcome].cloneNode(true));
  part(element, 'number', String(line.number));
  part(element, 'word', words[line.outcome]);
  part(element, 'repeats', line.repeats && say('repeats', String(line.repeats)));
  part(element, 'recorded', recordedOf(line));
  part(element, 'name', namesUnit(line) && products.get(line.gtin));
  part(element, 'what', line.serial || shorten(showCode(line.code)));
  part(element, 'note', noteOf(line));
  const reasons = element.querySelector('[data-part=reasons]');
  if (isWaiting(line)) reasons.append(Object.assign(document.createElement('li'), { textContent: words.waiting }));
  else reasons.append(...reasonItems(line));
  for (const button of element.querySelectorAll('[data-do]')) {
    button.hidden = !offers.includes(button.dataset.do);
    if (!button.hidden) button.setAttribute('aria-label', `${button.textContent}: ${line.serial}`);
  }
  return element;
}

// Draws what changed at once, however much it is. New lines come on top.
function refresh() {
  const fresh = document.createDocumentFragment();
  for (const line of dirty) {
    const element = draw(line);
    const before = elements.get(line.id);
    elements.set(line.id, element);
    if (before) before.replaceWith(element);
    else fresh.prepend(element);
  }
  dirty.clear();
  list.prepend(fresh);
  const totals = session.totals();
  for (const each of document.querySelectorAll('[data-total]')) each.textContent = String(totals[each.dataset.total]);
  byId('empty').hidden = session.lines.length > 0;
  byId('log').hidden = session.lines.length === 0;
}

let drawing = false;
function redraw(...lines) {
  for (const line of lines) dirty.add(line);
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    refresh();
  });
}

function keep() {
  if (!store.keep(session.lines)) tell(words.not_kept);
}

const tell = (text) => { byId('said').textContent = text; };
const sound = (outcome) => {
  if (byId('sound').checked) play(outcome);
};

// ---- what the gateway adds ----

async function get(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } }).catch(() => undefined);
  return answer?.ok ? answer.json().catch(() => undefined) : undefined;
}

// Labels that fail name nothing.
const failed = new Set(['label_malformed', 'label_forged', 'issuer_unknown', 'issuer_revoked', 'issuer_out_of_scope', 'never_issued',
  'not_registered', 'product_needed', 'unreadable']);
const namesUnit = (line) => line.gtin && line.serial && !line.reasons.some(({ code }) => failed.has(code));

async function addName(line) {
  if (!products.has(line.gtin)) {
    products.set(line.gtin, '');
    const product = await get(`/v1/products/${line.gtin}`);
    if (!product?.name) return;
    products.set(line.gtin, product.name);
    redraw(...session.lines.filter(({ gtin }) => gtin === line.gtin));
  }
}

// After a second return the reason of the hold names both shops.
async function addHold(line) {
  if (line.hold || !line.reasons.some(({ code }) => code === 'held')) return;
  const history = await get(`/v1/units/${line.gtin}/${encodeURIComponent(line.serial)}/events?order=newest`);
  line.hold = history?.events.find(({ type }) => type === 'hold')?.fields.reason;
  redraw(line);
}

// A line got its answer: once drawn, heard, and told more about.
let heard; // the worst of what came at once
const worst = ['accept', 'unchecked', 'review', 'refuse'];
function hear(outcome) {
  if (heard === undefined) {
    queueMicrotask(() => {
      sound(heard);
      heard = undefined;
    });
  }
  if (heard === undefined || worst.indexOf(outcome) > worst.indexOf(heard)) heard = outcome;
}

function settle(line) {
  redraw(line);
  hear(line.outcome);
  if (!namesUnit(line)) return;
  addName(line);
  addHold(line);
}

// ---- what staff do ----

function scan(...codes) {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const lines = codes.map((code) => session.add(code, at, crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`));
  byId('before').replaceChildren();
  keep();
  redraw(...lines);
  sender.screen(...lines);
  if (sender.why && !byId('stalled').hidden) hear('unchecked');
}

function take() {
  const code = cleanCode(field.value);
  field.value = '';
  if (code !== '') scan(code);
}

const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
function fieldsFor(line, type) {
  const reason = byId('why').value.trim();
  if (type === 'undo') return { undoes: String(line.done.version) };
  if (type === 'restock') return filled({ reason, location: byId('place').value.trim() });
  return filled({ reason, reference: byId('rma').value.trim() });
}

function record(line, type) {
  line.tries = (line.tries ?? 0) + 1;
  line.said = '';
  line.pending = { type, fields: fieldsFor(line, type), key: `${line.id}-${line.tries}` };
  if (type === 'return') byId('rma').value = ''; // the number of one return; a reason may be that of many
  keep();
  redraw(line);
  sender.event(line);
}

function refusalOf(type, answer) {
  const detail = answer.json?.detail ?? '';
  if (answer.json?.code === 'second_return') return `${words.second_return}. ${detail}`;
  return type === 'undo' ? `${words.no_undo} ${detail}` : detail;
}

function happened(line, answer) {
  const { type, fields } = line.pending;
  line.pending = undefined;
  if (answer.status >= 300) {
    line.said = refusalOf(type, answer);
    if (type === 'return') line.outcome = answer.json?.code === 'second_return' ? 'refuse' : 'review';
    if (type === 'undo') tell(line.said);
    settle(line);
    return;
  }
  if (type === 'undo') {
    line.takenBack = true;
    line.done = { ...line.done, type: 'undo' };
    tell(say('undone_line', String(line.number)));
  } else {
    line.done = { type, version: answer.json?.version, reference: fields.reference, reason: fields.reason };
  }
  redraw(line);
}

// The last line goes: from the list alone, or with what was recorded for it.
function takeBack(line = session.newest()) {
  if (!line) return tell(words.nothing_to_undo);
  if (line.pending) return tell(words.sending_undo);
  if (line.done) return record(line, 'undo');
  line.takenBack = true;
  sender.drop(line);
  tell(say('undone_line', String(line.number)));
  keep();
  redraw(line);
  return undefined;
}

function recordNewest() {
  const line = session.newest();
  const [offer] = line ? session.offers(line) : [];
  if (offer === 'return' || (offer === 'restock' && !isReturned(line))) record(line, offer);
  else tell(words.nothing_to_record);
}

function save() {
  const url = URL.createObjectURL(new Blob([csvText(session.rows())], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: `returns-${new Date().toISOString().slice(0, 10)}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  tell(words.saved);
}

// What was not checked is not forgotten without a question.
function whenSure(act) {
  const count = session.unsent().length;
  if (count === 0) return act();
  const dialog = byId('sure');
  byId('sure-words').textContent = say('sure_fresh', String(count));
  dialog.returnValue = '';
  dialog.onclose = () => {
    field.focus();
    if (dialog.returnValue === 'go') act();
  };
  dialog.showModal();
  return undefined;
}

function beginAnew() {
  for (const line of session.lines) sender.drop(line);
  session.lines = [];
  elements.clear();
  list.replaceChildren();
  keep();
  tell('');
  redraw();
}

// ---- the field, which has the keyboard unless somebody types elsewhere ----

const isTyping = (target) => target.closest?.('input, textarea, select, dialog, summary, [contenteditable]');

field.addEventListener('keydown', (event) => {
  const meaning = keyMeaning(event);
  if (meaning === undefined || (meaning === 'end' && event.key !== 'Enter' && field.value === '')) return;
  event.preventDefault();
  if (meaning === 'separator') field.setRangeText(GS, field.selectionStart, field.selectionEnd, 'end');
  else take();
});
field.addEventListener('paste', (event) => {
  const codes = splitCodes(event.clipboardData?.getData('text') ?? '');
  if (codes.length < 2) return;
  event.preventDefault();
  scan(...codes);
});
field.addEventListener('scan', (event) => {
  event.preventDefault();
  scan(cleanCode(event.detail.code));
});
byId('scan').addEventListener('submit', (event) => {
  event.preventDefault();
  take();
  field.focus();
});

const shortcuts = {
  F2: recordNewest,
  F4: () => takeBack(),
  F8: () => document.querySelector('[data-camera]').click(),
  F9: save,
  Escape: () => { field.value = ''; },
};
document.addEventListener('keydown', (event) => {
  const bare = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (!bare || byId('sure').open) return;
  const act = shortcuts[event.key];
  if (act) {
    if (event.key !== 'Escape') event.preventDefault();
    act();
    field.focus();
  } else if (event.key.length === 1 && event.key !== ' ' && !isTyping(event.target)) {
    field.focus(); // and the character goes there
  } else if (event.key === 'Enter' && event.target.closest('#side input')) {
    event.preventDefault();
    field.focus();
  }
});
document.addEventListener('click', (event) => {
  const keeps = event.target.closest('select, textarea, summary, dialog, a, input:not([type=checkbox])') ||
    event.target.closest('label')?.control?.type === 'text';
  if (!keeps && String(getSelection()) === '') field.focus();
});
document.addEventListener('change', (event) => {
  if (event.target.matches('select')) field.focus(); // or a scanner would choose the next camera
});
addEventListener('focus', () => {
  if (document.activeElement === document.body) field.focus();
});

list.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  const line = button && session.lines.find(({ id }) => id === button.closest('li').dataset.id);
  if (!line) return;
  if (button.dataset.do === 'undo') takeBack(line);
  else record(line, button.dataset.do);
  field.focus();
});
byId('undo').addEventListener('click', () => takeBack());
byId('csv').addEventListener('click', save);
byId('fresh').addEventListener('click', () => whenSure(beginAnew));
byId('retry').addEventListener('click', () => sender.retry());
addEventListener('online', () => sender.retry());

for (const id of ['sound', 'at-once']) {
  byId(id).checked = store.setting(id, id === 'sound');
  byId(id).addEventListener('change', () => store.set(id, byId(id).checked));
}
// The list goes with the person; what the gateway has not heard of waits for who signs in as the
// same desk again.
document.querySelector('form[action="/sign-out"]')?.addEventListener('submit', () => {
  session.lines = session.unsent();
  keep();
  store.forgetList();
});

// ---- beginning ----

byId('side').hidden = false;
session.adopt(store.unsent());
for (const line of session.lines) if (namesUnit(line)) addName(line);
redraw(...session.lines);
sender.screen(...session.lines.filter(isWaiting));
for (const line of session.lines.filter(({ pending }) => pending)) sender.event(line);
keep();
field.focus();
