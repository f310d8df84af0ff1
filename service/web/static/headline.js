// headline.js - what one view comes to, in one line
//
// A pure function from the view to {tone, icon, title, text, next}: the same
// words are shown large and read out.

import { dateText } from './format.js';
import { t, tFirst } from './text.js';

// An outcome is told by colour, word and icon, never by colour alone.
const OUTCOME_ICONS = {
  covered: 'check',
  not_covered: 'stop',
  mismatch: 'differs',
  not_found: 'search_none',
  unavailable: 'line_down',
};

export const outcomeTitle = (outcome) => t(`outcome.${outcome}.title`);

// An answer belongs to somebody: where the chip that named the person turned
// out not to be genuine, nobody is left whom "covered" could be said of.
export function hasOutcome(view) {
  return Boolean(view.identity && view.lookup) &&
    view.lookup.outcome in OUTCOME_ICONS;
}

// The read failed, and nobody is known by another way.
export function hasFailed(view) {
  return view.phase === 'failed' ||
    Boolean(view.phase === 'answered' && view.read?.error && !view.identity);
}

// The words for this reason in the page's language, chosen as
// eligibility/message.c does; what the daemon sent, in the clinic's language,
// where the catalogue has none.
function reasonText(lookup, part, sent) {
  const reason = lookup.source === 'stale' ? 'stale' : lookup.reason;
  const id = `reason.${reason}.${part}`;
  return tFirst(`${id}.${lookup.owner}`, id) ?? sent;
}

// Whose fault it was passes by itself; with somebody to answer for it, the
// daemon asks again then.
const PASSING = ['gateway', 'line'];

function nextStep({ lookup, rechecks }) {
  const stale = lookup.source === 'stale';
  const waits = stale || (lookup.outcome === 'unavailable' &&
    PASSING.includes(lookup.owner));
  if (waits && rechecks?.asks)
    return t(stale ? 'recheck.asks.stale' : 'recheck.asks');
  return reasonText(lookup, 'next_step', lookup.next_step) ||
    t(`outcome.${lookup.outcome}.next`);
}

function outcomeHeadline(view) {
  const { lookup } = view;
  return {
    tone: lookup.outcome,
    icon: OUTCOME_ICONS[lookup.outcome],
    title: outcomeTitle(lookup.outcome),
    text: reasonText(lookup, 'message', lookup.message),
    next: nextStep(view),
  };
}

// The words for a read that failed, by label of include/ck/error.h.
// A card of another kind is named; the error only says what it is not.
const KINDS = ['bank_card', 'transit_card'];

function failureTitle({ error, hint }) {
  return error === 'card_unsupported' && KINDS.includes(hint)
    ? t(`hint.${hint}.title`).replace(/\.$/, '')
    : tFirst(`error.${error}`, 'error.other');
}

export function readFailure(read) {
  const error = read.error ?? 'other';
  const hint = tFirst(`hint.${read.hint}`, `error.${error}.hint`,
    'error.other.hint');
  return {
    title: failureTitle({ ...read, error }),
    hint: read.tries_left > 0
      ? `${t('error.tries_left', { count: read.tries_left })} ${hint}` : hint,
  };
}

function failedHeadline(view) {
  const { title, hint } = readFailure(view.read);
  return { tone: 'failed', icon: 'warn', title, text: '', next: hint };
}

// The database refuses: nothing else on the screen matters until it works.
function storeHeadline() {
  return { tone: 'failed', icon: 'warn', text: '',
    title: t('message.store_failed'), next: t('message.store_failed.text') };
}

function waitingHeadline(view) {
  const phase = view.phase === 'reading' ? 'reading' : 'asking';
  return {
    tone: 'waiting', icon: 'hourglass', next: '',
    title: t(`phase.${phase}.title`), text: t(`phase.${phase}.text`),
  };
}

// null while the page only says what to do (idle, take_card, need_key,
// need_card).
export function headline(view) {
  if (view.message === 'store_failed')
    return storeHeadline();
  if (hasOutcome(view))
    return outcomeHeadline(view);
  if (hasFailed(view))
    return failedHeadline(view);
  if (view.phase === 'reading' || view.phase === 'asking' || view.lookup)
    return waitingHeadline(view);
  return null;
}

// What is read out when the view changes; never the number.
export function spoken(view) {
  const line = headline(view);
  if (line === null)
    return tFirst(`hint.${view.read?.hint}.title`) ??
      t(`phase.${view.phase}.spoken`);
  const name = hasOutcome(view) ? view.identity?.full_name : null;
  const until = view.lookup?.card?.valid_to;
  return [line.title, name, line.text, line.next,
    line.tone === 'covered' && until
      ? t('answer.valid_until', { date: dateText(until) }) : null]
    .filter(Boolean).join('. ');
}
