// clerk.js - who sits at the desk: in whose name the insurer is asked
//
// The clerk signs on with her name; the insurer says at once whether it takes
// her, not when a patient stands there. Who sits at a desk the daemon knows, and
// tells every page of that desk; nothing of it is kept in the browser.

import { get, post, remove } from './api.js';
import { byId, h } from './dom.js';
import { focusScan, noteProblem } from './scan.js';
import { t, tFirst } from './text.js';

const state = {
  desk: null, now: null, names: [], refused: null, asking: false,
};

const signedOn = () => (state.now?.signed_on ? state.now.name : '');

function choices() {
  return [
    h('option', { value: '', selected: signedOn() === '' },
      t('clerk.nobody', { name: state.names[0] ?? '' })),
    ...state.names.map((name) =>
      h('option', { value: name, selected: name === signedOn() }, name))];
}

// Words for a reason that is the clinic's own to mend.
function words(found, part) {
  const id = `reason.${found.reason}.${part}`;
  return tFirst(`clerk.${found.reason}.${part}`, `${id}.clinic`, id) ??
    found[part] ?? '';
}

function troubleText(found, id) {
  return [t(id, { name: found.name }), words(found, 'message'),
    t('clerk.refused_next')].filter(Boolean).join(' ');
}

// One line below the bar, only while there is something to do.
function noteText() {
  if (state.asking)
    return t('clerk.asking');
  if (state.refused !== null)
    return troubleText(state.refused, 'clerk.refused');
  if (state.now?.state === 'refused')
    return troubleText(state.now, 'clerk.refused_now');
  if (state.now?.signed_on && state.now.state === 'unknown' &&
      state.now.reason)
    return t('clerk.unproven', { name: state.now.name });
  return '';
}

export function drawClerk(now = state.now) {
  state.now = now;
  const text = noteText();
  byId('clerk').replaceChildren(...choices());
  byId('clerk').title = state.now?.signed_on === false
    ? t('clerk.nobody_text', { name: state.now.name }) : signedOn();
  byId('clerk').disabled = state.asking || state.names.length === 0;
  byId('clerk-note').hidden = text === '';
  byId('clerk-note').textContent = text;
}

async function signOn(name) {
  const { desk } = state;
  state.asking = true;
  state.refused = null;
  drawClerk();
  try {
    const found = await post('/v1/operators/sign-on', { name, desk });
    state.refused = found.state === 'refused' ? found : null;
  } catch (problem) {
    noteProblem(problem);
  }
  state.asking = false;
  drawClerk();
}

async function signOff() {
  state.refused = null;
  await remove(`/v1/desks/${encodeURIComponent(state.desk)}/operator`)
    .catch(noteProblem);
  drawClerk();
}

// A view came: its desk, and in whose name that asks.
export function clerkView(desk, now) {
  if (desk !== state.desk)
    state.refused = null;
  state.desk = desk;
  drawClerk(now ?? null);
}

// The daemon is there (again): who may sign on is in its configuration.
export async function clerkLinked() {
  const list = await get('/v1/operators').catch(() => []);
  state.names = list.map(({ name }) => name);
  drawClerk();
}

export function startClerk() {
  byId('clerk').addEventListener('change', (event) => {
    const name = event.target.value;
    (name === '' ? signOff() : signOn(name)).then(focusScan);
  });
}
