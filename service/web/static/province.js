// province.js - the page for the provincial office

import { get } from './api.js';
import { byId, h } from './dom.js';
import { ageText, countText, instantText, today } from './format.js';
import { drawLanguages } from './languages.js';
import { currentLanguage, loadText, t, translate } from './text.js';

// A mark of its own for each state: colour is not needed to tell them apart.
const MARKS = { whole: '✓', late: '…', silent: '!' };
const FILES = ['xlsx', 'csv', 'html'];
const state = { clinics: [], from: '', to: '' };

const rateOf = ({ attempts, confirmed }) => attempts > 0
  ? Math.round(confirmed / attempts * 1000) / 10 : null;

const rateText = (clinic) => rateOf(clinic) === null
  ? '–' : `${countText(rateOf(clinic))} %`;

function reportPath(format) {
  return `/v1/report?${new URLSearchParams({ from: state.from, to: state.to,
    format, language: currentLanguage().id })}`;
}

async function drawSentence() {
  const answer = await fetch(reportPath('text'), { cache: 'no-store' });
  const text = await answer.text();
  byId('sentence').textContent = answer.ok
    ? text.split('\n').find((line) => /^\d+\/\d+/.test(line)) ?? ''
    : t('province.no_report');
}

function drawFiles() {
  byId('files').replaceChildren(...FILES.map((format) =>
    h('a', { class: 'button quiet small', href: reportPath(format),
      download: true }, t(`province.file.${format}`))));
}

const heardText = ({ heard }) => heard === null ? t('province.never')
  : t('province.heard', { at: instantText(heard), age: ageText(heard) });

function drawSilent() {
  const silent = state.clinics.filter((one) => one.state === 'silent');
  byId('silent-part').hidden = silent.length === 0;
  byId('silent').replaceChildren(...silent.map((one) => h('li', null,
    h('strong', null, `${one.code} ${one.name}`), ` ${heardText(one)}`)));
}

function tile(one) {
  const rate = rateOf(one);
  const tone = rate === null ? 'none' : rate < 50 ? 'low'
    : rate < 80 ? 'middle' : 'high';
  return h('li', { class: `tile tile-${tone} tile-${one.state}` },
    h('span', { class: 'tile-head' }, h('span', null, one.code),
      h('span', { class: 'tile-mark' }, MARKS[one.state],
        h('span', null, ` ${t(`province.state.${one.state}`)}`))),
    h('strong', { class: 'tile-rate' }, rateText(one)),
    h('span', null, t('province.counts', {
      confirmed: countText(one.confirmed),
      attempts: countText(one.attempts) })),
    h('span', { class: 'tile-name' }, one.name),
    h('span', { class: 'tile-heard' }, heardText(one)));
}

function drawTiles() {
  const names = [...new Set(state.clinics.map((one) => one.district))]
    .sort((a, b) => a.localeCompare(b, 'vi'));
  byId('tiles').replaceChildren(...names.map((name) => h('section', null,
    h('h3', null, name || t('province.no_district')),
    h('ul', { class: 'tiles' }, state.clinics
      .filter((one) => one.district === name).map(tile)))));
}

async function draw() {
  translate(document);
  document.title = t('province.title');
  drawLanguages(byId('languages'), draw);
  byId('from').value = state.from;
  byId('to').value = state.to;
  drawFiles();
  drawSilent();
  drawTiles();
  await drawSentence().catch(() => { byId('link').hidden = false; });
}

function choose(event) {
  event.preventDefault();
  state.from = byId('from').value;
  state.to = byId('to').value;
  draw();
}

async function start() {
  await loadText();
  state.to = today();
  state.from = `${state.to.slice(0, 7)}-01`;
  byId('period').addEventListener('submit', choose);
  try {
    state.clinics = await get('/v1/clinics');
  } catch {
    byId('link').hidden = false;
  }
  await draw();
}

start();
