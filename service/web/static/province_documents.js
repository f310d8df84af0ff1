// province_documents.js - feed documents: what arrived, and why it was not
// counted

import { get } from './api.js';
import { h } from './dom.js';
import { countText, instantText } from './format.js';
import { t, tFirst } from './text.js';

const verdictMark = ({ verdict }) => h('span', {
  class: `verdict verdict-${verdict}` }, t(`feed.verdict.${verdict}`));

// What happened and what to do; the detail is for the technician.
function why(one) {
  if (one.reason === '')
    return t('feed.rows', { n: countText(one.row_count) });
  return [h('p', null, tFirst(`feed.reason.${one.reason}`) ?? one.reason),
    h('p', { class: 'detail', lang: 'en' }, one.detail)];
}

const sender = (one) => one.code === '' ? t('feed.unknown')
  : [h('a', { href: `#clinic=${one.code}` }, one.code), ` ${one.station}`];

function row(one, named) {
  return h('tr', null,
    h('td', { class: 'number' }, String(one.number)),
    h('td', null, instantText(one.received), one.times > 1
      ? h('span', { class: 'muted' },
        ` ${t('feed.times', { n: countText(one.times) })}`) : null),
    named ? h('td', null, sender(one)) : h('td', null, one.station),
    h('td', null, verdictMark(one)),
    h('td', { class: 'why' }, why(one)));
}

function table(documents, named) {
  const names = ['number', 'received', named ? 'from' : 'station', 'verdict',
    'why'];
  return h('div', { class: 'scroll', tabindex: '0', role: 'region',
    'aria-label': t('feed.documents') }, h('table', { class: 'table' },
    h('thead', null, h('tr', null, names.map((name) =>
      h('th', { scope: 'col', class: name === 'number' ? 'number' : null },
        t(`feed.column.${name}`))))),
    h('tbody', null, documents.map((one) => row(one, named)))));
}

// Show section with the newest documents of the whole province that were not
// counted, or hide it.
export async function drawNotCounted(section, box, signal) {
  const documents = await get('/v1/documents?verdict=not_counted&limit=20',
    signal);
  section.hidden = documents.length === 0;
  box.replaceChildren(table(documents, true));
}

// The newest documents of one clinic.
export async function clinicDocuments(code, signal) {
  const documents = await get(`/v1/documents?${new URLSearchParams(
    { clinic: code, limit: 50 })}`, signal);
  return documents.length === 0 ? h('p', null, t('feed.none'))
    : table(documents, false);
}
