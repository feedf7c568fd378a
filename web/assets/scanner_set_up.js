// SPDX-License-Identifier: Apache-2.0
// The page that says what is wrong with a scanner.
import { GS, cleanCode, diagnose, keyMeaning, showCode } from './scanner.js';

const place = document.getElementById('test');
const form = place.querySelector('form');
const field = document.getElementById('arrived');
const finding = document.getElementById('finding');
const words = Object.fromEntries([...document.querySelectorAll('#faults [data-word]')].map((each) => [each.dataset.word, each.textContent]));
const expected = cleanCode(place.dataset.expected);
const quiet = 700; // milliseconds after which a scanner has said everything
let timer;

function paragraph(className, text) {
  const element = document.createElement('p');
  element.className = className;
  element.textContent = text;
  return element;
}

function judge(ended) {
  clearTimeout(timer);
  const arrived = field.value;
  if (arrived === '') return;
  const faults = diagnose(expected, arrived, ended);
  const shown = paragraph('soft small', '');
  shown.append(Object.assign(document.createElement('code'), { textContent: showCode(arrived), dir: 'ltr' }));
  finding.replaceChildren(...faults.length === 0
    ? [paragraph('done', words.right)]
    : [...faults.map(({ fault, what = '' }) => paragraph('problem', words[fault].replace('#', () => showCode(what)))), paragraph('', words.again)],
  shown);
  field.value = '';
}

field.addEventListener('keydown', (event) => {
  const meaning = keyMeaning(event);
  if (meaning === undefined || (event.key === 'Tab' && field.value === '')) return;
  event.preventDefault();
  if (meaning === 'separator') field.setRangeText(GS, field.selectionStart, field.selectionEnd, 'end');
  else judge(true);
});
field.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => judge(false), quiet);
});
form.addEventListener('submit', (event) => event.preventDefault());
form.hidden = false;
finding.replaceChildren(paragraph('soft', words.waiting));
field.focus();
