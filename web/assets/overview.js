// SPDX-License-Identifier: Apache-2.0
// Draws the table of verifications. The table stays: it is what the chart says.
import uPlot from './uplot.js';

const verdicts = ['--ok', '--caution', '--bad', '--unchecked'];
const dashes = [[], [6, 3], [2, 2], [10, 4]];
const table = document.getElementById('tallies');
const place = document.getElementById('chart');

function read() {
  const rows = [...(table?.tBodies[0].rows ?? [])];
  const days = rows.map((row) => Date.parse(row.querySelector('time').dateTime) / 1000);
  return [days, ...verdicts.map((_, at) => rows.map((row) => Number(row.cells[at + 1].textContent)))];
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
    axes: [axis, axis],
    series: [{ label: heads[0], value: '{YYYY}-{MM}-{DD}' }, ...verdicts.map((name, at) => ({
      label: heads[at + 1], stroke: colour(name), width: 2, dash: dashes[at],
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
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
}
