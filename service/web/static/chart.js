// chart.js - one series of the day as a bar, with its numbers as words
//
// The bar is for the eye; the list below it, in the order of the bar, carries
// every number by name, for a screen reader too.

import { h, s } from './dom.js';
import { countText } from './format.js';
import { t } from './text.js';

export const OUTCOMES = ['covered', 'mismatch', 'not_found', 'not_covered',
  'unavailable'];
const WIDTH = 600;
const HEIGHT = 26;

function parts(figures) {
  let x = 0;
  return OUTCOMES.map((outcome) => {
    const width = figures.total > 0
      ? figures[outcome] / figures.total * WIDTH : 0;
    const part = { outcome, count: figures[outcome], x, width };
    x += width;
    return part;
  });
}

function bar(figures) {
  return s('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' },
  s('rect', { class: 'chart-ground', width: WIDTH, height: HEIGHT }),
  parts(figures).filter((part) => part.width > 0).map((part) =>
    s('rect', { class: `chart-${part.outcome}`, x: part.x, y: 0,
      width: Math.max(part.width - 1.5, 1), height: HEIGHT })));
}

function legend(figures) {
  return h('ul', { class: 'legend' }, OUTCOMES.map((outcome) =>
    h('li', { class: figures[outcome] > 0 ? '' : 'zero' },
      h('span', { class: `legend-mark chart-${outcome}` }),
      h('span', null, t(`outcome.${outcome}.short`)),
      h('strong', null, countText(figures[outcome])))));
}

const rateText = ({ total, covered }) => total > 0
  ? `${countText(Math.round(covered / total * 1000) / 10)} %` : '–';

// The block of one series: what it counts, how many, how many succeeded.
export function seriesChart(name, figures) {
  return h('article', { class: 'series' },
    h('h3', null, t(`series.${name}`)),
    h('p', { class: 'muted' }, t(`series.${name}.text`)),
    h('p', { class: 'series-total' },
      h('strong', null, countText(figures.total)), ` ${t('it.total')}`,
      h('span', { class: 'series-rate' },
        h('strong', null, rateText(figures)), ` ${t('it.rate')}`)),
    bar(figures), legend(figures));
}
