// notice.js - the form of a notice: the first cost, a refused one mended, or
// one that was sent and is outdated, corrected
//
// What the check-in knows already is filled in; what it lacks stands above.
// What the insurer says otherwise since then is filled in as it is now.

import { post, put } from './api.js';
import { byId, h } from './dom.js';
import { focusScan } from './scan.js';
import { has, t } from './text.js';

// What a clerk always gives, then all else in the order of the file.
const FIRST = ['MA_BN', 'MA_LK', 'MA_DOITUONG_KCB', 'MA_DICH_VU',
  'TEN_DICH_VU', 'NGAY_YL'];
const ALL = ['MA_LK', 'MA_BN', 'HO_TEN', 'SO_CCCD', 'NGAY_SINH', 'GIOI_TINH',
  'MA_THE_BHYT', 'MA_DKBD', 'GT_THE_TU', 'GT_THE_DEN', 'MA_DOITUONG_KCB',
  'NGAY_VAO', 'NGAY_VAO_NOI_TRU', 'LY_DO_VNT', 'MA_LOAI_KCB', 'MA_DICH_VU',
  'TEN_DICH_VU', 'MA_THUOC', 'TEN_THUOC', 'MA_VAT_TU', 'TEN_VAT_TU',
  'NGAY_YL'];

const MINUTES = ['NGAY_YL', 'NGAY_VAO', 'NGAY_VAO_NOI_TRU'];
const ZONE = 'Asia/Ho_Chi_Minh';

const CARD = 'MA_THE_BHYT';

let now = null;		// { checkIn, notice, done }

// What a clerk may do about the notice: 'open' a first one, 'mend' what came
// back, 'correct' what has become outdated. null: nothing.
export function nextCall(checkIn) {
  const notice = checkIn.notices.at(-1);
  if (!notice)
    return checkIn.state === 'admitted' ? 'open' : null;
  if (['rejected', 'given_up'].includes(notice.state))
    return 'mend';
  return notice.state === 'accepted' && notice.outdated?.length > 0
    ? 'correct' : null;
}

// "202611230735" ↔ "2026-11-23T07:35", as the browser's own field has it.
export const minuteShown = (text) => text.replace(
  /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})$/, '$1-$2-$3T$4:$5');
export const minuteSent = (text) => text.replace(/[-T:]/g, '');

const thisMinute = () => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE,
  dateStyle: 'short', timeStyle: 'short' }).format(Date.now())
  .replace(' ', 'T');

const outdated = (name) => now.notice?.outdated?.includes(name) ?? false;

// With another card the category may be another one, too.
const renewed = (name) => outdated(name) ||
  (name === 'MA_DOITUONG_KCB' && outdated(CARD) &&
    Boolean(now.checkIn.fields[name]));

function known(name) {
  const fields = (now.notice && !renewed(name) ? now.notice
    : now.checkIn).fields;
  const value = fields[name] ?? '';
  if (!MINUTES.includes(name))
    return value;
  return value === '' && name === 'NGAY_YL' ? thisMinute()
    : minuteShown(value);
}

// Codes to choose among, the one that is there first.
function categories(value) {
  const { proposed, ask } = now.checkIn.category ??
    { proposed: null, ask: [] };
  const rows = proposed ? [proposed, ...ask] : ask;
  const others = value && !rows.some(({ code }) => code === value)
    ? [{ code: value, text: '' }] : [];
  return h('select', { id: 'notice-MA_DOITUONG_KCB' },
    value ? null : h('option', { value: '' }, t('checkin.category.choose')),
    [...others, ...rows].map(({ code, text }) => h('option', { value: code,
      selected: code === value }, text ? `${code} – ${text}` : code)));
}

function input(name) {
  if (name === 'MA_DOITUONG_KCB' && now.checkIn.category)
    return categories(known(name));
  return h('input', { id: `notice-${name}`, value: known(name),
    type: MINUTES.includes(name) ? 'datetime-local' : 'text',
    readonly: name === 'MA_LK' && now.notice !== null,
    autocomplete: 'off', spellcheck: 'false' });
}

