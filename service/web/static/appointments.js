// appointments.js - who is expected: progress, whom to call, a list to send
//
// Nothing of a patient is kept in the browser: the list is asked for anew every
// few seconds and goes with the page.

import { Problem, get, post } from './api.js';
import { byId, h } from './dom.js';
import { countText, dateText, instantText, today } from './format.js';
import { icon } from './icons.js';
import { drawLanguages } from './languages.js';
import { newest } from './newest.js';
import { loadText, t, tFirst, translate } from './text.js';

const DAY_MS = 86400000;
const BUSY_MS = 1500;
const CALM_MS = 8000;
const SENT_MAX = 1024 * 1024;
const state = {
  day: null, facts: null, linked: true, practice: false, sent: null,
  sending: false, timer: 0,
};

const tomorrow = () => today(Date.now() + DAY_MS);

// --- How far it is ----------------------------------------------------------

const MARKS = {
  running: ['info', 'busy'], idle: ['check', 'calm'],
  resting: ['warn', 'rest'], off: ['warn', 'off'],
};

function runText({ run, waiting, total }) {
  const values = { hour: run.hour, deadline: run.deadline_hour,
    at: instantText(run.again_at) };
  if (run.state === 'running')
    return t('appointments.run.running', { n: run.in_flight });
  if (run.state === 'resting')
    return t('appointments.run.resting', values);
  if (run.state === 'off')
    return t('appointments.run.off');
  if (total > 0 && waiting === 0)
    return t('appointments.run.done');
  return t('appointments.run.idle', values);
}

// At the pace so far; nothing before there is one.
function leftText({ run, waiting }) {
  const passed = (Date.now() - Date.parse(run.began_at)) / 60000;
  if (run.state !== 'running' || run.answered < 3 || !(passed > 0))
    return '';
  const minutes = Math.ceil(waiting * passed / run.answered);
  return waiting > 0 ? t('appointments.left', { n: countText(minutes) }) : '';
}

function runLine(facts) {
  const { run, waiting, total } = facts;
  const done = run.state === 'idle' && total > 0 && waiting === 0;
  const [shape, tone] = MARKS[run.state] ?? MARKS.off;
  return h('p', { class: `run run-${done ? 'calm' : tone}` },
    icon(shape), h('span', null, runText(facts)),
    h('span', { class: 'muted' }, leftText(facts)),
    waiting > 0 && facts.date <= tomorrow() &&
      ['idle', 'resting'].includes(run.state) &&
      h('button', { type: 'button', class: 'button small', click: runNow },
        t('appointments.run_now')));
}

function bar({ total, waiting, not_asked: late, unaskable }) {
  const askable = total - unaskable;
  const asked = askable - waiting - late;
  return h('div', { class: 'progress-row' },
    h('progress', { max: Math.max(askable, 1), value: asked,
      'aria-label': t('appointments.progress') }),
    h('strong', null, t('appointments.asked', {
      n: countText(asked), all: countText(askable) })));
}

function figure(name, value, tone) {
  return h('li', { class: `figure ${value > 0 ? tone : 'zero'}` },
    h('strong', null, countText(value)),
    h('span', null, t(`appointments.figure.${name}`)));
}

function drawProgress(facts) {
  if (facts.total === 0) {
    byId('progress').replaceChildren(
      h('p', { class: 'empty' }, t('appointments.empty',
        { day: dateText(facts.date) })), runLine(facts));
    return;
  }
  byId('progress').replaceChildren(bar(facts), runLine(facts),
    h('ul', { class: 'figure-row' },
      figure('covered', facts.covered, 'good'),
      figure('ends_soon', facts.ends_soon, 'soon'),
      figure('not_covered', facts.not_covered, 'bad'),
      figure('unaskable', facts.unaskable, 'soon'),
      figure('not_asked', facts.not_asked, 'soon')));
}

async function runNow() {
  await post('/v1/appointments/run').catch(() => null);
  refresh();
}

// --- Whom to call -----------------------------------------------------------

const words = (row, part) => tFirst(`reason.${row.reason}.${part}`,
  `reason.${row.outcome}.${part}`) ?? row[part] ?? '';

function problemRow(row) {
  return h('tr', { class: `problem-${row.state}` },
    h('td', null, h('strong', null, row.full_name ?? ''),
      h('span', { class: 'phone' }, row.phone ?? '')),
    h('td', null, words(row, 'message'),
      row.state === 'ends_soon' && row.valid_to && h('span',
        { class: 'valid-to' }, t('appointments.valid_to',
          { day: dateText(row.valid_to) }))),
    h('td', null, words(row, 'telephone')));
}

function problemTable(rows) {
  return h('table', { class: 'problems' },
    h('thead', null, h('tr', null,
      ['who', 'why', 'ask'].map((column) =>
        h('th', { scope: 'col' }, t(`appointments.column.${column}`))))),
    h('tbody', null, rows.map(problemRow)));
}

function nobodyText({ total, waiting }) {
  if (total === 0)
    return t('appointments.nobody_listed');
  return t(waiting > 0 ? 'appointments.nobody_yet' : 'appointments.nobody');
}

