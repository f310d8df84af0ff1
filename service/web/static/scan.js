// scan.js - the one field that a scanner or a keyboard types into
//
// A keyboard wedge sends its text and Enter. The field has the focus whenever
// nothing else needs it, so a scan never goes astray.

import { byId } from './dom.js';
import { t, tFirst } from './text.js';

const NOTE_MS = 6000;
let noteTimer = 0;

// A short word below the field; gone by itself.
export function note(text) {
  clearTimeout(noteTimer);
  byId('scan-note').textContent = text;
  if (text !== '')
    noteTimer = setTimeout(() => note(''), NOTE_MS);
}

// The view itself tells of these, larger and for longer.
const IN_THE_VIEW = ['scan-unknown', 'scan-malformed', 'scan-old-number',
  'scan-app-code', 'scan-keyboard', 'scan-too-long'];

export function noteProblem(problem) {
  if (IN_THE_VIEW.includes(problem.type))
    return;
  if (problem.status === 0)
    note(t('problem.line'));
  else
    note(tFirst(`problem.${problem.type}`) ??
      t('problem.other', { status: problem.status }));
}

const isTouch = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

// Back to the field, unless that would open a phone's keyboard or take the
// focus from somebody who works with the keys.
export function focusScan() {
  if (!isTouch() && !document.querySelector('dialog[open]'))
    byId('scan').focus({ preventScroll: true });
}

const TAKES_TEXT = 'input:not([type=radio]), select, textarea, dialog';

// Typing that goes nowhere goes into the field.
function catchTyping(event) {
  const plain = event.key.length === 1 && event.key !== ' ' &&
    !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && !event.target.closest?.(TAKES_TEXT))
    byId('scan').focus({ preventScroll: true });
}

// The zone on the back of a card has three lines, that of a passport two; a
// scanner or a clerk ends each with Enter. They wait here until they are one.
const ZONE_TEXT = /^[A-Z0-9<]+$/i;
const ZONE_LINES = { 30: 3, 36: 2, 44: 2 };
let zone = [];

function joinZone(text) {
  const lines = ZONE_TEXT.test(text) ? ZONE_LINES[text.length] : undefined;
  if (zone.length > 0 && zone[0].length !== text.length)
    zone = [];
  if (!lines || (zone.length === 0 && !text.includes('<'))) {
    zone = [];
    return text;
  }
  zone.push(text);
  if (zone.length < lines) {
    note(t('scan.zone_more', { n: zone.length + 1 }));
    return '';
  }
  const whole = zone.join('');
  zone = [];
  return whole;
}

// submit(text) sends what was scanned or typed.
export function startScan(submit) {
  const field = byId('scan');
  byId('scan-form').addEventListener('submit', (event) => {
    event.preventDefault();
    note('');
    const text = joinZone(field.value.trim());
    field.value = '';
    if (text !== '')
      submit(text);
    focusScan();
  });
  document.addEventListener('keydown', catchTyping);
  document.addEventListener('click', (event) => {
    if (!event.target.closest('a, button, input, select, label, dialog'))
      focusScan();
  });
}
