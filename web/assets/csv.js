// SPDX-License-Identifier: Apache-2.0
// CSV for people with a spreadsheet, as report.h of records describes it: what it would take for a
// number keeps its characters, and what it would take for a formula is text.

const months = /^(JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEP|OCT|NOV|DEC)$/;
const isDay = (value) => /^\d{4}-\d\d-\d\d$/.test(value);

function isNumberLike(value) {
  if (!/\d/.test(value) || !/^[0-9A-Za-z .,:/+-]*$/.test(value)) return false;
  const letters = value.toUpperCase().replace(/[^A-Z]/g, '');
  return letters === '' || letters === 'E' || months.test(letters);
}

const quote = (value) => (/[,"\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export function csvCell(value) {
  const text = String(value ?? '');
  if (isNumberLike(text) && !isDay(text)) return `"=""${text}"""`;
  return quote(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}

// Rows of values; the first one is the head.
export function csvText(rows) {
  return rows.map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}
