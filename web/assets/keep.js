// SPDX-License-Identifier: Apache-2.0
// A form that was sent after its session had ended was not saved. What was typed into it stays in
// this tab, and is filled in again after signing in; sending it is up to whoever typed it.
const place = 'assay.sent';
const secret = new Set(['key', 'claim_code', 'secret', 'confirm']);

const read = () => JSON.parse(sessionStorage.getItem(place));
const write = (sent) => sessionStorage.setItem(place, JSON.stringify(sent));
const drop = () => sessionStorage.removeItem(place);

const isKept = ({ name, type }) => name && !secret.has(name) && !['hidden', 'password', 'file', 'submit', 'button'].includes(type);
const typed = (form) => [...form.elements].filter(isKept).map(({ name, type, value, checked }) => ({ name, type, value, checked }));
const isChoice = ({ type }) => type === 'checkbox' || type === 'radio';

// The page that it is on says, when asked for again, what the form shows.
const here = () => location.pathname + location.search + location.hash;
const actionOf = (form) => new URL(form.getAttribute('action') ?? '', location.href).pathname;

function remember({ target: form, defaultPrevented }) {
  if (defaultPrevented || form.method !== 'post' || location.pathname === '/sign-in') return;
  if (!form.closest('main')) drop(); // signing out
  else write({ at: here(), action: actionOf(form), fields: typed(form) });
}

const fieldOf = (form, { name, type, value }) =>
  [...form.elements].find((field) => field.name === name && field.type === type && (type !== 'radio' || field.value === value));

function fill(form, fields) {
  for (const sent of fields) {
    const field = fieldOf(form, sent);
    if (!field) continue;
    if (isChoice(sent)) field.checked = sent.checked;
    else field.value = sent.value;
    if (isChoice(sent) ? sent.checked : sent.value) field.closest('details')?.setAttribute('open', '');
  }
}

function bringBack({ action, fields }) {
  const form = [...document.querySelectorAll('main form[method="post"]')]
    .find((each) => actionOf(each) === action && fields.every((sent) => fieldOf(each, sent)));
  if (!form) return;
  fill(form, fields);
  form.before(document.getElementById('kept').content.cloneNode(true));
  drop();
}

function signingIn(sent) {
  if (new URLSearchParams(location.search).has('sent')) {
    write({ ...sent, lost: true });
    document.querySelector('main [name=next]').value = sent.at;
    document.getElementById('kept-here').hidden = false;
  } else if (!sent.lost) drop();
}

const sent = read();
if (sent && location.pathname === '/sign-in') signingIn(sent);
else if (sent?.lost) bringBack(sent);
else drop();
document.addEventListener('submit', remember);
