// desk.js - the desk page: one desk, its latest view, and what the clerk does
//
// Personal data lives in the document only: never in the address, the title
// or the browser's storage. Kept are the language, the name of the desk and
// the clerk who signed on there.

import { drawAdmission, forgetAdmission, startAdmission }
  from './admission.js';
import { get, post } from './api.js';
import { clerkLinked, clerkView, drawClerk, startClerk } from './clerk.js';
import { byId, h } from './dom.js';
import { startExtras } from './extras.js';
import { spoken } from './headline.js';
import { drawLanguages } from './languages.js';
import { openManual, startManual } from './manual.js';
import { nextCall, openNotice, startNotice } from './notice.js';
import { forgetPhoto } from './person.js';
import { drawPractice } from './practice.js';
import { recheckPanel } from './recheck.js';
import { drawRefused, startRefused } from './refused.js';
import { focusScan, note, noteProblem, startScan } from './scan.js';
import { drawStage } from './stage.js';
import { followDesk } from './stream.js';
import { loadText, t, translate } from './text.js';
import { startWithout } from './without.js';

const KEPT_AS = 'desk';
const state = {
  desk: null, desks: [], view: null, link: 'up', said: '', practice: false,
  stop: () => {},
};

const deskPath = (rest) => `/v1/desks/${encodeURIComponent(state.desk)}${rest}`;

function send(action) {
  action.catch(noteProblem);
}

const submitScan = (text) => send(post(deskPath('/scan'), { payload: text }));
const submitManual = (body) => send(post(deskPath('/scan'), body));

const seenRecheck = (lookup) =>
  send(post(`/v1/rechecks/${encodeURIComponent(lookup)}/seen`));

// The notice of somebody who may have left the desk long ago.
async function openNoticeOf(id) {
  const checkIn = await get(`/v1/check-ins/${encodeURIComponent(id)}`);
  if (nextCall(checkIn) === null)
    note(t('checkin.notice.nothing'));
  else
    openNotice(checkIn, checkIn.notices.at(-1) ?? null, () =>
      note(t('checkin.notice.pending')));
}

function nextPatient() {
  note('');
  forgetPhoto();
  forgetAdmission();
  byId('scan').value = '';
  send(post(deskPath('/reset')));
  focusScan();
}

function drawReader() {
  const reader = state.view?.reader;
  const chip = byId('reader');
  chip.className = `reader-chip reader-${reader?.state ?? 'none'}`;
  chip.textContent = t(`reader.${reader?.state ?? 'none'}`);
  chip.title = reader?.name ?? '';
}

function drawDesks() {
  byId('desk').replaceChildren(...state.desks.map((name) =>
    h('option', { value: name, selected: name === state.desk }, name)));
  byId('desk').disabled = state.desks.length < 2;
}

function drawLink() {
  const up = state.link === 'up';
  byId('link').hidden = up;
  byId('link').textContent = up ? '' : t(`page.link_${state.link}`);
  document.body.classList.toggle('unlinked', !up);
}

function say(text) {
  if (text === state.said)
    return;
  state.said = text;
  byId('live').textContent = text;
}

// What a view can change.
function drawView() {
  byId('practice-band').hidden = !state.practice;
  drawReader();
  drawPractice(state.practice, state.view);
  if (state.view === null)
    return;
  drawStage(byId('stage'), state.view);
  drawAdmission(byId('stage'), state.view);
  byId('rechecks').replaceChildren(
    ...[recheckPanel(state.view, seenRecheck,
      (id) => send(openNoticeOf(id)))].filter(Boolean));
  byId('next').classList.toggle('quiet',
    !['answered', 'failed'].includes(state.view.phase));
  say(spoken(state.view));
}

// Everything, in the language of now.
function draw() {
  translate(document);
  document.title = t('page.title');
  drawLanguages(byId('languages'), draw);
  drawDesks();
  drawLink();
  drawRefused();
  drawClerk();
  drawView();
}

function onView(view) {
  state.view = view;
  state.practice ||= view.practice === true;
  clerkView(view.desk, view.operator);
  drawView();
}

function onLink(link) {
  state.link = link;
  drawLink();
}

function onStream(link) {
  onLink(link);
  if (link === 'up')
    clerkLinked();
}

function openDesk(name) {
  state.stop();
  state.desk = name;
  localStorage.setItem(KEPT_AS, name);
  state.stop = followDesk(name, onView, onStream);
}

function wantedDesk(names) {
  const asked = new URLSearchParams(location.search).get('desk') ??
    localStorage.getItem(KEPT_AS);
  return names.includes(asked) ? asked : names[0];
}

async function findDesks() {
  const views = await get('/v1/desks');
  state.desks = views.map((view) => view.desk);
  return state.desks.length > 0;
}

// Wait for the daemon and its first desk, however long that takes.
async function waitForDesk() {
  for (;;) {
    const found = await findDesks().catch(() => false);
    onLink(found ? 'up' : 'lost');
    if (found)
      return;
    await new Promise((resume) => setTimeout(resume, 2000));
  }
}

function onEscape(event) {
  if (event.key === 'Escape' && !document.querySelector('dialog[open]'))
    nextPatient();
}

async function start() {
  await loadText();
  const station = await get('/v1/station').catch(() => ({}));
  state.practice = station.practice === true;
  startScan(submitScan);
  startManual(submitManual);
  startAdmission(drawView, () => state.desk);
  startNotice();
  startWithout();
  startRefused();
  startClerk();
  startExtras(drawView);
  byId('next').addEventListener('click', nextPatient);
  byId('manual-open').addEventListener('click',
    () => openManual(state.view?.identity?.number));
  byId('stage').addEventListener('click', (event) => {
    if (event.target.closest('[data-action=manual]'))
      openManual(state.view?.identity?.number);
  });
  byId('desk').addEventListener('change', (event) => {
    openDesk(event.target.value);
    focusScan();
  });
  document.addEventListener('keydown', onEscape);
  draw();
  await waitForDesk();
  openDesk(wantedDesk(state.desks));
  draw();
  focusScan();
}

start();
