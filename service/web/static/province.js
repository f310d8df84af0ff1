// province.js - the page for the provincial office

import { get } from './api.js';
import { byId, h, s } from './dom.js';
import { ageText, countText, dateText, instantText, today }
  from './format.js';
import { drawLanguages } from './languages.js';
import { currentLanguage, loadText, t, tFirst, translate }
  from './text.js';

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

// A refusal of the days is an answer; a line that is down is not.
async function drawSentence() {
  const answer = await fetch(reportPath('text'), { cache: 'no-store' });
  const text = await answer.text();
  byId('sentence').textContent = answer.ok
    ? text.split('\n').find((line) => /^\d+\/\d+/.test(line)) ?? ''
    : t('province.no_report');
}

// --- Over time ---

const WIDTH = 1000;
const HEIGHT = 160;

// A count that is hidden or absent draws nothing.
const whole = (number) => Number.isInteger(number) ? number : 0;

function dayBars(groups, most) {
  const step = WIDTH / groups.length;
  return groups.flatMap(({ key, cccd }, index) =>
    [['attempts', whole(cccd?.total)], ['confirmed', whole(cccd?.covered)]]
      .map(([name, count]) => s('rect', { class: `days-${name}`,
        x: index * step + step * .1, width: step * .8,
        y: HEIGHT - count / most * HEIGHT, height: count / most * HEIGHT },
      s('title', null, `${dateText(key)}: ${t(`province.${name}`)} ` +
        countText(count)))));
}

// The chart is for the eye; the sentence and the files have the numbers.
async function drawChart() {
  const report = await get(reportPath('json'));
  const groups = [...(report.groups?.day ?? [])]
    .sort((a, b) => a.key.localeCompare(b.key));
  const most = Math.max(0, ...groups.map(({ cccd }) => whole(cccd?.total)));
  byId('chart').hidden = most === 0;
  if (most === 0)
    return;
  byId('chart').replaceChildren(
    h('figcaption', null, t('report.chart'), ' ',
      ...['attempts', 'confirmed'].map((name) => h('span', null,
        h('span', { class: `days-key days-${name}` }),
        t(`province.${name}`)))),
    h('p', { class: 'days-most' }, countText(most)),
    s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true',
      preserveAspectRatio: 'none', focusable: 'false' },
    dayBars(groups, most)),
    h('p', { class: 'days-ends' },
      h('span', null, dateText(groups[0].key)),
      h('span', null, dateText(groups.at(-1).key))));
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
    const days = PRESETS[name](today());
    return h('button', { type: 'button', class: 'button quiet small',
      'aria-pressed': String(days.from === state.from &&
        days.to === state.to),
      click: () => { Object.assign(state, days); draw(); },
    }, t(`province.${name}`));
  }));
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
    h('strong', null, `${one.code} ${one.name}`), ` ${heardText(one)} `,
    one.manager ? t('province.manager', { name: one.manager }) : null)));
}

const reasonText = ({ outcome, reason }) => outcome === 'kept'
  ? t('province.kept')
  : tFirst(`reason.${reason}.message`, `outcome.${outcome}.short`) ?? outcome;

async function fillReasons(box, code) {
  const { reasons } = await get(`/v1/clinics/${encodeURIComponent(code)}`);
  reasons.sort((a, b) => b.count - a.count);
  box.replaceChildren(reasons.length === 0
    ? h('p', null, t('province.no_reasons'))
    : h('ul', null, reasons.map((one) => h('li', null,
      h('strong', null, countText(one.count)), ` ${reasonText(one)} `,
      one.reason ? `(${one.reason}) ` : '',
      h('em', null, t(`report.owner.${one.owner}`))))));
}

// Asked for when it is opened.
function reasonsOf({ code, attempts, confirmed }) {
  if (attempts === confirmed)
    return null;
  const box = h('div', null, '…');
  return h('details', { toggle: ({ target }) => {
    if (target.open)
      fillReasons(box, code).catch(() => {
        box.textContent = t('page.link_lost');
      });
  } }, h('summary', null, t('province.reasons')), box);
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
    h('span', { class: 'tile-heard' }, heardText(one)), reasonsOf(one));
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
  drawPresets();
  drawFiles();
  drawSilent();
  drawTiles();
  try {
    await drawSentence();
    await drawChart();
    byId('link').hidden = true;
  } catch {
    byId('link').hidden = false;
  }
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
