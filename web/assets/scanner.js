// SPDX-License-Identifier: Apache-2.0
// What keyboard scanners do to a code. Nothing here touches the page.

export const GS = '\u001d';
const picture = '␝'; // of the group separator

// What a key press stands for: scanners press Ctrl+] for the group separator, and some end a code
// with a line feed, which is Ctrl+J. AltGr counts as Ctrl and Alt, and types a bracket.
export function keyMeaning({ key, ctrlKey, altKey, metaKey, shiftKey, isComposing }) {
  if (altKey || metaKey || isComposing || (shiftKey && key === 'Tab')) return undefined;
  if (ctrlKey) return { ']': 'separator', j: 'end', J: 'end', m: 'end', M: 'end' }[key];
  return { [GS]: 'separator', Enter: 'end', Tab: 'end' }[key];
}

// One code as it is sent: without blanks around it, and without what no JSON text may hold.
export function cleanCode(text) {
  return text.replaceAll(picture, GS).replace(/[\0\ud800-\udfff]/gu, '').trim();
}

// The codes in what was pasted, one a line. A cell of a spreadsheet ends in a tab.
export function splitCodes(text) {
  return text.split(/[\r\n\t]+/).map(cleanCode).filter((code) => code !== '');
}

// A code for the eye.
export const showCode = (code) => code.replaceAll(GS, '<GS>');

// ---- what is wrong with a scanner, by a code that is known ----

// The same keys in the same order, plain and shifted (XKB us(basic), de(basic), fr(basic)).
const keys = {
  us: '`1234567890-=qwertyuiop[]\\asdfghjkl;\'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?',
  qwertz: '^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-°!"§$%&/()=?`QWERTZUIOPÜ*\'ASDFGHJKLÖÄYXCVBNM;:_',
  azerty: '²&é"\'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§',
};

const translate = (from, to) => (text) => [...text].map((c) => {
  const place = [...keys[from]].indexOf(c);
  return place < 0 ? c : [...keys[to]][place];
}).join('');

const swapCase = (text) => text.replace(/\p{L}/gu, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()));

const layouts = {
  '': (text) => text,
  qwertz: translate('us', 'qwertz'),
  azerty: translate('us', 'azerty'),
  qwertz_scanner: translate('qwertz', 'us'),
  azerty_scanner: translate('azerty', 'us'),
};
const cases = {
  '': (text) => text,
  caps_lock: swapCase,
  upper: (text) => text.replace(/\p{L}/gu, (c) => c.toUpperCase()),
  lower: (text) => text.replace(/\p{L}/gu, (c) => c.toLowerCase()),
};

// What the two parts of the code would arrive as, for each way of being set up wrongly; the least
// wrong ways first.
const ways = Object.keys(layouts).flatMap((layout) => Object.keys(cases).map((letters) => ({
  faults: [layout, letters].filter(Boolean).map((fault) => ({ fault })),
  make: (text) => cases[letters](layouts[layout](text)),
}))).sort((a, b) => a.faults.length - b.faults.length);

// Where `arrived` stops being like `wanted`.
function agreement(arrived, wanted) {
  let at = 0;
  while (at < wanted.length && arrived[at] === wanted[at]) at += 1;
  return at;
}

function separatorFault(between) {
  if (between === GS) return [];
  return between === '' ? [{ fault: 'lost_gs' }] : [{ fault: 'other_gs', what: between }];
}

// The faults that turn the code into what arrived, or undefined.
function explain(way, head, tail, arrived) {
  const [first, last] = [way.make(head), way.make(tail)];
  const start = arrived.indexOf(first);
  if (start < 0) return undefined;
  const rest = arrived.slice(start + first.length);
  const next = rest.indexOf(last);
  if (next < 0 || next > 4) return undefined;
  const suffix = rest.slice(next + last.length);
  return [
    ...way.faults,
    ...separatorFault(rest.slice(0, next)),
    ...(start > 0 ? [{ fault: 'prefix', what: arrived.slice(0, start) }] : []),
    ...(suffix === '' ? [] : [{ fault: 'suffix', what: suffix }]),
  ];
}

// What is wrong with a scanner that made `arrived` of `expected`, which holds one separator; `ended`:
// an Enter followed. A list of {fault, what}; empty when nothing is.
export function diagnose(expected, arrived, ended) {
  const [head, tail] = expected.split(GS);
  const end = ended ? [] : [{ fault: 'no_enter' }];
  const found = ways.map((way) => explain(way, head, tail, arrived)).filter(Boolean)
    .sort((a, b) => a.length - b.length)[0];
  if (found) return [...found, ...end];
  const best = ways.map((way) => ({ way, at: agreement(arrived, way.make(head)) })).sort((a, b) => b.at - a.at)[0];
  const isCut = arrived !== '' && best.at === arrived.length;
  const fault = isCut ? 'cut' : 'other';
  const what = showCode(isCut ? arrived.slice(-8) : arrived.slice(best.at, best.at + 8)) || '…';
  return [...(isCut ? best.way.faults : []), { fault, what }, ...end];
}
