// corrections.js - patients whose record the insurer has to correct
//
// The list is asked for anew every few seconds and goes with the page. A case
// leaves only after a clerk has said that this patient consented.

import { get, post } from './api.js';
import { byId, h } from './dom.js';
import { countText, dateText, digitGroups, instantText } from './format.js';
import { icon } from './icons.js';
import { drawLanguages } from './languages.js';
import { newest } from './newest.js';
import { loadText, t, tFirst, translate } from './text.js';

const CALM_MS = 5000;
const state = {
  open: null, done: null, clerks: [], linked: true, practice: false,
  asking: 0, consented: false, clerk: '', sending: false, problem: null,
  timer: 0,
};

// --- One patient ------------------------------------------------------------

const words = (row) => tFirst(`reason.${row.reason}.message`) ?? row.message ??
  row.reason;

function personCell({ person }) {
  return h('td', null,
    h('strong', null, person.full_name ?? ''),
    h('span', { class: 'digits' }, digitGroups(person.id_number).join(' ')),
    h('small', null, dateText(person.date_of_birth)));
}

function differsCell(row) {
  const fields = row.differs.map((field) =>
    tFirst(`corrections.differs.${field}`) ?? field);
  return h('td', null,
    h('strong', null, fields.join(', ') || t('corrections.differs.unknown')),
    h('small', null, words(row)));
}

// What the office may rely on: a chip, a print, or somebody's typing.
function proof({ assurance }) {
  const chip = assurance.startsWith('chip_');
  const shapes = { printed: 'qr', typed: 'keyboard' };
  return h('span', { class: `proof ${chip ? 'proof-chip' : ''}` },
    icon(chip ? 'chip' : shapes[assurance] ?? 'info'),
    t(`corrections.proof.${assurance}`));
}

function caseText(row, one) {
  const at = one.closed_at ?? one.decided_at ?? one.acknowledged_at ??
    one.sent_at ?? one.made_at;
  return [
    h('span', { class: `state state-${one.state}` },
      t(`corrections.state.${one.state}`)),
    h('small', null, instantText(at)),
    one.retests > 0 && h('small', null,
      t('corrections.retests', { n: countText(one.retests) })),
    one.error !== null && h('small', { class: 'trouble' },
      tFirst(`corrections.error.${one.error}`) ??
        t('corrections.error.other')),
  ];
}

const canMake = (row) => state.open.hindrance === null &&
  (row.case === null || row.case.state === 'refused');

function caseCell(row) {
  return h('td', null,
    row.case === null ? h('small', null, t('corrections.no_case')) :
      caseText(row, row.case),
    canMake(row) && state.asking !== row.number &&
      h('button', { type: 'button', class: 'button small',
        click: () => ask(row.number) }, t('corrections.make')));
}

function openRow(row) {
  return h('tr', null, personCell(row), differsCell(row),
    h('td', null, proof(row), h('small', null,
      tFirst(`corrections.key.${row.key}`) ?? row.key)),
    h('td', null, h('span', { class: 'days' }, countText(row.days_open)),
      h('small', null, t('corrections.since',
        { day: instantText(row.since), n: countText(row.times) }))),
    caseCell(row));
}

// --- Consent ----------------------------------------------------------------

function ask(number) {
  Object.assign(state, { asking: number, consented: false, problem: null });
  drawOpen();
  byId('consent')?.focus();
}

async function send(number) {
  state.sending = true;
  drawOpen();
  const problem = await post(`/v1/corrections/${number}/case`,
    { operator: state.clerk, consent: true }).then(() => null, (one) => one);
  state.sending = false;
  state.problem = problem?.type || (problem && 'line');
  if (problem === null)
    state.asking = 0;
  refresh();
}

function clerkChoice() {
  return h('label', { class: 'clerk', for: 'clerk' }, t('corrections.clerk'),
    h('select', { id: 'clerk', change: (event) => {
      state.clerk = event.target.value;
      drawOpen();
    } }, ['', ...state.clerks].map((name) => h('option',
      { value: name, selected: name === state.clerk },
      name || t('corrections.choose')))));
}

