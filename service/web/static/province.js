// province.js - the page for the provincial office
//
// The address says what is shown: "#clinic=84001" one clinic, nothing the
// whole province; so the browser's own "back" goes back.

import { get, Problem } from './api.js';
import { byId, h } from './dom.js';
import { countText, today } from './format.js';
import { drawLanguages } from './languages.js';
import { newest } from './newest.js';
import { drawBars } from './province_chart.js';
import { drawClinic } from './province_clinic.js';
import { drawList, heardText } from './province_clinics.js';
import { drawNotCounted } from './province_documents.js';
import { currentLanguage, loadText, t, translate } from './text.js';
import { drawWorklist } from './worklist.js';

const FILES = ['xlsx', 'csv', 'html'];
const state = { clinics: [], from: '', to: '', view: 'tiles', search: '',
  sort: { by: 'state', down: true } };

const days = () => ({ from: state.from, to: state.to });

// A file may leave the office. What the page shows does not: its tiles have
// every number as well.
const filePath = (format, more = {}) => `/v1/report?${new URLSearchParams({
  ...days(), format, language: currentLanguage().id, ...more })}`;

const reportPath = (format) => filePath(format, { internal: 'yes' });

const chosenClinic = () =>
  new URLSearchParams(location.hash.slice(1)).get('clinic');

const lost = (is) => { byId('link').hidden = !is; };

// What is being drawn. The newest wish ends the one before: answers of other
// days, however late, are never shown under these.
const anew = newest();

// --- The whole province ---

// A refusal of the days is an answer; a line that is down is not.
async function drawSentence(signal) {
  const answer = await fetch(reportPath('text'),
    { cache: 'no-store', signal });
  const text = await answer.text();
  byId('sentence').textContent = answer.ok
    ? text.split('\n').find((line) => /^\d+\/\d+/.test(line)) ?? ''
    : t('province.no_report');
}

// A ledger that a play has filled says so, whatever part of it is shown.
const showPlayed = ({ played }) => { byId('played').hidden = played !== true; };

// A count that is not told is not 0.
const known = (number) => Number.isInteger(number) ? number : null;

async function drawChart(signal) {
  const report = await get(reportPath('json'), signal);
  showPlayed(report);
  drawBars(byId('chart'), [...(report.groups?.day ?? [])].map(
    ({ key, cccd }) => ({ day: key, attempts: known(cccd?.total),
      confirmed: known(cccd?.covered) })), days());
}

function drawSilent() {
  const silent = state.clinics.filter((one) => one.state === 'silent');
  byId('silent-part').hidden = silent.length === 0;
  byId('silent-title').textContent = t('province.silent_title',
    { n: countText(silent.length) });
  byId('silent').replaceChildren(...silent.map((one) => h('li', null,
    h('a', { href: `#clinic=${one.code}` }, `${one.code} ${one.name}`),
    ` – ${heardText(one)}`,
    one.manager ? ` ${t('province.manager', { name: one.manager })}` : null)));
}

function drawViews() {
  byId('views').replaceChildren(...['tiles', 'table'].map((view) =>
    h('button', { type: 'button', class: 'button quiet small',
      'aria-pressed': String(state.view === view),
      click: () => { state.view = view; drawClinics(); focusView(view); },
    }, t(`province.view.${view}`))));
}

const focusView = (view) => [...byId('views').children]
  .at(view === 'tiles' ? 0 : 1).focus();

function drawClinics() {
  drawViews();
  byId('legend').textContent = t(`province.legend.${state.view}`);
  drawList(byId('list'), state, drawClinics);
}

async function drawOverview(signal) {
  byId('empty').hidden = state.clinics.length > 0;
  byId('empty').textContent = t('province.empty');
  byId('clinics').hidden = state.clinics.length === 0;
  byId('headline').hidden = state.clinics.length === 0;
  drawSilent();
  drawClinics();
  await drawSentence(signal);
  await drawChart(signal);
  await drawWorklist(byId('worklist'), days(), signal);
  await drawNotCounted(byId('not-counted'), byId('not-counted-list'), signal);
}

// --- Which days ---

function lastMonth(day) {
  const end = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  end.setUTCDate(0);
  const to = end.toISOString().slice(0, 10);
  return { from: `${to.slice(0, 7)}-01`, to };
}

const PRESETS = {
  month: (day) => ({ from: `${day.slice(0, 7)}-01`, to: day }),
  last_month: lastMonth,
  year: (day) => ({ from: `${day.slice(0, 4)}-01-01`, to: day }),
};

function drawPresets() {
  byId('presets').replaceChildren(...Object.keys(PRESETS).map((name) => {
    const chosen = PRESETS[name](today());
    return h('button', { type: 'button', class: 'button quiet small',
      'aria-pressed': String(chosen.from === state.from &&
        chosen.to === state.to),
      click: () => { Object.assign(state, chosen); load(); },
    }, t(`province.${name}`));
  }));
}

function drawFiles() {
  byId('files').replaceChildren(...FILES.map((format) =>
    h('a', { class: 'button quiet small', href: filePath(format),
      download: true }, t(`province.file.${format}`))));
}

// --- All of it ---

async function drawView(signal) {
  const code = chosenClinic();
  byId('overview').hidden = code !== null;
  byId('clinic').hidden = code === null;
  if (code === null)
    await drawOverview(signal);
  else
    await drawClinic(byId('clinic'), code, days(), signal, showPlayed);
}

function drawPeriod() {
  translate(document);
  document.title = t('province.title');
  drawLanguages(byId('languages'), translateAll);
  byId('from').value = state.from;
  byId('to').value = state.to;
  drawPresets();
  drawFiles();
}

async function translateAll() {
  drawPeriod();
  await guarded(drawView, anew());
}

// A line that is down is said once, at the top. What nobody waits for any
// more has nothing to say.
async function guarded(work, signal) {
  const main = document.querySelector('main');
  main.setAttribute('aria-busy', 'true');
  try {
    await work(signal);
    lost(false);
  } catch (error) {
    if (signal.aborted)
      return;
    if (!(error instanceof Problem) && !(error instanceof TypeError))
      throw error;
    lost(true);
  }
  main.setAttribute('aria-busy', 'false');
}

// A refusal of the days is told by the sentence.
async function loadClinics(signal) {
  try {
    state.clinics = await get(`/v1/clinics?${new URLSearchParams(days())}`,
      signal);
  } catch (error) {
    if (error.status !== 400)
      throw error;
  }
}

async function load() {
  drawPeriod();
  await guarded(async (signal) => {
    await loadClinics(signal);
    await drawView(signal);
  }, anew());
}

function choose(event) {
  event.preventDefault();
  state.from = byId('from').value;
  state.to = byId('to').value;
  load();
}

// The focus goes along at once: later it may be where somebody types.
async function goTo() {
  const drawn = guarded(drawView, anew());
  scrollTo(0, 0);
  if (chosenClinic() === null)
    byId('title').focus();
  await drawn;
  byId('clinic').querySelector('h2')?.focus();
}

async function start() {
  await loadText();
  state.to = today();
  state.from = `${state.to.slice(0, 7)}-01`;
  byId('period').addEventListener('submit', choose);
  byId('search').addEventListener('input', ({ target }) => {
    state.search = target.value;
    drawClinics();
  });
  addEventListener('hashchange', goTo);
  await load();
}

start();
