// without.js - admit a patient who has no card: a reason is enough
//
// A child is admitted under its own number or name; there is no field for a
// parent's.

import { admitWithout } from './admission.js';
import { byId, h } from './dom.js';
import { birthYear, dateTyped, today } from './format.js';
import { focusScan, noteProblem } from './scan.js';
import { t } from './text.js';

const REASONS = ['newborn', 'child_number', 'emergency', 'unconscious',
  'no_card'];

function drawReasons() {
  byId('without-reasons').replaceChildren(...REASONS.map((reason) =>
    h('label', { class: 'without-reason' },
      h('input', { type: 'radio', name: 'without-reason', value: reason,
        required: true }),
      h('span', null, h('strong', null, t(`checkin.without.${reason}`)),
        ` ${t(`checkin.without.${reason}.text`)}`))));
}

const value = (id) => byId(id).value.trim();

// What was filled in; null where the birth date is none.
function body() {
  const birth = value('without-birth');
  const said = {
    without_card: document.querySelector('[name=without-reason]:checked')
      ?.value,
    full_name: value('without-name'),
    date_of_birth: birth === '' ? '' : dateTyped(birth),
    time_of_birth: value('without-time'),
    sex: value('without-sex'),
    number: value('without-number'),
  };
  if (said.date_of_birth === null)
    return null;
  return Object.fromEntries(Object.entries(said)
    .filter(([, text]) => text !== '' && text !== undefined));
}

// A grown-up's number in a child's place is a parent's: its digits 4 to 6 tell
// the year of birth.
const CHILDREN = ['newborn', 'child_number'];
const ADULT_YEARS = 18;

function isOfAParent({ without_card: reason, number }) {
  const born = birthYear(number);
  return CHILDREN.includes(reason) && born !== null &&
    Number(today().slice(0, 4)) - born >= ADULT_YEARS;
}

function complain(id) {
  byId('without-error').textContent = t(id);
}

async function submit(event) {
  event.preventDefault();
  const said = body();
  if (said === null || said.without_card === undefined) {
    complain(said === null ? 'manual.wrong_birth' : 'checkin.without.choose');
    return;
  }
  if (isOfAParent(said)) {
    complain('checkin.without.parent');
    byId('without-number').select();
    return;
  }
  try {
    await admitWithout(said);
    byId('without').close();
  } catch (problem) {
    complain(problem.status === 422 ? 'checkin.without.wrong'
      : 'problem.line');
    noteProblem(problem);
  }
}

function open() {
  byId('manual').close();
  byId('without-form').reset();
  complain('');
  drawReasons();
  byId('without').showModal();
}

export function startWithout() {
  byId('without-open').addEventListener('click', open);
  byId('without-form').addEventListener('submit', submit);
  byId('without-cancel').addEventListener('click',
    () => byId('without').close());
  byId('without').addEventListener('close', () => {
    byId('without-form').reset();
    focusScan();
  });
}
