// admission.js - admit whoever stands here, and what has become of it
//
// One button on the answer. The page knows the check-in of the lookup that it
// shows; asking again for the same lookup, or for another one of the same
// visit, gives the same check-in.

import { get, post } from './api.js';
import { h } from './dom.js';
import { instantText } from './format.js';
import { icon } from './icons.js';
import { nextCall, openNotice } from './notice.js';
import { noteProblem } from './scan.js';
import { t } from './text.js';

const LOOK_AGAIN_MS = 2000;
const LOOK_NOW_AND_THEN_MS = 10000;
const state = { key: null, checkIn: null, busy: false, timer: 0, turn: 0 };
let redraw = () => {};
let desk = () => null;

// The visit on the stage: a lookup, or somebody admitted without a card.
function keep(key, checkIn) {
  state.key = key;
  state.checkIn = checkIn;
  state.busy = false;
  redraw();
  clearTimeout(state.timer);
  if (checkIn)
    state.timer = setTimeout(lookAgain,
      checkIn.notices.at(-1)?.state === 'pending' ? LOOK_AGAIN_MS
        : LOOK_NOW_AND_THEN_MS, checkIn.id);
}

// What has become of a notice that was on its way, and whether the insurer has
// answered otherwise since.
async function lookAgain(id) {
  const seen = state.checkIn;
  const checkIn = await get(`/v1/check-ins/${id}`).catch(() => null);
  if (seen?.id === id && state.checkIn === seen)
    keep(state.key, checkIn ?? seen);
}

// Whoever was admitted is forgotten with the patient, and so is the answer that
// is still to come.
export function forgetAdmission() {
  clearTimeout(state.timer);
  state.turn++;
  state.key = null;
  state.checkIn = null;
  state.busy = false;
}

async function admit(lookup, another = false) {
  const { turn } = state;
  state.busy = true;
  redraw();
  const checkIn = await post('/v1/check-ins',
    { lookup, desk: desk(), another_visit: another })
    .catch((problem) => { noteProblem(problem); return null; });
  if (turn === state.turn)
    keep(lookup, checkIn);
}

// Somebody without a card; the view has no lookup.
export async function admitWithout(body) {
  const { turn } = state;
  const checkIn = await post('/v1/check-ins', { ...body, desk: desk() });
  if (turn === state.turn)
    keep('', checkIn);
}

function stateText(checkIn) {
  const notice = checkIn.notices.at(-1);
  return notice
    ? t(`checkin.notice.${notice.state}`,
      { transaction: notice.transaction ?? '–' })
    : t(`checkin.state.${checkIn.state}`);
}

// What a clerk has to know or do beside the state; null where all is well.
function alertText(checkIn) {
  const notice = checkIn.notices.at(-1);
  const call = nextCall(checkIn);
  if (call === 'mend')
    return `${t(`checkin.notice.${notice.state}`)}: ${
      notice.words ?? t('checkin.refused.no_words')}`;
  if (call === 'correct')
    return t('checkin.outdated');
  return !notice && checkIn.renewed ? t('checkin.renewed') : null;
}

// Where a clerk and not a program sends the notice.
function noticeButton(checkIn) {
  const call = nextCall(checkIn);
  if (call === null)
    return null;
  return h('button', { type: 'button', class: 'button quiet small',
    click: () => openNotice(checkIn, checkIn.notices.at(-1) ?? null,
      (changed) => keep(state.key, changed)) }, t(`checkin.notice.${call}`));
}

// Admitted after an earlier lookup of the visit; it may be a visit of its own.
function anotherButton(checkIn) {
  if (!state.key || !checkIn.lookup || checkIn.lookup === state.key)
    return null;
  return h('button', { type: 'button', class: 'link another',
    disabled: state.busy, click: () => admit(state.key, true) },
  t('checkin.another'));
}

function admitted(checkIn) {
  const alert = alertText(checkIn);
  const another = anotherButton(checkIn);
  return h('div', { role: 'status', class: `admission admitted ${
    alert ? 'alerted' : ''} ${another ? 'again' : ''}` },
    h('p', null, icon('check'), h('span', null, t('checkin.admitted',
      { at: instantText(checkIn.admitted_at) }))),
    alert ? h('p', { class: 'admission-alert', title: alert }, icon('warn'),
      h('span', null, alert))
      : h('p', { class: 'admission-state' }, stateText(checkIn)),
    noticeButton(checkIn), another);
}

function button(lookup) {
  return h('div', { class: 'admission' },
    h('button', { type: 'button', class: 'button admit',
      disabled: state.busy, click: () => admit(lookup) },
    t('checkin.admit')));
}

// Put it on the stage that has just been drawn.
export function drawAdmission(stage, view) {
  const lookup = view.phase === 'answered' ? view.lookup?.id : null;
  if (lookup && state.key !== null && state.key !== lookup && !state.busy)
    forgetAdmission();
  const shown = state.checkIn !== null &&
    (state.key === '' ? !view.lookup : state.key === lookup);
  if (!shown && !lookup)
    return;
  const part = shown ? admitted(state.checkIn) : button(lookup);
  const line = stage.querySelector('.headline-main');
  if (line)
    line.append(part);
  else
    stage.prepend(h('div', { class: 'admission-alone' }, part));
}

// onChange() draws the stage anew; deskName() is the desk of now.
export function startAdmission(onChange, deskName) {
  redraw = onChange;
  desk = deskName;
}
