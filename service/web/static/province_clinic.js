// province_clinic.js - one clinic: its days, what went wrong and whose matter it
// is, its computers, its silences, its documents

import { get } from './api.js';
import { h } from './dom.js';
import { countText, dateText, instantText } from './format.js';
import { drawBars } from './province_chart.js';
import { heardText, rateText, stateMark, whenText }
  from './province_clinics.js';
import { clinicDocuments } from './province_documents.js';
import { currentLanguage, t, tFirst } from './text.js';

const back = () => h('p', null, h('a', { class: 'back', href: '#' },
  `← ${t('province.back')}`));

const panel = (title, ...children) => h('section', { class: 'panel' },
  h('h3', null, title), ...children);

// --- How it stands ---

const fact = (label, value, note) => h('div', { class: 'fact' },
  h('dt', null, label), h('dd', null, value,
    note ? h('span', { class: 'muted' }, note) : null));

function place({ level, commune, district, manager }) {
  return [level && t('province.level', { level }), commune, district,
    manager && t('province.manager', { name: manager })]
    .filter(Boolean).join(' · ');
}

function facts(clinic) {
  return h('dl', { class: 'facts' },
    fact(t('province.column.state'), stateMark(clinic)),
    fact(t('province.column.rate'), h('strong', null, rateText(clinic)),
      t('province.counts', { confirmed: countText(clinic.confirmed),
        attempts: countText(clinic.attempts) })),
    fact(t('province.column.complete'), whenText(clinic.complete_until)),
    fact(t('province.column.heard'), whenText(clinic.heard)),
    fact(t('province.column.quarantined'), countText(clinic.quarantined)),
    fact(t('province.hours'), hoursText(clinic.calendar)));
}

// 1 is Monday; 1 January 2024 was one.
const weekday = (digit) => new Intl.DateTimeFormat(currentLanguage().locale,
  { weekday: 'short', timeZone: 'UTC' })
  .format(Date.UTC(2024, 0, Number(digit)));

// "1-5 07:00-17:00; 6" → "Th 2–Th 6 07:00–17:00; Th 7"
function hoursText(calendar) {
  if (calendar === '')
    return t('province.hours_unknown');
  return calendar.split('; ').map((part) => part
    .replace(/^(\d)/, (all, digit) => weekday(digit))
    .replace(/-(\d)(?!\d)/, (all, digit) => `–${weekday(digit)}`)
    .replace(/(\d)-(\d\d)/, '$1–$2')).join('; ');
}

// --- Why ---

const reasonText = ({ outcome, reason }) => outcome === 'kept'
  ? t('province.kept')
  : tFirst(`reason.${reason}.message`, `outcome.${outcome}.short`) ?? outcome;

function byOwner(reasons) {
  const owners = new Map();
  for (const one of reasons)
    owners.set(one.owner, [...owners.get(one.owner) ?? [], one]);
  return [...owners].map(([owner, list]) => ({ owner,
    list: list.sort((a, b) => b.count - a.count),
    count: list.reduce((sum, one) => sum + one.count, 0) }))
    .sort((a, b) => b.count - a.count);
}

function causes(reasons) {
  if (reasons.length === 0)
    return h('p', null, t('province.no_reasons'));
  return h('ul', { class: 'causes' }, byOwner(reasons).map((owner) =>
    h('li', null, h('p', { class: 'cause-owner' },
      h('strong', null, t(`report.owner.${owner.owner}`)),
      h('strong', null, countText(owner.count))),
    h('ul', null, owner.list.map((one) => h('li', { class: 'cause' },
      h('span', null, reasonText(one),
        one.reason ? h('span', { class: 'muted' }, ` (${one.reason})`) : null),
      h('span', null, countText(one.count))))))));
}

// --- Its computers ---

function stationRow(one) {
  return h('tr', null, h('th', { scope: 'row' }, one.station),
    h('td', null, whenText(one.heard)),
    h('td', null, whenText(one.complete_until), one.newest > one.revision
      ? h('p', { class: 'warn' }, t('province.gap')) : null),
    h('td', null, t(one.pulled ? 'province.pulled' : 'province.pushes'),
      one.failures > 0 ? h('p', { class: 'warn' },
        t('province.failures', { n: countText(one.failures) }),
        h('span', { class: 'detail', lang: 'en' }, ` ${one.reason}`)) : null));
}

const stations = (list) => list.length === 0
  ? h('p', null, t('province.no_stations'))
  : h('div', { class: 'scroll' }, h('table', { class: 'table' },
    h('thead', null, h('tr', null,
      ...['station', 'heard', 'complete', 'way'].map((name) =>
        h('th', { scope: 'col' }, t(`province.column.${name}`))))),
    h('tbody', null, list.map(stationRow))));

// --- When it was silent ---

const silenceText = ({ from, until }) => until === null
  ? t('province.silence_now', { from: instantText(from) })
  : t('province.silence', { from: instantText(from),
    until: instantText(until) });

const silences = (list) => list.length === 0
  ? h('p', null, t('province.no_silences'))
  : h('ul', { class: 'plain' }, list.map((one) =>
    h('li', { class: one.until === null ? 'warn' : null }, silenceText(one))));

// --- All of it ---

function drawFound(box, clinic, documents) {
  const chart = h('figure', { class: 'days panel' });
  drawBars(chart, clinic.days, clinic);
  box.replaceChildren(back(),
    h('div', { class: 'panel' },
      h('h2', { tabindex: '-1' }, `${clinic.code} ${clinic.name}`),
      h('p', { class: 'muted' }, place(clinic)),
      clinic.state === 'silent' ? h('p', { class: 'warn' },
        `${heardText(clinic)} ${t('province.silent_text')}`) : null,
      facts(clinic),
      h('p', { class: 'muted' }, t('province.days', {
        from: dateText(clinic.from), to: dateText(clinic.to) }))),
    chart,
    h('div', { class: 'two' },
      panel(t('province.reasons'), causes(clinic.reasons)),
      panel(t('province.silences'), silences(clinic.silences))),
    panel(t('province.stations'), stations(clinic.stations)),
    panel(t('feed.documents'),
      h('p', { class: 'muted' }, t('feed.documents_text')), documents));
}

// Fill box with the clinic of this code and these days {from, to}, unless
// signal says first that another is wanted; found() is told what was found.
export async function drawClinic(box, code, days, signal, found) {
  const path = `/v1/clinics/${encodeURIComponent(code)}`;
  let clinic;
  if (box.dataset.code !== code)
    box.replaceChildren(back());
  box.dataset.code = code;
  try {
    clinic = await get(`${path}?${new URLSearchParams(days)}`, signal);
  } catch (error) {
    if (error.status !== 404 && error.status !== 400)
      throw error;
    box.replaceChildren(back(), h('h2', { tabindex: '-1', class: 'panel' },
      t(error.status === 404 ? 'province.unknown_clinic'
        : 'province.no_report')));
    return;
  }
  found(clinic);
  drawFound(box, clinic, await clinicDocuments(code, signal));
}
