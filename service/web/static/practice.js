// practice.js - the panel of practice mode: simulated patients, a virtual card
//
// What it sends goes the way of a real card or scan; only the people, the
// card, the reader's radio field and the insurer are simulated.

import { get, post, remove } from './api.js';
import { byId, h } from './dom.js';
import { icon } from './icons.js';
import { focusScan, noteProblem } from './scan.js';
import { t } from './text.js';

// What can go wrong with the simulated chip, in the words of sim-card --help.
const FAULTS = {
  'wrong-can': 'wrong-can',
  removed: 'removed-after=8',
  silent: 'silent-after=8',
  tampered: 'tampered-dg13',
  copied: 'clone-no-keys',
  'bad-signature': 'bad-signature',
  'other-sod': 'sod-of-other',
  'wrong-signer': 'wrong-signer',
  'no-pace': 'cardaccess-no-pace',
  slow: 'slow=60',
};
const TYPING_MS = 350;

const state = { people: [], chosen: null, fault: '', view: null };

const chosen = () =>
  state.people.find((person) => person.person === state.chosen);

function act(action) {
  action.catch(noteProblem).finally(focusScan);
}

function placeCard() {
  const body = { person: state.chosen };
  if (state.fault !== '')
    body.fault = state.fault;
  act(post('/v1/practice/card', body));
}

// Show the text in the field for a moment, then send it as Enter would.
function typeAndSend(text) {
  byId('scan').value = text;
  focusScan();
  setTimeout(() => byId('scan-form').requestSubmit(), TYPING_MS);
}

function button(iconName, id, click, usual) {
  return h('button', { type: 'button', click,
    class: usual ? 'button small' : 'button small quiet',
    disabled: chosen() === undefined },
  icon(iconName), h('span', null, t(id)));
}

function buttons() {
  const phase = state.view?.phase ?? 'idle';
  const lies = state.view?.card_present === true;
  const needsKey = phase === 'need_key';
  return h('div', { class: 'practice-buttons' },
    lies
      ? button('lift', 'practice.lift', () =>
        act(remove('/v1/practice/card')), !needsKey && phase !== 'reading')
      : button('place', 'practice.place', placeCard,
        phase === 'idle' || phase === 'need_card'),
    button('qr', 'practice.qr', () => typeAndSend(chosen().qr), needsKey),
    button('keyboard', 'practice.can', () => typeAndSend(chosen().can),
      needsKey),
    button('paper', 'practice.bhyt', () => typeAndSend(chosen().bhyt_qr)));
}

function choose(event) {
  state.chosen = event.target.value;
  drawButtons();
}

function personRow(person) {
  return h('label', { class: 'practice-person' },
    h('input', { type: 'radio', name: 'practice-person',
      value: person.person, checked: person.person === state.chosen,
      change: choose }),
    h('span', { class: 'practice-name' }, person.name),
    h('span', { class: 'practice-code' }, person.code),
    h('span', { class: 'practice-note' }, person.note));
}

function faultChooser() {
  const select = h('select', { id: 'practice-fault',
    change: (event) => { state.fault = event.target.value; } },
  h('option', { value: '' }, t('practice.fault.none')),
  Object.entries(FAULTS).map(([id, fault]) => h('option', { value: fault },
    t(`practice.fault.${id}`))));
  select.value = state.fault;
  return h('label', { class: 'practice-fault', for: 'practice-fault' },
    h('span', null, t('practice.fault')), select);
}

function drawButtons() {
  byId('practice-actions')?.replaceChildren(buttons());
}

function drawPanel(panel) {
  panel.replaceChildren(
    h('h2', null, t('practice.title')),
    h('fieldset', null,
      h('legend', { class: 'visually-hidden' }, t('practice.people')),
      state.people.map(personRow)),
    faultChooser(),
    h('div', { id: 'practice-actions' }),
    h('p', { class: 'practice-real' }, t('practice.real')));
}

async function loadPeople() {
  state.people = await get('/v1/practice/people');
  state.chosen = state.people[0]?.person ?? null;
}

let drawnIn = null;

// Draw the panel once for each language, its buttons for each view.
export async function drawPractice(practice, view) {
  const panel = byId('practice');
  panel.hidden = !practice;
  state.view = view;
  if (!practice)
    return;
  if (drawnIn !== document.documentElement.lang) {
    drawnIn = document.documentElement.lang;
    if (state.people.length === 0)
      await loadPeople().catch(noteProblem);
    drawPanel(panel);
  }
  drawButtons();
}