const label = (name) => t(`checkin.field.${name}`);

function row(name) {
  return h('div', { class: 'notice-row', 'data-field': name },
    h('label', { for: `notice-${name}` }, label(name)), input(name),
    renewed(name) && h('p', { class: 'field-before' },
      t('checkin.field.before',
        { value: now.notice.fields[name] || t('checkin.field.empty') })),
    h('p', { class: 'field-error', role: 'alert' }));
}

function shownFirst() {
  const lacks = (now.checkIn.missing ?? []).map(({ field }) => field);
  return ALL.filter((name) => FIRST.includes(name) ||
    lacks.includes(name) || renewed(name))
    .filter((name) => name !== 'MA_LK' || now.notice !== null ||
      !now.checkIn.episode_rule);
}

function fill() {
  const first = shownFirst();
  const rest = ALL.filter((name) => !first.includes(name) &&
    (name !== 'MA_LK' || !now.checkIn.episode_rule));
  const words = now.notice?.state === 'accepted' ? t('checkin.outdated.text')
    : now.notice?.words ?? '';
  byId('notice-words').textContent = words;
  byId('notice-words').hidden = !words;
  byId('notice-error').textContent = '';
  byId('notice-text').hidden = now.notice !== null;
  byId('notice-fields').replaceChildren(...first.map(row),
    h('details', null, h('summary', null, t('checkin.notice.more')),
      rest.map(row)));
}

function changed() {
  const fields = {};
  for (const name of ALL) {
    const node = byId(`notice-${name}`);
    const text = node === null ? '' : MINUTES.includes(name)
      ? minuteSent(node.value) : node.value.trim();
    const before = (now.notice ?? now.checkIn).fields[name] ?? '';
    if (node !== null && text !== before)
      fields[name] = text;
  }
  return fields;
}

// Each defect beside its field; what has no field, below.
function showProblem(problem) {
  for (const node of byId('notice-fields').querySelectorAll('.field-error'))
    node.textContent = '';
  for (const { pointer, defect } of problem.errors) {
    const name = String(pointer).split('/').pop();
    const place = byId('notice-fields')
      .querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!place)
      continue;
    place.querySelector('.field-error').textContent =
      has(`checkin.defect.${defect}`) ? t(`checkin.defect.${defect}`)
        : t('checkin.defect.form');
    place.closest('details')?.setAttribute('open', '');
  }
  byId('notice-error').textContent = problem.errors.length > 0
    ? t('checkin.notice.defects')
    : t(has(`problem.${problem.type}`) ? `problem.${problem.type}`
      : problem.status === 0 ? 'problem.line' : 'problem.other',
    { status: problem.status });
}

async function send() {
  const base = `/v1/check-ins/${now.notice?.check_in ?? now.checkIn.id}`;
  const fields = changed();
  const { notice } = now;
  try {
    const checkIn = notice === null || notice.state === 'accepted'
      ? await post(`${base}/notices`, notice === null ? { fields }
        : { fields, corrects: notice.number })
      : await put(`${base}/notices/${notice.number}`, { fields });
    const { done } = now;
    byId('notice').close();
    done(checkIn);
  } catch (problem) {
    showProblem(problem);
  }
}

// notice null: a new one of this check-in. done(checkIn) after it was taken.
export function openNotice(checkIn, notice, done) {
  now = { checkIn, notice, done };
  fill();
  byId('notice').showModal();
  byId(notice === null ? 'notice-MA_BN' : 'notice-cancel')
    .focus({ preventScroll: true });
  byId('notice').scrollTop = 0;
}

export function startNotice() {
  byId('notice-form').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  byId('notice-cancel').addEventListener('click', () => byId('notice').close());
  byId('notice').addEventListener('close', () => {
    byId('notice-fields').replaceChildren();
    now = null;
    focusScan();
  });
}
