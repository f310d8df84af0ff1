// stage.js - the large part of the desk page, drawn anew for each view

import { h } from './dom.js';
import { extrasPanel } from './extras.js';
import { dateText } from './format.js';
import { hasFailed, headline, readFailure } from './headline.js';
import { hintPicture } from './hint.js';
import { icon } from './icons.js';
import { insurancePanel } from './insurance.js';
import { personPanel } from './person.js';
import { cardPicture } from './picture.js';
import { t, tFirst } from './text.js';

const STEPS = ['connect', 'access', 'identity', 'verify', 'photo'];

function banner(view) {
  const line = headline(view);
  if (line === null)
    return null;
  return h('section', { class: `headline tone-${line.tone}` },
    h('div', { class: 'headline-main' },
      h('span', { class: 'headline-icon' }, icon(line.icon)),
      h('div', null,
        h('h1', null, line.title),
        line.text && h('p', null, line.text))),
    line.next && h('p', { class: 'headline-next' }, icon('arrow'),
      h('span', null, line.next)));
}

function stepList(view) {
  const at = STEPS.indexOf(view.read?.step);
  if (at < 0 || view.read.error || !view.card_present)
    return null;
  return h('ol', { class: 'steps', 'aria-label': t('step.label') },
    STEPS.map((name, index) => h('li', {
      class: index < at ? 'done' : index === at ? 'now' : 'later',
      'aria-current': index === at ? 'step' : null,
    }, h('span', { class: 'step-mark' },
      index < at ? icon('check') : String(index + 1)),
    t(`step.${name}`))));
}

function notice(tone, iconName, title, text, hint = null) {
  return h('div', { class: `notice notice-${tone}` }, icon(iconName),
    h('p', null, h('strong', null, title), text ? ` ${text}` : null),
    hintPicture(hint));
}

const readerGone = ({ reader }) =>
  ['none', 'no_service', 'failed'].includes(reader?.state);

// The drawing of the reader's trouble stands here unless it is drawn large.
function readerNotice(view) {
  const { reader } = view;
  if (!reader || reader.state === 'ready')
    return null;
  const tone = reader.state === 'busy' || reader.state === 'restarting'
    ? 'info' : 'warn';
  return notice(tone, tone, t(`reader.${reader.state}.title`),
    tFirst(`hint.${reader.hint}`, `reader.${reader.state}.text`),
    guides(view) ? null : reader.hint);
}

// The page's own field takes scans meanwhile.
function scannerNotice({ scanner }) {
  return !scanner || scanner.state === 'ready' ? null
    : notice('warn', 'warn', t(`scanner.${scanner.state}.title`),
      t(`scanner.${scanner.state}.text`));
}

// Somebody else may stand here; the other kinds only differ in writing.
const ALARMING = ['chip_differs_from_print', 'tones_differ'];

const valueText = ({ field }, value) =>
  field === 'date_of_birth' ? dateText(value) : value;

// Chip and print side by side: the clerk compares them at a glance.
function bothValues(warning) {
  return h('span', { class: 'both' }, ['chip', 'print'].map((side) =>
    h('span', { class: `both-${side}` }, `${t(`warning.on_${side}`)}: `,
      h('b', null, valueText(warning, warning[side])))));
}

function warningNotice(warning) {
  const field = tFirst(`field.${warning.field}`) ?? warning.field;
  const kind = `warning.${warning.kind}`;
  const tone = ALARMING.includes(warning.kind) ? 'warn' : 'info';
  const box = notice(tone, tone, t(kind, { field }), tFirst(`${kind}.text`));
  if (warning.chip && warning.print)
    box.querySelector('p').append(bothValues(warning));
  return box;
}

// What was scanned had to be repaired: the work goes on, the cause stays.
function printNotice({ print, identity }) {
  const repaired = print && /^repaired_/.test(print.damage) &&
    identity?.source !== 'chip';
  return repaired
    ? notice('info', 'info', t(`print.${print.damage}`),
      t(`print.${print.damage}.text`)) : null;
}

// A read that failed beside an answer that another key brought.
function readNotice(view) {
  if (hasFailed(view) || guides(view) || !view.read?.error)
    return null;
  const { title, hint } = readFailure(view.read);
  return notice('warn', 'chip', `${title}.`, hint, view.read.hint);
}

// What was just typed or scanned could not be taken: that is said alone.
const refusedScan = ({ message }) => /^scan_/.test(message ?? '');

function loneHint(view) {
  const { error, hint } = view.read ?? {};
  return error || (hint === 'nothing_felt' && refusedScan(view)) ? null : hint;
}

// Nothing failed, but something has to be done: a card that is not felt, or
// one too many. Where the page guides, its title says so.
function hintNotice(view) {
  const hint = loneHint(view);
  if (!hint || guides(view))
    return null;
  return notice('warn', 'card', t(`hint.${hint}.title`), t(`hint.${hint}`),
    hint);
}

