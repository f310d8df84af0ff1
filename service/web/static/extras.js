// extras.js - beside the insurer's answer, on request: earlier visits, what
// was paid this year, and the receipt on paper
//
// Nothing here touches the answer. What came is kept in memory for the lookup
// that is shown, and forgotten with it.

import { post } from './api.js';
import { h } from './dom.js';
import { dateText } from './format.js';
import { hasOutcome } from './headline.js';
import { icon } from './icons.js';
import { t, tFirst } from './text.js';

const KINDS = { history: 'history', copayment: 'co-payment' };
const state = { id: null, found: {}, redraw: () => {} };

export function startExtras(redraw) {
  state.redraw = redraw;
}

function about(id) {
  if (id === state.id)
    return;
  state.id = id;
  state.found = {};
}

// Sums are in the clinic's own money and its own way of writing, in every
// language: "1.234.567 ₫".
export const moneyText = (dong) => new Intl.NumberFormat('vi-VN',
  { style: 'currency', currency: 'VND' }).format(dong);

// "2026-11-23T07:31" → "07:31 23/11/2026".
export function minuteText(local) {
  const [day, time] = (local ?? '').split('T');
  return [time, dateText(day)].filter(Boolean).join(' ');
}

async function ask(kind) {
  const { id } = state;
  state.found[kind] = { asking: true };
  state.redraw();
  const found = await post(`/v1/lookups/${id}/${KINDS[kind]}`)
    .catch((problem) => ({ available: false, problem }));
  if (id !== state.id)
    return;
  state.found[kind] = found;
  state.redraw();
  document.querySelector('.extras-boxes')?.scrollIntoView({ block: 'nearest' });
}

function askButton(kind) {
  const asking = state.found[kind]?.asking === true;
  return h('button', { type: 'button', class: 'button small quiet',
    'data-extra': kind, disabled: asking, click: () => ask(kind) },
  t(asking ? 'extras.asking' : `extras.${kind}`));
}

// Where nothing was found out, paper is what the clinic has in hand.
function receiptLink({ lookup }) {
  const failed = lookup.outcome === 'unavailable';
  return h('a', { class: `button small receipt-link${failed ? '' : ' quiet'}`,
    href: `/receipt#${lookup.id}`, target: '_blank', rel: 'noopener' },
  icon('paper'), t(failed ? 'extras.receipt_failed' : 'extras.receipt'));
}

// What the insurer has to mend is on the clinic's list as soon as the lookup
// has closed; the clerk need not write it down.
function correctionLink({ lookup }) {
  return lookup.owner === 'insurer' && h('a', { href: '/corrections',
    class: 'button small quiet receipt-link' }, icon('paper'),
  t('extras.correction'));
}

function buttons(view) {
  const known = ['covered', 'not_covered'].includes(view.lookup.outcome);
  return h('p', { class: 'extras-buttons' },
    known ? [askButton('history'), askButton('copayment')] : [],
    correctionLink(view), receiptLink(view));
}

function failure({ problem, reason, message, next_step: next }) {
  if (problem)
    return [t(problem.type === 'asked-recently' ? 'extras.asked_recently'
      : 'extras.failed'), t('extras.answer_stays')];
  return [tFirst(`reason.${reason}.message`) ?? message ??
    t('extras.failed'), t('extras.answer_stays')];
}

const noteLine = ({ note }) => note
  ? h('p', { class: 'extras-note' }, t('extras.note', { note })) : null;

function episodeRow(episode) {
  const cell = (text) => h('td', null, text);
  return h('tr', null, cell(minuteText(episode.admitted)),
    cell(minuteText(episode.discharged)), cell(episode.facility),
    cell(episode.diagnosis),
    cell([tFirst(`history.condition.${episode.condition}`),
      tFirst(`history.result.${episode.result}`)].filter(Boolean)
      .join(', ')));
}

function historyParts(found) {
  const heads = ['admitted', 'discharged', 'facility', 'diagnosis', 'end'];
  return [found.episodes.length === 0
    ? h('p', null, t('history.none'))
    : h('div', { class: 'extras-scroll' }, h('table', null,
      h('thead', null, h('tr', null, heads.map((name) =>
        h('th', { scope: 'col' }, t(`history.${name}`))))),
      h('tbody', null, found.episodes.map(episodeRow)))),
  found.cut ? h('p', null, t('history.cut')) : null, noteLine(found)];
}

function sum(id, dong) {
  return typeof dong === 'number'
    ? [h('dt', null, t(id)), h('dd', null, moneyText(dong))] : [];
}

// The gateway's note names the day up to which it has counted: it stands
// with the sums, always.
function copaymentParts(found) {
  const since = dateText(found.over_since);
  return [
    h('p', { class: 'extras-word' }, !found.known ? t('copayment.unknown')
      : found.exempt ? t('copayment.exempt')
        : found.over ? t('copayment.over', { date: since || '…' })
          : t('copayment.below')),
    h('dl', null, sum('copayment.paid', found.paid_dong),
      sum('copayment.threshold', found.threshold_dong)),
    noteLine(found)];
}

function box(kind, found) {
  const parts = found.available !== true
    ? failure(found).map((text) => h('p', null, text))
    : kind === 'history' ? historyParts(found) : copaymentParts(found);
  return h('section', { class: `panel extra extra-${kind}`,
    'aria-label': t(`extras.${kind}`) },
  h('h2', null, t(`extras.${kind}`)), parts);
}

// The buttons, and what came, below the panels.
export function extrasPanel(view) {
  if (!hasOutcome(view) || !view.lookup.id) {
    about(null);
    return null;
  }
  about(view.lookup.id);
  const boxes = Object.keys(KINDS)
    .filter((kind) => state.found[kind] && !state.found[kind].asking)
    .map((kind) => box(kind, state.found[kind]));
  return h('div', { class: 'extras' }, buttons(view),
    h('div', { class: 'extras-boxes', role: 'status' }, boxes));
}
