// refused.js - notices that the insurer refused, or that were given up
//
// A button in the bar tells how many; the list has the insurer's words, and
// each can be mended and sent again.

import { get } from './api.js';
import { byId, h } from './dom.js';
import { instantText } from './format.js';
import { newest } from './newest.js';
import { openNotice } from './notice.js';
import { focusScan } from './scan.js';
import { t } from './text.js';

const EVERY_MS = 30000;
let notices = [];

const anew = newest();

// A list that was asked for before a notice was mended still has it.
async function load() {
  const signal = anew();
  const lists = await Promise.all(['rejected', 'given_up'].map((state) =>
    get(`/v1/check-ins?state=${state}`, signal))).catch(() => null);
  if (signal.aborted)
    return;
  if (lists !== null)
    notices = lists.flat().sort((a, b) => a.number - b.number);
  drawRefused();
}

async function mend(notice) {
  byId('refused').close();
  const checkIn = await get(`/v1/check-ins/${notice.check_in}`)
    .catch(() => ({ fields: {}, category: null, notices: [] }));
  const whole = checkIn.notices?.find(({ number }) =>
    number === notice.number);
  openNotice({ ...checkIn, missing: [] }, whole ?? notice, load);
}

function item(notice) {
  return h('li', null,
    h('div', null,
      h('strong', null, notice.fields.HO_TEN),
      h('span', { class: 'muted' }, ` ${notice.fields.MA_BN} · ${
        instantText(notice.decided_at)} · ${
        t(`checkin.notice.${notice.state}`)}`),
      h('p', null, notice.words ?? t('checkin.refused.no_words'))),
    h('button', { type: 'button', class: 'button small',
      click: () => mend(notice) }, t('checkin.refused.mend')));
}

export function drawRefused() {
  const button = byId('refused-open');
  button.hidden = notices.length === 0;
  button.textContent = t('checkin.refused.open', { n: notices.length });
  button.title = t('checkin.refused.title');
  byId('refused-list').replaceChildren(...notices.map(item));
}

export function startRefused() {
  byId('refused-open').addEventListener('click',
    () => byId('refused').showModal());
  byId('refused-close').addEventListener('click',
    () => byId('refused').close());
  byId('refused').addEventListener('close', focusScan);
  setInterval(load, EVERY_MS);
  load();
}
