// insurance.js - what the insurer answered

import { h } from './dom.js';
import { ageText, dateText, instantText } from './format.js';
import { hasOutcome, outcomeTitle } from './headline.js';
import { t } from './text.js';

const ENDS_SOON_DAYS = 30;

function row(id, ...value) {
  return value.some(Boolean)
    ? [h('dt', null, t(id)), h('dd', null, ...value)] : [];
}

function ending(card) {
  const days = card.ends_in_days;
  if (typeof days !== 'number' || days < 0 || days > ENDS_SOON_DAYS)
    return null;
  return h('em', { class: 'ending' }, t('answer.ends_in', { n: days }));
}

function validity(card) {
  if (!card.valid_from && !card.valid_to)
    return [];
  const from = dateText(card.valid_from) || '…';
  const to = dateText(card.valid_to) || t('answer.open_end');
  return row('answer.validity', h('span', { class: 'strong' }, from), ' – ',
    h('span', { class: 'strong' }, to), ending(card));
}

function facility(card) {
  return row('answer.facility',
    card.registered_facility &&
      h('span', { class: 'strong' }, card.registered_facility),
    card.registered_facility_name && ` ${card.registered_facility_name}`);
}

function benefit(card) {
  if (!card.benefit_percent)
    return [];
  return row('answer.benefit',
    h('span', { class: 'percent' }, `${card.benefit_percent} %`),
    t('answer.level', { level: card.benefit_level }));
}

function source(lookup) {
  const id = `source.${lookup.source}`;
  const values = { at: instantText(lookup.as_of), age: ageText(lookup.as_of) };
  if (!lookup.as_of || lookup.source === 'none')
    return null;
  return h('p', { class: `source source-${lookup.source}` }, t(id, values));
}

// The insurer's own three digits; our labels mean nothing to it.
const gatewayCode = ({ reason }) => /^\d{3}$/.test(reason) ? reason : null;

// A CCCD that failed before another key succeeded is worth saying.
function firstKey(lookup) {
  if (!lookup.first_key || !lookup.resolved_by ||
      lookup.first_key === lookup.resolved_by || lookup.resolved_by === 'none')
    return null;
  return h('p', { class: 'first-key' }, t('answer.first_key', {
    first: t(`key.${lookup.first_key}`),
    outcome: outcomeTitle(lookup.first_outcome),
    resolved: t(`key.${lookup.resolved_by}`),
  }));
}

// A yes that was a no before, or the same as ever: the clerk sees which.
function sameVisits({ same_visits: n }) {
  return n > 0 &&
    h('p', { class: 'muted' }, t('answer.same_visits', { n }));
}

function waiting(view) {
  const asked = view.lookup !== null || view.phase === 'asking';
  const waits = asked ? 'answer.asked'
    : view.message === 'need_insurance_number' ? 'answer.no_number'
      : 'answer.not_asked';
  return h('section', { class: 'panel insurance waiting' },
    h('h2', null, t('answer.title')),
    h('p', { class: 'muted' }, t(waits)),
    h('p', { class: 'bone wide' }), h('p', { class: 'bone' }),
    h('p', { class: 'bone wide' }));
}

export function insurancePanel(view) {
  if (!hasOutcome(view))
    return waiting(view);
  const { lookup } = view;
  const card = lookup.card ?? {};
  const rows = [benefit(card), validity(card), facility(card),
    row('answer.card', card.number),
    row('answer.five_years', dateText(card.five_years_from)),
    row('answer.code', gatewayCode(lookup))].flat();
  return h('section', { class: 'panel insurance',
    'aria-label': t('answer.title') },
  h('h2', null, t('answer.title')),
  !card.number && !card.valid_from &&
    h('p', { class: 'muted' }, t('answer.no_card')),
  h('dl', null, rows),
  firstKey(lookup),
  sameVisits(lookup),
  source(lookup));
}
