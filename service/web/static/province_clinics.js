// province_clinics.js - the clinics of the province, as tiles by former district
// (managing centre, commune) or as a table that can be sorted

import { h } from './dom.js';
import { ageText, countText, instantText } from './format.js';
import { t } from './text.js';

// A mark of its own for each state: colour is not needed to tell them apart.
const MARKS = { whole: '✓', late: '…', silent: '!' };
const WORST = { whole: 0, late: 1, silent: 2 };

export const rateOf = ({ attempts, confirmed }) => attempts > 0
  ? Math.round(confirmed / attempts * 1000) / 10 : null;

export const rateText = (clinic) => rateOf(clinic) === null
  ? '–' : `${countText(rateOf(clinic))} %`;

export const heardText = ({ heard }) => heard === null ? t('province.never')
  : t('province.heard', { at: instantText(heard), age: ageText(heard) });

export const whenText = (instant) => instant === null ? t('province.not_yet')
  : instantText(instant);

function toneOf(clinic) {
  const rate = rateOf(clinic);
  return rate === null ? 'none' : rate < 50 ? 'low'
    : rate < 80 ? 'middle' : 'high';
}

export const stateMark = ({ state }) =>
  h('span', { class: `state state-${state}` },
    h('span', { class: 'state-mark', 'aria-hidden': 'true' }, MARKS[state]),
    t(`province.state.${state}`));

// "Cầu Ngang" is found by "cau ngang".
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '')
  .replace(/đ/gi, 'd').toLowerCase();

function found(clinics, search) {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return clinics.filter((one) => {
    const text = plain(
      [one.code, one.name, one.district, one.commune, one.manager].join(' '));
    return words.every((word) => text.includes(word));
  });
}

// --- Tiles ---

function tile(one) {
  return h('li', null, h('a', { href: `#clinic=${one.code}`,
    class: `tile tile-${toneOf(one)} tile-${one.state}` },
  h('span', { class: 'tile-head' }, h('span', null, one.code),
    stateMark(one)),
  h('strong', { class: 'tile-rate' }, rateText(one)),
  h('span', null, t('province.counts', {
    confirmed: countText(one.confirmed),
    attempts: countText(one.attempts) })),
  h('span', { class: 'tile-name' }, one.name),
  one.quarantined > 0 ? h('span', { class: 'tile-held' },
    t('province.quarantined_n', { n: countText(one.quarantined) })) : null));
}

// Districts ended in July 2025: a clinic that never had one stands with who
// manages it, else with its commune. A centre stands among its own.
const KINDS = ['district', 'manager', 'commune', 'none'];

function groupOf(one, managers) {
  if (one.district)
    return { kind: 'district', name: one.district };
  const manager = one.manager || (managers.has(one.name) ? one.name : '');
  if (manager)
    return { kind: 'manager', name: manager };
  return { kind: one.commune ? 'commune' : 'none', name: one.commune };
}

function grouped(clinics, all) {
  const managers = new Set(all.map((one) => one.manager));
  const groups = new Map();
  for (const one of clinics) {
    const { kind, name } = groupOf(one, managers);
    const key = `${kind} ${name}`;
    if (!groups.has(key))
      groups.set(key, { kind, name, here: [] });
    groups.get(key).here.push(one);
  }
  return [...groups.values()].sort((a, b) =>
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    a.name.localeCompare(b.name, 'vi'));
}

function groupText({ kind, name }) {
  if (kind === 'manager')
    return t('province.managed', { name });
  return name || t('province.no_district');
}

function tiles(clinics, all) {
  return grouped(clinics, all).map((group) => h('section', null,
    h('h3', null, groupText(group),
      h('span', { class: 'muted' }, ` ${countText(group.here.length)}`)),
    h('ul', { class: 'tiles' }, group.here.map(tile))));
}

// --- Table ---

// -1 stands before every rate and every instant.
const COLUMNS = {
  name: { value: ({ name }) => name, first: 'up' },
  district: { value: ({ district }) => district, first: 'up' },
  state: { value: ({ state }) => WORST[state], first: 'down' },
  rate: { value: (one) => rateOf(one) ?? -1, first: 'up', number: true },
  attempts: { value: ({ attempts }) => attempts, number: true },
  confirmed: { value: ({ confirmed }) => confirmed, number: true },
  complete: { value: (one) => Date.parse(one.complete_until ?? 0),
    first: 'up' },
  heard: { value: ({ heard }) => Date.parse(heard ?? 0), first: 'up' },
  quarantined: { value: ({ quarantined }) => quarantined, number: true },
};

function compare(a, b) {
  return typeof a === 'string' ? a.localeCompare(b, 'vi') : a - b;
}

function sorted(clinics, { by, down }) {
  const { value } = COLUMNS[by];
  return [...clinics].sort((a, b) =>
    (down ? -1 : 1) * compare(value(a), value(b)) ||
    a.code.localeCompare(b.code));
}

function head(name, state, changed) {
  const { by, down } = state.sort;
  const chosen = by === name;
  const press = () => {
    state.sort = { by: name, down: chosen ? !down
      : COLUMNS[name].first !== 'up' };
    changed();
    document.querySelector(`[data-sort="${name}"]`)?.focus();
  };
  return h('th', { scope: 'col', class: COLUMNS[name].number ? 'number' : null,
    'aria-sort': chosen ? (down ? 'descending' : 'ascending') : null },
  h('button', { type: 'button', 'data-sort': name, click: press },
    t(`province.column.${name}`),
    h('span', { class: 'sort-mark', 'aria-hidden': 'true' },
      chosen ? (down ? '▼' : '▲') : '↕')));
}

const number = (text, strong = false) =>
  h('td', { class: strong ? 'number strong' : 'number' }, text);

function row(one) {
  return h('tr', { class: `row-${one.state}` },
    h('th', { scope: 'row' }, h('span', { class: 'code' }, one.code),
      h('a', { href: `#clinic=${one.code}` }, one.name)),
    h('td', null, one.district || '–'),
    h('td', null, stateMark(one)),
    number(rateText(one), true),
    number(countText(one.attempts)), number(countText(one.confirmed)),
    h('td', null, whenText(one.complete_until)),
    h('td', null, whenText(one.heard)),
    number(one.quarantined > 0 ? countText(one.quarantined) : '–',
      one.quarantined > 0));
}

const table = (clinics, state, changed) =>
  h('div', { class: 'scroll', tabindex: '0', role: 'region',
    'aria-label': t('province.clinics') }, h('table', { class: 'table' },
    h('thead', null, h('tr', null, Object.keys(COLUMNS).map((name) =>
      head(name, state, changed)))),
    h('tbody', null, sorted(clinics, state.sort).map(row))));

// Fill box with the clinics of state as it says; changed() draws them anew.
export function drawList(box, state, changed) {
  const clinics = found(state.clinics, state.search);
  box.replaceChildren(...clinics.length === 0
    ? [h('p', { class: 'panel' }, t('province.none_found'))]
    : state.view === 'table' ? [table(clinics, state, changed)]
      : tiles(clinics, state.clinics));
}
