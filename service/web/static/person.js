// person.js - who stands at the desk, and how sure that is

import { h, s } from './dom.js';
import { dateText, digitGroups } from './format.js';
import { icon } from './icons.js';
import { has, t } from './text.js';

const ASSURANCE_ICONS = {
  chip_verified: 'shield',
  chip_consistent: 'chip',
  chip_read: 'chip',
  printed: 'qr',
  typed: 'keyboard',
};

// One image at a time: redrawing the stage must not load it again.
let shown = { url: null, image: null };

export function forgetPhoto() {
  shown = { url: null, image: null };
}

function noPhoto() {
  return h('div', { class: 'photo' },
    s('svg', { viewBox: '0 0 60 80', 'aria-hidden': 'true' },
      s('circle', { cx: 30, cy: 30, r: 13 }),
      s('path', { d: 'M6 80c0-20 10-31 24-31s24 11 24 31z' })));
}

function photo(view) {
  if (!view.photo) {
    forgetPhoto();
    return noPhoto();
  }
  if (shown.url !== view.photo) {
    const image = h('img', { src: view.photo, alt: t('person.photo'),
      error: () => image.closest('.photo')?.replaceWith(noPhoto()) });
    shown = { url: view.photo, image };
  }
  return h('div', { class: 'photo' }, shown.image);
}

function row(id, ...value) {
  return value.flat().some(Boolean)
    ? [h('dt', null, t(id)), h('dd', null, ...value)] : [];
}

function spaced(number) {
  return h('span', { class: 'digits' },
    digitGroups(number).map((group) => h('span', null, group)));
}

// What is proven, and by whom: the most exact words that there are.
export function provenText(word, view) {
  const { issuer } = view;
  const id = [issuer?.state, view.passive_authentication, 'text']
    .map((detail) => `assurance.${word}.${detail}`).find(has);
  return id && t(id, { by: issuer?.accepted_by,
    on: dateText(issuer?.accepted_on) });
}

function assurance(view) {
  const proving = view.identity.source === 'chip' && view.read?.step &&
    view.read.step !== 'done' && !view.read.error;
  const word = proving ? 'proving' : view.assurance;
  if (!word)
    return null;
  return h('p', { class: `assurance assurance-${word}` },
    icon(ASSURANCE_ICONS[word] ?? 'hourglass'),
    h('span', null, h('strong', null, t(`assurance.${word}`)),
      ' · ', h('span', null, provenText(word, view))));
}

// "05/03/1990 · Nữ", the two that tell namesakes apart.
function birth(identity) {
  const sex = identity.sex && t(`sex.${identity.sex}`);
  return h('span', { class: 'birth' },
    [dateText(identity.date_of_birth), sex].filter(Boolean).join(' · '));
}

function expiry(identity) {
  if (identity.no_expiry)
    return t('person.no_expiry');
  return dateText(identity.expiry_date);
}

function unknownPerson() {
  return h('section', { class: 'panel person' }, photo({}),
    h('div', { class: 'person-words waiting' }, h('p', { class: 'bone wide' }),
      h('p', { class: 'bone' }), h('p', { class: 'bone' })));
}

export function personPanel(view) {
  const { identity } = view;
  if (!identity)
    return unknownPerson();
  return h('section', { class: 'panel person',
    'aria-label': t('person.title') },
  photo(view),
  h('div', { class: 'person-words' },
    h('h2', null, identity.full_name ?? t('person.no_name')),
    h('dl', null,
      row('person.birth', birth(identity)),
      row('person.number', identity.number && spaced(identity.number)),
      row('person.residence', identity.residence),
      row('person.expiry', expiry(identity)))),
  assurance(view));
}