function drawProblems(facts) {
  const { problems } = facts;
  const more = facts.not_covered + facts.ends_soon + facts.unaskable +
    facts.not_asked - problems.length;
  byId('print').hidden = problems.length === 0;
  byId('problems').replaceChildren(...[
    problems.length === 0
      ? h('p', { class: 'empty' }, nobodyText(facts))
      : problemTable(problems),
    more > 0 && h('p', { class: 'muted' },
      t('appointments.more', { n: countText(more) })),
  ].filter(Boolean));
}

// --- Sending a list ---------------------------------------------------------

function refusedRow({ line, field, expected }) {
  const id = `appointments.field.${field || 'row'}`;
  return h('tr', null, h('td', null, countText(line)),
    h('td', null, tFirst(id) ?? field),
    h('td', null, tFirst(`${id}.expected`) ?? expected));
}

function refusedTable({ refused, refused_count: count }) {
  return count > 0 && h('div', { class: 'refused' },
    h('p', { class: 'sent-bad' }, icon('warn'),
      t('appointments.refused', { n: countText(count) })),
    h('table', null,
      h('thead', null, h('tr', null, ['line', 'field', 'expected'].map((one) =>
        h('th', { scope: 'col' }, t(`appointments.refused.${one}`))))),
      h('tbody', null, refused.map(refusedRow))));
}

function drawSent() {
  const { sent } = state;
  byId('send').disabled = state.sending;
  if (sent === null) {
    byId('sent').replaceChildren();
    return;
  }
  if (sent.problem) {
    byId('sent').replaceChildren(h('p', { class: 'sent-bad' }, icon('warn'),
      tFirst(`appointments.problem.${sent.problem}`) ??
        t('appointments.problem.other')));
    return;
  }
  byId('sent').replaceChildren(...[
    sent.taken > 0 && h('p', { class: 'sent-good' }, icon('check'),
      t('appointments.taken', { n: countText(sent.taken),
        known: countText(sent.known) })),
    refusedTable(sent),
    sent.ignored_columns.length > 0 && h('p', { class: 'muted' },
      t('appointments.ignored', { names: sent.ignored_columns.join(', ') })),
  ].filter(Boolean));
}

async function sendFile(file) {
  if (file.size > SENT_MAX)
    throw new Problem(413, { type: 'body-too-large' });
  const answer = await fetch('/v1/appointments', { method: 'POST',
    headers: { 'Content-Type': 'text/csv' }, body: file })
    .catch(() => { throw new Problem(0, { type: 'line' }); });
  const json = await answer.json().catch(() => null);
  if (!answer.ok)
    throw new Problem(answer.status, json);
  return json;
}

async function send(event) {
  event.preventDefault();
  const [file] = byId('file').files;
  if (!file)
    return;
  state.sending = true;
  state.sent = null;
  drawSent();
  state.sent = await sendFile(file)
    .catch((problem) => ({ problem: problem.type || 'other' }));
  state.sending = false;
  drawSent();
  refresh();
}

// --- The page ---------------------------------------------------------------

function dayButton(day, id) {
  return h('button', { type: 'button', class: 'day',
    'aria-pressed': String(state.day === day), click: () => openDay(day) },
  t(id), ' ', h('span', null, dateText(day).slice(0, 5)));
}

function drawDays() {
  byId('days').replaceChildren(dayButton(today(), 'appointments.today'),
    dayButton(tomorrow(), 'appointments.tomorrow'));
  byId('day').value = state.day;
}

function drawFacts() {
  if (state.facts === null)
    return;
  drawProgress(state.facts);
  drawProblems(state.facts);
}

function drawLink() {
  byId('link').hidden = state.linked;
  byId('link').textContent = state.linked ? '' : t('page.link_lost');
}

function draw() {
  translate(document);
  document.title = t('appointments.title');
  byId('example').textContent = t('appointments.example',
    { day: dateText(tomorrow()) });
  byId('practice-band').hidden = !state.practice;
  drawLanguages(byId('languages'), draw);
  drawLink();
  drawDays();
  drawFacts();
  drawSent();
}

const anew = newest();

// The answer of a day that is no longer shown is dropped, and one that was
// asked for before a file was sent.
async function refresh() {
  clearTimeout(state.timer);
  const signal = anew();
  const facts = await get(`/v1/appointments?date=${state.day}`, signal)
    .catch(() => null);
  if (signal.aborted)
    return;
  state.linked = facts !== null;
  state.facts = facts ?? state.facts;
  drawLink();
  drawFacts();
  state.timer = setTimeout(refresh,
    facts?.run.state === 'running' ? BUSY_MS : CALM_MS);
}

function openDay(day) {
  state.day = day;
  state.facts = null;
  drawDays();
  refresh();
}

async function start() {
  await loadText();
  const station = await get('/v1/station').catch(() => ({}));
  state.practice = station.practice === true;
  state.day = tomorrow();
  byId('day').addEventListener('change', (event) => {
    if (event.target.value)
      openDay(event.target.value);
  });
  byId('send-form').addEventListener('submit', send);
  byId('file').addEventListener('change', () => {
    state.sent = null;
    drawSent();
  });
  byId('print').addEventListener('click', () => print());
  draw();
  refresh();
}

start();
