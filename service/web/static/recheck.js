// recheck.js - what an outage left behind: who waits, and whose answer changed
//
// The patient may be anywhere in the house, so every desk shows all of it.

import { h } from './dom.js';
import { dateText } from './format.js';
import { t } from './text.js';

const short = (outcome) => outcome ? t(`outcome.${outcome}.short`) : '…';

function changedRow(row, onSeen, onNotice) {
  return h('li', null,
    h('span', { class: 'strong' }, row.full_name ?? t('recheck.nameless')),
    ` (${dateText(row.visit_date)}${row.desk ? `, ${row.desk}` : ''}): `,
    t('recheck.changed', { before: short(row.before),
      after: short(row.after) }), ' ',
    row.check_in && h('button', { type: 'button', class: 'button quiet',
      click: () => onNotice(row.check_in) }, t('recheck.notice')), ' ',
    h('button', { type: 'button', class: 'button quiet',
      click: () => onSeen(row.lookup) }, t('recheck.seen')));
}

function waitingLine({ waiting, asks }) {
  if (!waiting)
    return null;
  return h('p', { class: 'muted' },
    t(asks ? 'recheck.waiting' : 'recheck.nobody_asks', { n: waiting }));
}

// null where there is nothing to tell.
export function recheckPanel(view, onSeen, onNotice) {
  const rechecks = view?.rechecks;
  if (!rechecks || (!rechecks.waiting && !rechecks.changed.length))
    return null;
  return h('section', { class: 'panel rechecks',
    'aria-label': t('recheck.title') },
  h('h2', null, t('recheck.title')),
  waitingLine(rechecks),
  rechecks.changed.length > 0 &&
    h('ul', null, rechecks.changed.map((row) => changedRow(row, onSeen,
      onNotice))));
}
