// receipt.js - one receipt, as it was signed, on one page of paper
//
// The id stands behind "#", so that no server and no referrer sees it. What
// is shown are the lines of the signed statement, with their names in words.

import { get } from './api.js';
import { byId, h } from './dom.js';
import { dateText } from './format.js';
import { drawLanguages } from './languages.js';
import { newest } from './newest.js';
import { loadText, t, tFirst, translate } from './text.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const state = { receipt: null, problem: null };

// "name: value" lines, in their order; a name may come more than once.
export function linesOf(statement) {
  return statement.split('\n').filter(Boolean).map((line) => {
    const colon = line.indexOf(': ');
    return { name: line.slice(0, colon), value: line.slice(colon + 2) };
  });
}

const valueOf = (lines, name) =>
  lines.find((line) => line.name === name)?.value ?? '';

// Instants to the second, in the clinic's time and with its offset: this is
// proof, it must not depend on where it is read.
export function instantOnPaper(iso) {
  const when = Date.parse(iso);
  if (Number.isNaN(when))
    return iso;
  const text = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE,
    day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit',
    minute: '2-digit', second: '2-digit' }).format(when);
  return `${text.replace(',', '')} (UTC+7)`;
}

function valueText({ name, value }) {
  if (/^\d{4}-\d\d-\d\dT/.test(value))
    return instantOnPaper(value);
  if (/^\d{4}(-\d\d){0,2}$/.test(value) && name !== 'facility')
    return dateText(value);
  return tFirst(`receipt.value.${name}.${value}`, `receipt.word.${value}`) ??
    value;
}

// Elements of XML0 have their words on the page of notices.
const labelOf = (name) =>
  tFirst(`receipt.field.${name}`, `checkin.field.${name}`) ?? name;

const HIDDEN = new Set(['checkin-receipt', 'about', 'id', 'facility',
  'station', 'software']);

// Two lines stand side by side, or a lookup with its calls would not fit one
// page; a long one has its row alone.
const WIDE = 40;

function factRow(line) {
  const text = valueText(line);
  return h('tr', { class: text.length > WIDE ? 'wide' : null },
    h('th', { scope: 'row' }, labelOf(line.name)), h('td', null, text));
}

const factRows = (lines) =>
  h('table', { class: 'facts' }, h('tbody', null, lines.map(factRow)));

// What was asked and answered, then each call to the gateway.
function parts(lines) {
  const shown = lines.filter(({ name }) => !HIDDEN.has(name));
  const first = shown.findIndex(({ name }) => name.startsWith('call'));
  const facts = first < 0 ? shown : shown.slice(0, first);
  const calls = first < 0 ? [] : shown.slice(first);
  return [h('h2', null, t('receipt.facts')), factRows(facts),
    calls.length > 0 ? h('h2', null, t('receipt.calls')) : null,
    calls.length > 0 ? factRows(calls) : null];
}

function verdict(lines) {
  const outcome = valueOf(lines, 'outcome');
  const reason = valueOf(lines, 'reason');
  const why = tFirst(`reason.${reason}.message`);
  return outcome === '' ? null
    : h('p', { class: `verdict ${outcome}` },
      t(`receipt.word.${outcome}`), reason === '' ? '' : ` (${reason})`,
      why === null ? '' : `: ${why}`);
}

function proof(receipt) {
  const { batch } = receipt;
  const row = (name, value) => h('p', null, t(name), ' ',
    h('code', null, String(value)));
  return h('section', { class: 'proof' },
    row('receipt.number', receipt.number),
    row('receipt.made', instantOnPaper(receipt.made_at)),
    row('receipt.batch', `${batch.number}:${batch.head}`),
    row('receipt.signature', batch.signature),
    row('receipt.key', batch.key),
    h('p', { class: 'muted' }, t('receipt.check')));
}

// A check-in and a call that was passed through have headings of their own.
const titleOf = (receipt) =>
  tFirst(`receipt.title.${receipt?.about}`, 'receipt.title');

function paper(receipt) {
  const lines = linesOf(receipt.statement ?? '');
  return [
    h('div', { class: 'paper-head' },
      h('h1', null, titleOf(receipt)),
      h('p', null, t('receipt.clinic', {
        facility: valueOf(lines, 'facility'),
        station: valueOf(lines, 'station') }), h('br'),
      valueOf(lines, 'software'), h('br'), receipt.id)),
    receipt.statement === null
      ? h('p', { class: 'verdict' }, t('receipt.erased')) : verdict(lines),
    ...(receipt.statement === null ? [] : parts(lines)),
    proof(receipt),
    h('div', { class: 'sign' }, h('span', null, t('receipt.clerk')),
      h('span', null, t('receipt.stamp')))].filter(Boolean);
}

function draw() {
  translate(document);
  document.title = titleOf(state.receipt);
  drawLanguages(byId('languages'), draw);
  byId('paper').replaceChildren(...(state.receipt !== null
    ? paper(state.receipt)
    : [h('p', { class: 'verdict' }, t(state.problem ?? 'receipt.loading'))]));
}

const anew = newest();

async function load() {
  const id = location.hash.slice(1);
  const signal = anew();
  state.receipt = null;
  state.problem = null;
  try {
    if (!/^[0-9a-f]{32}$/.test(id))
      throw new Error('no id');
    state.receipt = await get(`/v1/receipts/${id}`, signal);
  } catch (error) {
    if (signal.aborted)
      return;
    state.problem = 'receipt.none';
  }
  draw();
}

async function start() {
  await loadText();
  byId('print').addEventListener('click', () => window.print());
  window.addEventListener('hashchange', load);
  const station = await get('/v1/station').catch(() => ({}));
  byId('practice-band').hidden = !station.practice;
  await load();
}

if (typeof document !== 'undefined')
  start();
