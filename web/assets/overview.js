// SPDX-License-Identifier: Apache-2.0
// Draws the table of verifications. The table stays: it is what the chart says.
import uPlot from './uplot.js';

const day = 86400 * 1000;
const verdicts = ['--ok', '--caution', '--bad', '--unchecked'];
const dashes = [[], [6, 3], [2, 2], [10, 4]];
const table = document.getElementById('tallies');
const place = document.getElementById('chart');

// Days without a verdict are not in the table; in the chart they are nothing.
function read() {
  const rows = new Map([...table.tBodies[0].rows].map((row) => [row.querySelector('time').dateTime, row]));
  const last = Math.floor(Date.now() / day);
  const days = Array.from({ length: Number(table.dataset.days) }, (_, at) => (last - table.dataset.days + 1 + at) * day);
  const count = (at) => (time) => Number(rows.get(new Date(time).toISOString().slice(0, 10))?.cells[at].textContent ?? 0);
  return [days.map((time) => time / 1000), ...verdicts.map((_, at) => days.map(count(at + 1)))];
}

function options(width) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 } };
  return {
    width,
    height: 256,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'UTC'),
    scales: { y: { range: (_, __, max) => [0, Math.max(max, 1)] } },
    axes: [
      { ...axis, values: (_, times) => times.map((at) => new Date(at * 1000).toISOString().slice(5, 10)), space: 60 },
      { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7], size: 64 },
    ],
    series: [{ label: heads[0], value: (_, at) => (at == null ? '' : new Date(at * 1000).toISOString().slice(0, 10)) }, ...verdicts.map((name, at) => ({
      label: heads[at + 1], value: (_, count) => count ?? '', stroke: colour(name), width: 2, dash: dashes[at],
    }))],
  };
}

function draw() {
  place.replaceChildren();
  new uPlot(options(place.clientWidth), read(), place);
}

if (table?.tBodies[0].rows.length > 0) {
  place.hidden = false;
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  let width = place.clientWidth;
  // A frame later: a chart that makes its own place wider or narrower is a loop to the observer.
  new ResizeObserver(() => requestAnimationFrame(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  })).observe(place);
}
