// SPDX-License-Identifier: Apache-2.0
// Sends what waits, in the order in which it was scanned, one request at a time. What the gateway
// does not answer stays, and is tried again after a while that grows.
import { isAnswered } from './session.js';

const batchMax = 500;
const pauseFirst = 1000;
const pauseMost = 30_000;
const patience = 30_000;

// Status 0: nothing came back, or nobody knows from where.
async function post(path, body, headers = {}) {
  const options = {
    method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body), cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(patience),
  };
  const answer = await fetch(path, options).catch(() => undefined);
  const json = await answer?.json().catch(() => undefined);
  return { status: answer?.status ?? 0, wait: Number(answer?.headers.get('retry-after')) * 1000 || 0, json };
}

// A refusal that another try would not change.
const isFinal = ({ status, json }) => status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status) &&
  !['in_progress', 'forged'].includes(json?.code) && !(status === 403 && json?.detail === undefined);
const isGood = ({ status }) => status >= 200 && status < 300;

export class Sender {
  #jobs = [];
  #busy = false;
  #timer;
  #pause = 0;
  #batch = batchMax;

  // hooks: screened(line, row), refused(line, problem), happened(line, answer), stalled(why, count),
  // resumed(), changed() after each of them.
  constructor(hooks) {
    this.hooks = hooks;
  }

  get waiting() {
    return this.#jobs.length;
  }

  screen(...lines) {
    for (const line of lines) this.#jobs.push({ kind: 'screen', line });
    this.#begin();
  }

  // `line.pending` goes to POST /v1/events, under its own key: sent twice, it happens once.
  event(line) {
    this.#jobs.push({ kind: 'event', line });
    this.#begin();
  }

  // Forgets a line that waits to be checked.
  drop(line) {
    this.#jobs = this.#jobs.filter((job) => job.line !== line);
    if (this.#jobs.length === 0) this.#calm();
  }

  retry() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#work();
  }

  #begin() {
    if (this.#timer === undefined) this.#work();
    else this.hooks.stalled(this.why, this.waiting);
  }

  async #work() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#timer === undefined && this.#jobs.length > 0) await this.#step();
    } finally {
      this.#busy = false;
    }
  }

  async #step() {
    const missed = await (this.#jobs[0].kind === 'screen' ? this.#screen() : this.#event());
    if (missed) this.#stall(missed);
    else this.#calm();
    this.hooks.changed();
  }

  #stall({ status, wait = 0 }) {
    this.why = { 401: 'signed_out', 403: 'other_person' }[status] ?? 'offline';
    this.#pause = Math.min(pauseMost, this.#pause * 2 || pauseFirst);
    this.#timer = setTimeout(() => this.retry(), Math.max(this.#pause, wait));
    this.hooks.stalled(this.why, this.waiting);
  }

  #calm() {
    this.#pause = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.hooks.resumed();
  }

  // The codes at the head of the queue. Undefined, or the answer that was none.
  async #screen() {
    const end = this.#jobs.findIndex((job) => job.kind !== 'screen');
    const batch = this.#jobs.slice(0, Math.min(this.#batch, end < 0 ? this.#jobs.length : end));
    const answer = await post('/v1/screen', { codes: batch.map(({ line }) => line.code) });
    if (isFinal(answer) && answer.status !== 403) return this.#refuse(batch, answer);
    const rows = answer.json?.results;
    if (!isGood(answer) || !Array.isArray(rows) || rows.length !== batch.length) return answer;
    this.#batch = Math.min(batchMax, this.#batch * 2);
    batch.forEach((job, place) => this.#take(job, rows[place]));
    return rows.every(isAnswered) ? undefined : {};
  }

  // In the order of the rows; what was not answered keeps its place.
  #take(job, row) {
    if (!this.#jobs.includes(job) || !isAnswered(row)) return;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    this.hooks.screened(job.line, row);
  }

  // One code that the gateway does not take must not keep the others out.
  #refuse(batch, answer) {
    if (batch.length > 1) {
      this.#batch = Math.ceil(batch.length / 2);
      return undefined;
    }
    this.#jobs = this.#jobs.filter((job) => job !== batch[0]);
    this.hooks.refused(batch[0].line, answer.json);
    return undefined;
  }

  async #event() {
    const [job] = this.#jobs;
    const { type, fields, key } = job.line.pending;
    const { gtin, serial } = job.line;
    const answer = await post('/v1/events', { type, gtin, serial, ...fields }, { 'idempotency-key': key });
    if (!isGood(answer) && !isFinal(answer)) return answer;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    this.hooks.happened(job.line, answer);
    return undefined;
  }
}
