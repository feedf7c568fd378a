// SPDX-License-Identifier: Apache-2.0
// A camera sees a label many times a second. It counts once, until it was out of the picture for a
// while: a hand that trembles is no second item.
export class Sightings {
  #last = new Map();

  constructor(away = 2000) {
    this.away = away;
  }

  // Is `code`, seen at `now` (milliseconds), one that was not in the picture?
  isNew(code, now) {
    const last = this.#last.get(code);
    this.#last.set(code, now);
    for (const [other, at] of this.#last) if (now - at >= this.away) this.#last.delete(other);
    return last === undefined || now - last >= this.away;
  }
}
