// it.js - the page for clinic IT, asked anew every few seconds

import { get } from './api.js';
import { OUTCOMES, seriesChart } from './chart.js';
import { byId, h } from './dom.js';
import { ageText, instantText, today } from './format.js';
import { icon } from './icons.js';
import { drawLanguages } from './languages.js';
import { parseMetrics, single } from './metrics.js';
import { loadText, t, tFirst, translate } from './text.js';

const SERIES = ['cccd', 'visits', 'lookups', 'calls'];
const EVERY_MS = 5000;
const state = { facts: null, linked: true, practice: false };

async function metrics() {
  const answer = await fetch('/metrics', { cache: 'no-store' });
  if (!answer.ok)
    throw new Error(`metrics: ${answer.status}`);
  return parseMetrics(await answer.text());
}

// readyz says 503 when it is not ready: an answer, not a failure.
async function readiness() {
  const answer = await fetch('/readyz', { cache: 'no-store' });
  return { ok: answer.ok, detail: await answer.json().catch(() => ({})) };
}

function figuresOf(series) {
  const day = today();
  return get(`/v1/stats?from=${day}&to=${day}&series=${series}`);
}

// The desks tell whether the daemon is there at all; any other part that
// fails leaves its place empty and the rest standing.
async function gather() {
  const [desks, samples, ready, collector, ...figures] = await Promise.all([
    get('/v1/desks'), metrics().catch(() => []), readiness(),
    get('/v1/collector').catch(() => ({})),
    ...SERIES.map((series) => figuresOf(series).catch(() => ({})))]);
  return { desks, samples, ready, collector, figures, at: Date.now() };
}

// One line of health: tone is ok, warn or bad; a word says it besides.
function line(tone, name, word, text) {
  const shape = { ok: 'check', warn: 'info', bad: 'warn' }[tone];
  return h('li', { class: `health-line health-${tone}` },
    h('span', { class: 'health-mark' }, icon(shape)),
    h('div', null, h('strong', null, name), ' ',
      h('span', { class: 'health-word' }, word),
      text ? h('p', { class: 'muted' }, text) : null));
}

function readerLine(view) {
  const readerState = view.reader?.state ?? 'none';
  const tone = readerState === 'ready' ? 'ok'
    : ['busy', 'restarting'].includes(readerState) ? 'warn' : 'bad';
  return line(tone, t('it.desk', { desk: view.desk }),
    t(`reader.${readerState}`),
    tone === 'ok' ? view.reader.name : t(`reader.${readerState}.text`));
}

function gatewayLine(samples) {
  const up = single(samples, 'checkin_gateway_up');
  const last = single(samples,
    'checkin_gateway_last_success_timestamp_seconds');
  const iso = last > 0 ? new Date(last * 1000).toISOString() : null;
  const since = iso === null ? t('it.gateway.never')
    : t('it.gateway.last', { at: instantText(iso), age: ageText(iso) });
  const asked = samples.some(({ name, value }) => value > 0 &&
    name === 'checkin_gateway_requests_total');
  if (up === 1)
    return line('ok', t('it.gateway'), t('it.gateway.up'), since);
  if (up === 0 && asked)
    return line('bad', t('it.gateway'), t('it.gateway.down'), since);
  return line('warn', t('it.gateway'), t('it.gateway.unknown'), since);
}

const labelled = (samples, name, label, value) =>
  samples.find((one) => one.name === name && one.labels[label] === value)
    ?.value ?? 0;

// After failures in a row the gateway is left alone for a while; then one
// call tries. Lookups meanwhile are answered from what is kept.
function breakerLine(samples) {
  const held = labelled(samples, 'checkin_gateway_requests_total', 'result',
    'held');
  const states = ['lookup', 'login'].map((name) =>
    [name, labelled(samples, 'checkin_gateway_breaker', 'function', name)]);
  const [name, value] = states.find(([, one]) => one > 0) ?? [];
  const count = t('it.breaker.held', { n: held });
  return name === undefined
    ? line('ok', t('it.breaker'), t('it.breaker.closed'),
      held > 0 ? count : null)
    : line(value === 1 ? 'bad' : 'warn', t('it.breaker'),
      t(value === 1 ? 'it.breaker.open' : 'it.breaker.trying'),
      `${t(`it.breaker.${name}`)} ${count}`);
}