function consentRow(row) {
  return h('tr', { class: 'consent-row' }, h('td', { colspan: 5 },
    h('form', { class: 'consent', submit: (event) => {
      event.preventDefault();
      send(row.number);
    } },
    h('p', null, t('corrections.what_is_sent')),
    h('label', { for: 'consent' },
      h('input', { type: 'checkbox', id: 'consent', checked: state.consented,
        change: (event) => {
          state.consented = event.target.checked;
          drawOpen();
          byId('consent').focus();
        } }),
      t('corrections.consent', { name: row.person.full_name ?? '' })),
    clerkChoice(),
    state.problem && h('p', { class: 'trouble', role: 'alert' },
      tFirst(`corrections.problem.${state.problem}`) ??
        t('corrections.problem.other')),
    h('div', { class: 'actions' },
      h('button', { type: 'submit', class: 'button', id: 'send',
        disabled: !state.consented || state.clerk === '' || state.sending },
      t(`corrections.send.${state.open.leaves}`)),
      h('button', { type: 'button', class: 'button quiet',
        click: () => ask(0) }, t('corrections.cancel'))))));
}

// --- The page ---------------------------------------------------------------

const head = (columns) => h('thead', null, h('tr', null,
  columns.map((column) => h('th', { scope: 'col' },
    t(`corrections.column.${column}`)))));

function drawOpen() {
  if (state.open === null)
    return;
  const { open, corrections, hindrance } = state.open;
  byId('count').textContent = countText(open);
  byId('hindrance').hidden = hindrance === null;
  byId('hindrance').textContent = hindrance === null ? '' :
    t(`corrections.hindrance.${hindrance}`);
  byId('open').replaceChildren(corrections.length === 0
    ? h('p', { class: 'empty' }, t('corrections.nobody'))
    : h('table', { class: 'open-rows' },
      head(['who', 'differs', 'proof', 'days', 'case']),
      h('tbody', null, corrections.map((row) => [openRow(row),
        row.number === state.asking && consentRow(row)]).flat()
        .filter(Boolean))));
}

function doneRow(row) {
  return h('tr', null, personCell(row), differsCell(row),
    h('td', null, t('corrections.done_after',
      { n: countText(row.days_open) }),
    h('small', null, instantText(row.done_at))),
    h('td', null, row.case === null ? t('corrections.without_case') :
      caseText(row, row.case)));
}

function drawDone() {
  const rows = state.done?.corrections ?? [];
  byId('done').replaceChildren(rows.length === 0
    ? h('p', { class: 'empty' }, t('corrections.none_done'))
    : h('table', { class: 'done-rows' },
      head(['who', 'differs', 'done', 'case']),
      h('tbody', null, rows.map(doneRow))));
}

function drawLink() {
  byId('link').hidden = state.linked;
  byId('link').textContent = state.linked ? '' : t('page.link_lost');
}

function draw() {
  translate(document);
  document.title = t('corrections.title');
  byId('practice-band').hidden = !state.practice;
  drawLanguages(byId('languages'), draw);
  drawLink();
  drawOpen();
  drawDone();
}

const anew = newest();

// While somebody fills in a consent, nothing moves under the hand. A list that
// was asked for before a case was made is not shown after it.
async function refresh() {
  clearTimeout(state.timer);
  const signal = anew();
  const [open, done] = await Promise.all([
    get('/v1/corrections?state=open', signal),
    get('/v1/corrections?state=done', signal),
  ]).catch(() => [null, null]);
  if (signal.aborted)
    return;
  state.linked = open !== null;
  state.open = open ?? state.open;
  state.done = done ?? state.done;
  drawLink();
  if (state.asking === 0 || state.problem !== null || open === null)
    drawOpen();
  drawDone();
  state.timer = setTimeout(refresh, CALM_MS);
}

async function start() {
  await loadText();
  const [station, clerks] = await Promise.all([
    get('/v1/station').catch(() => ({})),
    get('/v1/operators').catch(() => []),
  ]);
  state.practice = station.practice === true;
  state.clerks = clerks.map(({ name }) => name);
  if (state.clerks.length === 1)
    [state.clerk] = state.clerks;
  draw();
  refresh();
}

start();
