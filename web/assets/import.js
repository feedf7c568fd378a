// SPDX-License-Identifier: Apache-2.0
// Sends a manifest from a file: first to see what would come of it, then to register it. What the
// gateway answered is shown as text, whatever is in it.
const part = document.getElementById('from-file');
const by = (id) => document.getElementById(id);
const words = part.dataset;
const largest = 1024 * 1024 * 1024;
let rows = [];

function say(text, kind) {
  const line = document.createElement('p');
  line.className = kind;
  line.textContent = text;
  by('said').replaceChildren(line);
}

function begin(word) {
  by('under-way').hidden = false;
  by('step').textContent = word;
  by('progress').value = 0;
  for (const id of ['check', 'register', 'file']) by(id).disabled = true;
}

function end() {
  by('under-way').hidden = true;
  for (const id of ['check', 'register', 'file']) by(id).disabled = false;
}

// {status, body} or nothing when the connection broke.
function send(file, dryRun) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/v1/manifests${dryRun ? '?dry_run=true' : ''}`);
    request.setRequestHeader('Content-Type', 'text/csv');
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => { by('progress').value = total > 0 ? loaded / total : 0; });
    request.upload.addEventListener('load', () => {
      by('progress').removeAttribute('value');
      by('step').textContent = dryRun ? words.checking : words.registering;
    });
    request.addEventListener('error', () => resolve());
    request.addEventListener('load', () => {
      try {
        resolve({ status: request.status, body: JSON.parse(request.responseText) });
      } catch {
        resolve();
      }
    });
    request.send(file);
  });
}

function cell(row, name, text, label) {
  const at = document.createElement(name);
  if (name === 'th') at.scope = 'row';
  at.dataset.label = label;
  const value = document.createElement('bdi');
  value.textContent = text ?? '';
  at.append(value);
  row.append(at);
}

function list() {
  const labels = [...by('refused').tHead.rows[0].cells].map(({ textContent }) => textContent);
  by('refused').hidden = rows.length === 0;
  by('refused').tBodies[0].replaceChildren(...rows.slice(0, 1000).map(({ line, gtin, serial, reason }) => {
    const row = document.createElement('tr');
    cell(row, 'th', line, labels[0]);
    cell(row, 'td', gtin, labels[1]);
    cell(row, 'td', serial, labels[2]);
    cell(row, 'td', reason, labels[3]);
    return row;
  }));
}

// A spreadsheet takes what begins with = + - @ for a formula, and long digits for a number.
function csvCell(value) {
  const text = String(value ?? '');
  if (/^\d{5,}$/.test(text)) return `"=""${text}"""`;
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

function offer() {
  const lines = [['line', 'gtin', 'serial', 'code', 'reason'], ...rows.map((row) => [row.line, row.gtin, row.serial, row.code, row.reason])];
  const csv = lines.map((line, at) => line.map((value, column) => (at === 0 || column === 0 ? value : csvCell(value))).join(',')).join('\r\n');
  URL.revokeObjectURL(by('results').href);
  by('results').href = URL.createObjectURL(new Blob([`${csv}\r\n`], { type: 'text/csv' }));
  by('results').hidden = rows.length === 0;
}

function show({ rows: refused, summary, left_out: left }) {
  rows = refused;
  by('summary').hidden = false;
  for (const at of by('summary').querySelectorAll('[data-of]')) at.textContent = summary[at.dataset.of];
  const vouched = summary.vouched ? words.vouched : words.bare;
  const more = left > 0 ? ` ${left} ${words.left}` : '';
  say(`${summary.dry_run ? words.tried : words.done} ${vouched} ${summary.refused === 0 ? words.good : ''}${more}`, summary.dry_run ? 'hint' : 'done');
  list();
  offer();
  by('register').hidden = !summary.dry_run || summary.registered === 0;
}

async function go(dryRun) {
  const [file] = by('file').files;
  if (file === undefined) return;
  if (file.size > largest) {
    say(words.large, 'problem');
    return;
  }
  begin(words.sending);
  const answer = await send(file, dryRun);
  end();
  if (answer === undefined) say(words.failed, 'problem');
  else if (answer.status === 200) show(answer.body);
  else say(answer.body.detail ?? answer.body.title, 'problem');
}

function clear() {
  rows = [];
  by('said').replaceChildren();
  for (const id of ['summary', 'refused', 'register', 'results']) by(id).hidden = true;
  by('check').disabled = by('file').files.length === 0;
}

part.hidden = false;
by('file').addEventListener('change', clear);
by('check').addEventListener('click', () => go(true));
by('register').addEventListener('click', () => go(false));
