// SPDX-License-Identifier: Apache-2.0
// What a desk keeps in the browser: the list for as long as the tab is open, and what the gateway has
// not answered until it has, under the name of the desk: whoever signs in as somebody else sees
// neither. Each unsent line has a place of its own, so that two tabs do not overwrite each other's.
export class Store {
  #unsent = new Map(); // as they were written, by place

  constructor(desk) {
    this.listKey = `assay list ${desk}`;
    this.unsentKey = `assay unsent ${desk} `;
  }

  lines() {
    try {
      return JSON.parse(sessionStorage.getItem(this.listKey) ?? '[]');
    } catch {
      return [];
    }
  }

  // In the order in which they were scanned.
  unsent() {
    const places = Object.keys(localStorage).filter((key) => key.startsWith(this.unsentKey));
    for (const place of places) this.#unsent.set(place, localStorage.getItem(place));
    return places.flatMap((place) => {
      try {
        return [JSON.parse(localStorage.getItem(place))];
      } catch {
        return [];
      }
    }).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.number - b.number));
  }

  // False when the browser has no room for all of it.
  keep(lines) {
    try {
      this.#keepUnsent(lines.filter((line) => line.pending || (line.outcome === 'unchecked' && !line.takenBack)));
      sessionStorage.setItem(this.listKey, JSON.stringify(lines));
      return true;
    } catch {
      return false;
    }
  }

  #keepUnsent(lines) {
    const now = new Map(lines.map((line) => [this.unsentKey + line.id, JSON.stringify(line)]));
    for (const place of this.#unsent.keys()) if (!now.has(place)) localStorage.removeItem(place);
    for (const [place, text] of now) if (this.#unsent.get(place) !== text) localStorage.setItem(place, text);
    this.#unsent = now;
  }

  forgetList() {
    sessionStorage.removeItem(this.listKey);
  }

  setting(name, otherwise) {
    const kept = localStorage.getItem(`assay ${name}`);
    return kept === null ? otherwise : kept === 'yes';
  }

  set(name, value) {
    localStorage.setItem(`assay ${name}`, value ? 'yes' : 'no');
  }
}
