// province_chart.js - attempts and confirmations over time, as bars
//
// The chart is for the eye: the sentence, the table and the files have the
// numbers.

import { h, s } from './dom.js';
import { countText, dateText } from './format.js';
import { t } from './text.js';

const WIDTH = 1000;
const HEIGHT = 160;
const NAMES = ['attempts', 'confirmed'];

function bar(one, name, index, step, most) {
  const height = one[name] / most * HEIGHT;
  return s('rect', { class: `days-${name}`, x: index * step + step * .1,
    width: step * .8, y: HEIGHT - height, height },
  s('title', null, `${dateText(one.day)}: ${t(`province.${name}`)} ` +
    countText(one[name])));
}

// All grey would say that nobody was confirmed: a day of which one number is
// not told is drawn as a gap.
const told = (one) => NAMES.every((name) => one[name] !== null) ? NAMES : [];

function bars(days, most) {
  const step = WIDTH / days.length;
  return days.flatMap((one, index) =>
    told(one).map((name) => bar(one, name, index, step, most)));
}

const key = (name) => h('span', null,
  h('span', { class: `days-key days-${name}` }), t(`province.${name}`));

// Every day from one to another, or every month ("2026-03").
function everyDay({ from, to }, byMonth) {
  const list = [];
  const last = byMonth ? to.slice(0, 7) : to;
  for (const day = new Date(`${from}T00:00:00Z`); ;) {
    const iso = day.toISOString().slice(0, byMonth ? 7 : 10);
    if (iso > last)
      return list;
    list.push(iso);
    if (byMonth)
      day.setUTCMonth(day.getUTCMonth() + 1, 1);
    else
      day.setUTCDate(day.getUTCDate() + 1);
  }
}

// Fill figure with days [{day, attempts, confirmed}] of a period {from, to};
// hidden without any; null: not told. A day without attempts is a gap that is
// seen.
export function drawBars(figure, days, period) {
  const known = new Map(days.map((one) => [one.day, one]));
  const sorted = everyDay(period, days.some(({ day }) => day.length === 7))
    .map((day) => known.get(day) ?? { day, attempts: 0, confirmed: 0 });
  const most = Math.max(0, ...sorted.map(({ attempts }) => attempts));
  figure.hidden = most === 0;
  if (most === 0)
    return;
  figure.replaceChildren(
    h('figcaption', null, h('strong', null, t('report.chart')),
      ...NAMES.map(key)),
    h('p', { class: 'days-most' }, countText(most)),
    s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true',
      preserveAspectRatio: 'none', focusable: 'false' }, bars(sorted, most)),
    h('p', { class: 'days-ends' },
      h('span', null, dateText(sorted[0].day)),
      h('span', null, dateText(sorted.at(-1).day))));
}
