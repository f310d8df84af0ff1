// clerk.js - who sits at the desk: in whose name the insurer is asked
//
// The clerk signs on with her name; the insurer says at once whether it takes
// her, not when a patient stands there. Kept in the browser is the name that
// was chosen at this desk, so that a daemon that started anew hears it again.

import { get, post, remove } from './api.js';
import { byId, h } from './dom.js';
import { focusScan, noteProblem } from './scan.js';
import { t, tFirst } from './text.js';

const state = {
  desk: null, now: null, names: [], refused: null, asking: false, tried: null,
};

const keptAs = (desk) => `clerk.${desk}`;
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
    if (state.refused === null)
      localStorage.setItem(keptAs(desk), name);
    else
      localStorage.removeItem(keptAs(desk));
  } catch (problem) {
    noteProblem(problem);
  }
  state.asking = false;
  drawClerk();
}

async function signOff() {
  state.refused = null;
  localStorage.removeItem(keptAs(state.desk));
  await remove(`/v1/desks/${encodeURIComponent(state.desk)}/operator`)
    .catch(noteProblem);
  drawClerk();
}

// The daemon started anew and knows nobody: tell it again, once.
function signOnAgain() {
  const kept = localStorage.getItem(keptAs(state.desk));
  if (kept === null || state.now?.signed_on !== false || state.asking ||
      state.tried === state.desk || !state.names.includes(kept))
    return;
  state.tried = state.desk;
  signOn(kept);
}

// A view came: its desk, and in whose name that asks.
export function clerkView(desk, now) {
  if (desk !== state.desk)
    state.refused = null;
  state.desk = desk;
  drawClerk(now ?? null);
  signOnAgain();
}

// The daemon is there (again): who may sign on is in its configuration.
export async function clerkLinked() {
  const list = await get('/v1/operators').catch(() => []);
  state.names = list.map(({ name }) => name);
  state.tried = null;
  drawClerk();
  signOnAgain();
}

export function startClerk() {
  byId('clerk').addEventListener('change', (event) => {
    const name = event.target.value;
    (name === '' ? signOff() : signOn(name)).then(focusScan);
  });
}
