// worklist.js - causes of failures as work: whose it is, since when, what to do

import { get } from './api.js';
import { h } from './dom.js';
import { countText, dateText } from './format.js';
import { currentLanguage, t } from './text.js';

const OWNERS = ['insurer', 'clinic', 'line', 'gateway', 'desk', 'patient',
  'unknown'];
const FEW = 8;
const state = { owner: '', all: false };

function ownerButtons(causes, redraw) {
  const of = (owner) => causes.filter((one) => one.owner === owner).length;
  const button = (owner, text, n) => h('button', { type: 'button',
    class: 'button quiet small', 'aria-pressed': String(state.owner === owner),
    'data-owner': owner,
    click: () => { Object.assign(state, { owner, all: false }); redraw(); } },
  `${text} (${countText(n)})`);
  return h('div', { class: 'worklist-owners', role: 'group',
    'aria-label': t('worklist.whose') },
  button('', t('worklist.everybody'), causes.length),
  OWNERS.filter((owner) => of(owner) > 0).map((owner) =>
    button(owner, t(`worklist.owner.${owner}`), of(owner))));
}

const row = (one) => h('tr', null,
  h('td', null, h('a', { href: `#clinic=${one.code}` }, one.code), ' ',
    one.name),
  h('td', null, h('p', null, one.what),
    h('p', { class: 'muted' }, `${t(`worklist.owner.${one.owner}`)} · ` +
      one.reason)),
  h('td', { class: 'number' }, countText(one.count)),
  h('td', { class: 'number' }, countText(one.days_open),
    h('p', { class: 'muted' }, t('worklist.since',
      { day: dateText(one.since) }))),
  h('td', null, one.todo));

function table(causes) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region',
    'aria-label': t('worklist.title') }, h('table', { class: 'table' },
    h('thead', null, h('tr', null,
      ['clinic', 'cause', 'count', 'open', 'todo'].map((name) =>
        h('th', { scope: 'col', class: ['count', 'open'].includes(name)
          ? 'number' : null }, t(`worklist.column.${name}`))))),
    h('tbody', null, causes.map(row))));
}

function draw(section, list, cases) {
  const redraw = () => {
    draw(section, list, cases);
    section.querySelector(`[data-owner="${state.owner}"]`)?.focus();
  };
  const causes = list.causes.filter((one) =>
    state.owner === '' || one.owner === state.owner);
  const shown = state.all ? causes : causes.slice(0, FEW);
  section.hidden = list.causes.length === 0 && cases.length === 0;
  section.replaceChildren(...[
    h('h2', null, t('worklist.title')),
    h('p', { class: 'muted' }, t('worklist.text',
      { n: countText(list.closed_after) })),
    cases.length > 0 && h('p', { class: 'worklist-cases' },
      t('worklist.cases', { n: countText(cases.length),
        days: countText(Math.max(...cases.map((one) => one.days_open))) })),
    list.causes.length > 0 && ownerButtons(list.causes, redraw),
    causes.length > 0 && table(shown),
    causes.length > shown.length && h('button', { type: 'button',
      class: 'button quiet small',
      click: () => { state.all = true; redraw(); } },
    t('worklist.more', { n: countText(causes.length - shown.length) })),
  ].filter(Boolean));
}

// Fill section with the causes of these days, or hide it where there are none.
export async function drawWorklist(section, days, signal) {
  const query = new URLSearchParams({ ...days,
    language: currentLanguage().id });
  const [list, cases] = await Promise.all([
    get(`/v1/worklist?${query}`, signal), get('/v1/cases', signal)]);
  state.all = false;
  draw(section, list, cases);
}
