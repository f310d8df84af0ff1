// manual.js - the form for a patient without a card

import { byId } from './dom.js';
import { birthYear, dateTyped } from './format.js';
import { focusScan } from './scan.js';
import { t } from './text.js';

function values() {
  return {
    payload: byId('manual-number').value.replace(/[\s.-]/g, '').toUpperCase(),
    full_name: byId('manual-name').value.trim().normalize('NFC')
      .replace(/\s+/g, ' '),
    date_of_birth: dateTyped(byId('manual-birth').value),
  };
}

// The id of the first field that is wrong, or null.
function wrongField({ payload, full_name: name, date_of_birth: birth }) {
  if (!/^(\d{10}|\d{12}|[A-Z]{2}\d{13})$/.test(payload))
    return 'manual-number';
  if (name.length < 2)
    return 'manual-name';
  return birth === null ? 'manual-birth' : null;
}

// A number and a birth date of two people: most often a parent's number beside
// a child. Only a hint, so that a second press asks all the same.
let hinted = '';

function isHinted({ payload, date_of_birth: birth }) {
  const born = birthYear(payload);
  const pair = `${payload} ${birth}`;
  if (born === null || born === Number(birth.slice(0, 4)) || pair === hinted)
    return false;
  hinted = pair;
  byId('manual-error').textContent = t('manual.other_person', { year: born });
  byId('manual-number').focus();
  return true;
}

function clear() {
  hinted = '';
  byId('manual-form').reset();
  byId('manual-error').textContent = '';
}

// Open it, with the number that is known already.
export function openManual(number) {
  clear();
  byId('manual-number').value = number ?? '';
  byId('manual').showModal();
  byId(number ? 'manual-name' : 'manual-number').focus();
}

// submit(body) sends number, name and birth date.
export function startManual(submit) {
  byId('manual-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const body = values();
    const wrong = wrongField(body);
    if (wrong !== null) {
      byId('manual-error').textContent =
        t(`manual.wrong_${wrong.slice('manual-'.length)}`);
      byId(wrong).focus();
      return;
    }
    if (isHinted(body))
      return;
    byId('manual').close();
    submit(body);
  });
  byId('manual-close').addEventListener('click', () => byId('manual').close());
  byId('manual').addEventListener('close', () => {
    clear();
    focusScan();
  });
}
