// stage.js - the large part of the desk page, drawn anew for each view

import { h } from './dom.js';
import { readFailure, hasOutcome, headline } from './headline.js';
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
  const step = view.read?.step;
  const at = STEPS.indexOf(step);
  if (at < 0)
    return null;
  return h('ol', { class: 'steps', 'aria-label': t('step.label') },
    STEPS.map((name, index) => h('li', {
      class: index < at ? 'done' : index === at ? 'now' : 'later',
      'aria-current': index === at ? 'step' : null,
    }, h('span', { class: 'step-mark' },
      index < at ? icon('check') : String(index + 1)),
    t(`step.${name}`))));
}

function notice(tone, iconName, title, text) {
  return h('div', { class: `notice notice-${tone}` }, icon(iconName),
    h('p', null, h('strong', null, title), text ? ` ${text}` : null));
}

function readerNotice({ reader }) {
  if (!reader || reader.state === 'ready')
    return null;
  const tone = reader.state === 'busy' || reader.state === 'restarting'
    ? 'info' : 'warn';
  return notice(tone, tone, t(`reader.${reader.state}.title`),
    tFirst(`hint.${reader.hint}`, `reader.${reader.state}.text`));
}

function warningNotice(warning) {
  const field = tFirst(`field.${warning.field}`) ?? warning.field;
  const kind = `warning.${warning.kind}`;
  return notice('warn', 'warn', t(kind, { field }),
    tFirst(`${kind}.text`) ?? '');
}

// A read that failed beside an answer that another key brought.
function readNotice(view) {
  if (view.phase === 'failed' || !view.read?.error)
    return null;
  const { title, hint } = readFailure(view.read);
  return notice('warn', 'chip', title, hint);
}

function messageNotice(view) {
  if (!view.message)
    return null;
  const id = `message.${view.message}`;
  return notice('warn', 'warn', tFirst(id, 'message.other'),
    tFirst(`${id}.text`) ?? '');
}

function cardNotice(view) {
  if (view.phase !== 'need_card' || !view.identity)
    return null;
  return notice('do', 'place', t('phase.need_card.title'),
    t('phase.need_card.verify'));
}

function notices(view) {
  const all = [readerNotice(view), cardNotice(view), readNotice(view),
    messageNotice(view), ...(view.warnings ?? []).map(warningNotice)];
  return all.filter((one) => one !== null);
}

// The two things to do, in either order; what is done carries a tick.
function task(number, state, name) {
  return h('li', { class: `task task-${state}` },
    h('span', { class: 'task-mark' },
      state === 'done' ? icon('check') : String(number)),
    h('div', null, h('strong', null, t(`task.${name}.title`)),
      h('p', null, t(`task.${name}.text`))));
}

function instructions(view) {
  const { phase } = view;
  const noReader = ['none', 'no_service', 'failed'].includes(
    view.reader?.state);
  const card = phase === 'need_key' ? 'done'
    : noReader ? 'off' : phase === 'need_card' ? 'now' : 'open';
  const key = phase === 'need_card' ? 'done'
    : phase === 'need_key' ? 'now' : 'open';
  const picture = noReader ? 'none' : phase === 'need_key' ? 'on' : 'above';
  return h('section', { class: 'welcome' }, cardPicture(picture),
    h('div', { class: 'welcome-words' },
      h('h1', null, t(`phase.${phase}.title`)),
      h('ol', { class: 'tasks' }, task(1, card, 'card'), task(2, key, 'key')),
      h('p', { class: 'welcome-else' }, t('phase.idle.else'))));
}

function panels(view) {
  if (!view.identity && !hasOutcome(view) && view.phase !== 'reading')
    return null;
  return h('div', { class: 'panels' }, personPanel(view),
    insurancePanel(view));
}

// Everything on the stage for this view.
export function drawStage(stage, view) {
  const waits = headline(view) === null && !view.identity;
  stage.dataset.phase = view.phase;
  stage.replaceChildren(...[
    banner(view),
    ...notices(view),
    waits ? instructions(view) : null,
    stepList(view),
    panels(view),
  ].filter((part) => part !== null));
}
