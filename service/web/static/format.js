// format.js - dates and numbers as a clerk reads them
//
// Dates come as ISO 8601, partial where the papers are; instants as RFC 3339.
// The clock on the wall is the one of Asia/Ho_Chi_Minh wherever the PC thinks
// it is.

import { currentLanguage, t } from './text.js';

const ZONE = 'Asia/Ho_Chi_Minh';

// "1990-03-05" → "05/03/1990", "1990-03" → "03/1990", "1990" → "1990".
export function dateText(iso) {
  return (iso ?? '').split('-').reverse().join('/');
}

// Today's date at the desk, ISO.
export function today(now = Date.now()) {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(now);
}

// "14:05" for an instant of today, "14:05 20/11/2026" for another day.
export function instantText(rfc3339) {
  const when = Date.parse(rfc3339);
  if (Number.isNaN(when))
    return '';
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE,
    hour: '2-digit', minute: '2-digit' }).format(when);
  const day = today(when);
  return day === today() ? time : `${time} ${dateText(day)}`;
}

// How old an instant is: "3 ngày", "3 days".
export function ageText(rfc3339) {
  const minutes = Math.max(0, (Date.now() - Date.parse(rfc3339)) / 60000);
  if (minutes < 60)
    return t('age.minutes', { n: Math.round(minutes) });
  if (minutes < 48 * 60)
    return t('age.hours', { n: Math.round(minutes / 60) });
  return t('age.days', { n: Math.round(minutes / 1440) });
}

// "084190123456" → ["084", "190", "123", "456"]: spaced on the screen, whole
// in the clipboard.
export function digitGroups(number) {
  return (number ?? '').match(/.{1,3}/g) ?? [];
}

export function countText(number) {
  return new Intl.NumberFormat(currentLanguage().locale).format(number);
}

// The year of birth that an identity number holds: digit 4 is century and sex,
// then two of the year. null for any other number.
export function birthYear(number) {
  if (!/^\d{12}$/.test(number ?? ''))
    return null;
  return 1900 + 100 * Math.floor(Number(number[3]) / 2) +
    Number(number.slice(4, 6));
}

// What a clerk types as a birth date → ISO, or null: "05/03/1990",
// "05031990", "5.3.1990", "03/1990", "1990".
export function dateTyped(text) {
  const trimmed = text.trim();
  const solid = /^(\d{2})(\d{2})(\d{4})$/.exec(trimmed);
  const parts = solid ? solid.slice(1) : trimmed.split(/[/.\- ]+/);
  const [year, month, day] = parts.reverse();
  if (parts.length > 3 || !/^(19|20)\d{2}$/.test(year ?? ''))
    return null;
  if (![month, day].every((part) => part === undefined ||
      /^\d{1,2}$/.test(part)))
    return null;
  const iso = [year, month, day].filter((part) => part !== undefined)
    .map((part) => part.padStart(2, '0')).join('-');
  return dateExists(iso) ? iso : null;
}

function dateExists(iso) {
  const full = `${iso}-01-01`.slice(0, 10);
  const parsed = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) &&
    parsed.toISOString().slice(0, 10) === full && full <= today();
}