function messageNotice(view) {
  if (!view.message || view.message === 'store_failed')
    return null;
  const id = `message.${view.message}`;
  const box = notice('warn', 'warn', tFirst(id, 'message.other'),
    tFirst(`${id}.text`));
  if (['need_name_and_birth', 'name_damaged'].includes(view.message))
    box.append(h('button', { type: 'button', class: 'button small',
      'data-action': 'manual' }, t('manual.enter')));
  return box;
}

// The insurer may have answered a scan before the card was laid down.
function cardNotice(view) {
  if (!view.identity || view.identity.source === 'chip' ||
      view.card_present || readerGone(view) || guides(view) ||
      refusedScan(view))
    return null;
  return notice('do', 'place', t('phase.need_card.title'),
    t('phase.need_card.verify'));
}

function notices(view) {
  const all = [readerNotice(view), scannerNotice(view),
    hintNotice(view) ?? cardNotice(view), readNotice(view),
    messageNotice(view), printNotice(view),
    ...(view.warnings ?? []).map(warningNotice)];
  return all.filter((one) => one !== null);
}

// The two things to do, in either order; what is done carries a tick.
function task(number, state, name) {
  const done = state === 'done';
  return h('li', { class: `task task-${state}` },
    h('span', { class: 'task-mark' }, done ? icon('check') : String(number)),
    h('div', null,
      h('strong', null, t(`task.${name}.${done ? 'done' : 'title'}`)),
      done ? null : h('p', null, t(`task.${name}.text`))));
}

// State of both tasks and of the drawing, by what is there already.
const GUIDES = {
  idle: { card: 'open', key: 'open', picture: 'above' },
  need_key: { card: 'done', key: 'now', picture: 'on' },
  need_card: { card: 'now', key: 'done', picture: 'above' },
  failed: { card: 'open', key: 'open', picture: 'above', again: true },
};

function guide(view) {
  const found = GUIDES[hasFailed(view) ? 'failed' : view.phase] ?? GUIDES.idle;
  if (readerGone(view) && found.card !== 'done')
    return { ...found, card: 'off', picture: 'none' };
  // a card that does not answer is not there yet
  return loneHint(view) && found.card === 'done'
    ? { ...found, card: 'now' } : found;
}

function trouble(view) {
  const hint = loneHint(view);
  if (hint)
    return { title: t(`hint.${hint}.title`).replace(/\.$/, ''),
      hint: t(`hint.${hint}`) };
  return view.read?.error ? readFailure(view.read) : null;
}

// What to do now; after wrong digits, first that they were wrong.
function welcomeTitle(view) {
  const found = trouble(view);
  if (found === null)
    return [h('h1', null, t(`phase.${view.phase}.title`))];
  const { title, hint } = found;
  return [h('h1', { class: 'trouble' }, icon('warn'), title),
    h('p', { class: 'welcome-hint' }, hint)];
}

const isFalse = ({ read }) =>
  /^(trust_|access_downgrade|access_proof)/.test(read?.error ?? '');

// Laying a chip down again that is not genuine would not make it so, nor a
// bank card one of ours.
function tasksAgain(view, card, key) {
  if (isFalse(view))
    return [task(1, key, 'key_alone')];
  const other = view.read?.error === 'card_unsupported';
  return [task(1, card, other ? 'card' : 'card_again'),
    task(2, key, 'key_instead')];
}

// Six digits do not help with every chip.
const KEY_TASKS = {
  access_key_needed: 'key_code', access_last_try: 'key_code',
  access_unsupported: 'key_print', access_blocked: 'key_print',
};

function tasks(view, card, key) {
  const name = key === 'done' ? 'key'
    : KEY_TASKS[view.read?.error] ?? 'key';
  return [task(1, card, 'card'), task(2, key, name)];
}

function instructions(view) {
  const { card, key, picture, again } = guide(view);
  const hint = (view.read?.error ? view.read.hint : loneHint(view)) ??
    view.reader?.hint;
  return h('section', { class: 'welcome' },
    hintPicture(hint) ?? cardPicture(isFalse(view) ? 'none' : picture),
    h('div', { class: 'welcome-words' },
      again ? [] : welcomeTitle(view),
      h('ol', { class: 'tasks' }, again
        ? tasksAgain(view, card, key)
        : tasks(view, card, key)),
      h('p', { class: 'welcome-else' }, t('phase.idle.else'))));
}

// Nothing is known yet that would fill the panels.
const guides = (view) => view.message !== 'store_failed' &&
  (hasFailed(view) ||
    (headline(view) === null && !view.identity?.full_name));

function panels(view) {
  if (guides(view) || (view.message === 'store_failed' && !view.identity))
    return null;
  return h('div', { class: 'panels' }, personPanel(view),
    insurancePanel(view));
}

// Everything on the stage for this view.
export function drawStage(stage, view) {
  stage.dataset.phase = view.phase;
  stage.replaceChildren(...[
    banner(view),
    ...notices(view),
    guides(view) ? instructions(view) : null,
    stepList(view),
    panels(view),
    extrasPanel(view),
  ].filter((part) => part !== null));
}
