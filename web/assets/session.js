// SPDX-License-Identifier: Apache-2.0
// What was scanned at a return desk since the session began. Nothing here touches the page. A line
// is plain data, so that it can be kept:
//
//   {id, number, at, code, outcome: 'accept' | 'refuse' | 'review' | 'unchecked', reasons: [{code,
//    text, outcome}], gtin, serial, lot, repaired, repeats: number of the line about the same unit,
//    pending: the event that is on its way, {type, fields, key}; done: the last one that was
//    recorded, {type, version, reference, reason}; said: why an event was refused; takenBack}
import { showCode } from './scanner.js';

// With these the gateway says that it could not look: such a code stays unchecked.
const unanswered = new Set(['registry_unavailable', 'rate_limited', 'not_checked']);
const outcomes = ['accept', 'refuse', 'review'];

export const isAnswered = (row) => outcomes.includes(row?.outcome) && Array.isArray(row.reasons) &&
  !row.reasons.some(({ code }) => unanswered.has(code));

const unitOf = (line) => (line.serial ? `${line.gtin ?? ''}/${line.serial}` : undefined);
export const isReturned = (line) => line.done?.type === 'return';
export const isWaiting = (line) => line.outcome === 'unchecked' && !line.takenBack;
const hasReason = (line, code) => line.reasons.some((reason) => reason.code === code);

export class Session {
  constructor(lines = []) {
    this.lines = lines;
  }

  add(code, at, id) {
    const line = { id, number: this.lines.length + 1, at, code, outcome: 'unchecked', reasons: [] };
    this.lines.push(line);
    return line;
  }

  // Takes over what another tab, or one that was closed, left unsent.
  adopt(left) {
    for (const line of left) {
      const place = this.lines.findIndex(({ id }) => id === line.id);
      if (place >= 0) this.lines[place] = { ...line, number: place + 1 };
      else this.lines.push({ ...line, number: this.lines.length + 1 });
    }
  }

  // The line about the same unit before this one.
  #earlier(line) {
    const unit = unitOf(line);
    return unit && this.lines.find((other) => other !== line && other.number < line.number && !other.takenBack &&
      other.outcome !== 'unchecked' && unitOf(other) === unit);
  }

  // A row of POST /v1/screen, which isAnswered took. Anything but "accept" is less.
  answer(line, row, repeated) {
    const { outcome, reasons, gtin, serial, lot, repaired } = row;
    Object.assign(line, { outcome, reasons: reasons.map((each) => ({ code: each.code, text: each.text, outcome: each.outcome })), gtin, serial, lot, repaired });
    const earlier = this.#earlier(line);
    line.repeats = earlier?.number;
    if (!earlier) return;
    if (!hasReason(line, 'repeated')) line.reasons.unshift({ code: 'repeated', text: repeated, outcome: 'review' });
    if (outcome === 'accept') line.outcome = 'review';
  }

  // What may be done about a line.
  offers(line) {
    const is = line.takenBack || line.pending || line.outcome === 'unchecked' || !line.gtin || !line.serial;
    if (is) return [];
    if (isReturned(line)) return ['restock', 'undo'];
    if (line.done) return line.done.type === 'restock' ? ['undo'] : [];
    if (line.outcome === 'accept') return ['return'];
    return hasReason(line, 'returned') && !hasReason(line, 'held') && !line.repeats ? ['restock'] : [];
  }

  newest() {
    return this.lines.findLast((line) => !line.takenBack);
  }

  totals() {
    const live = this.lines.filter((line) => !line.takenBack);
    const count = (is) => live.filter(is).length;
    return {
      ...Object.fromEntries([...outcomes, 'unchecked'].map((outcome) => [outcome, count((line) => line.outcome === outcome)])),
      repeated: count((line) => line.repeats),
      recorded: count((line) => isReturned(line) || line.done?.type === 'restock'),
    };
  }

  // Lines that the gateway has not heard of, or not answered about.
  unsent() {
    return this.lines.filter((line) => isWaiting(line) || line.pending);
  }

  rows() {
    const head = ['line', 'scanned_at', 'outcome', 'reasons', 'gtin', 'serial', 'lot', 'same_as_line', 'recorded', 'rma', 'reason',
      'taken_back', 'scanner_fault', 'code'];
    return [head, ...this.lines.map((line) => [
      line.number, line.at, line.outcome, line.reasons.map(({ code }) => code).join(' '), line.gtin, line.serial, line.lot,
      line.repeats, line.done?.type, line.done?.reference, line.done?.reason, line.takenBack ? 'yes' : '', line.repaired,
      showCode(line.code),
    ])];
  }
}