// A queue is a worry only while something waits in it.
function queueLine(samples, name, id) {
  const waiting = single(samples, name);
  if (waiting === undefined)
    return null;
  const oldest = single(samples, `${name.replace(/_[a-z]+$/, '')}` +
    '_oldest_timestamp_seconds');
  const iso = oldest > 0 ? new Date(oldest * 1000).toISOString() : null;
  return line(waiting > 0 ? 'warn' : 'ok', t(id),
    waiting > 0 ? t('it.queue.waiting', { n: waiting }) : t('it.queue.empty'),
    waiting > 0 ? [t(`${id}.text`), iso
      ? t('it.queue.oldest', { age: ageText(iso) }) : '']
      .filter(Boolean).join(' ') : null);
}

// Only where figures are pushed: they may be fetched or carried as well.
function collectorLine(view) {
  if (view.configured !== true)
    return null;
  const until = view.pushed_until === null ? t('it.collector.never')
    : t('it.collector.until', { at: instantText(view.pushed_until) });
  if (view.error === null)
    return view.pushed_until === null
      ? line('warn', t('it.collector'), t('it.collector.waiting'), until)
      : line('ok', t('it.collector'), t('it.collector.good'), until);
  return line('bad', t('it.collector'), t('it.collector.bad'), [
    tFirst(`collector.${view.error.label}`) ?? view.error.words,
    t('it.collector.since', { at: instantText(view.failing_since) }),
    until].join(' '));
}

// What readyz names as not ready, in words where the catalogue has them.
function readyLine({ ok, detail }) {
  if (ok)
    return line('ok', t('it.server'), t('it.server.ready'),
      t('it.server.ready_text'));
  return line('bad', t('it.server'), t('it.server.not_ready'),
    tFirst(`problem.${String(detail.type ?? '').split('/').pop()}`) ??
      detail.detail ?? detail.title ?? t('it.server.not_ready_text'));
}

function versionText(samples) {
  const build = samples.find(({ name }) => name === 'checkin_build_info');
  return build === undefined ? ''
    : t('it.version', { version: build.labels.version ?? '' });
}

function drawFacts({ desks, samples, ready, collector, figures, at }) {
  const health = [readyLine(ready), gatewayLine(samples),
    breakerLine(samples),
    queueLine(samples, 'checkin_recheck_queue_length', 'it.recheck'),
    queueLine(samples, 'checkin_outbox_pending', 'it.outbox'),
    collectorLine(collector),
    ...desks.map(readerLine),
    desks.length === 0
      ? line('bad', t('it.readers'), t('reader.none'), t('reader.none.text'))
      : null];
  byId('health').replaceChildren(...health.filter((one) => one !== null));
  byId('figures').replaceChildren(...SERIES.map((name, index) =>
    seriesChart(name, whole(figures[index]))));
  byId('seen').textContent = [versionText(samples), t('it.seen', {
    at: instantText(new Date(at).toISOString()) })].filter(Boolean).join(' ');
}

// Absent members are nothing yet, not an unknown.
function whole(figures) {
  const numbers = OUTCOMES.map((outcome) => [outcome, figures[outcome] ?? 0]);
  return { total: figures.total ?? 0, ...Object.fromEntries(numbers) };
}

function draw() {
  translate(document);
  document.title = t('it.title');
  byId('practice-band').hidden = !state.practice;
  byId('link').hidden = state.linked;
  byId('link').textContent = state.linked ? '' : t('page.link_lost');
  drawLanguages(byId('languages'), draw);
  if (state.facts !== null)
    drawFacts(state.facts);
}

async function refresh() {
  try {
    state.facts = await gather();
    state.linked = true;
  } catch {
    state.linked = false;
  }
  draw();
  setTimeout(refresh, EVERY_MS);
}

async function start() {
  await loadText();
  const station = await get('/v1/station').catch(() => ({}));
  state.practice = station.practice === true;
  draw();
  refresh();
}

start();
