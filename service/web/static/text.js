// text.js - the staff's words, by id, in the chosen language
//
// The catalogue is made from service/text/*.po. A language is one row in
// LANGUAGES and one catalogue: nothing else on the page knows which there are.

export const LANGUAGES = [
  { id: 'vi', name: 'Tiếng Việt', locale: 'vi-VN' },
  { id: 'en', name: 'English', locale: 'en-GB' },
];

const KEPT_AS = 'language';
let language = LANGUAGES[0];
let catalogue = {};
let asked = 0;

function wanted() {
  const asked = new URLSearchParams(location.search).get('lang') ??
    localStorage.getItem(KEPT_AS);
  return LANGUAGES.find((known) => known.id === asked) ?? LANGUAGES[0];
}

// The language that was chosen last stays, whichever comes last.
async function load(next) {
  const mine = ++asked;
  const answer = await fetch(`/text/${next.id}.json`);
  if (!answer.ok)
    throw new Error(`text ${next.id}: ${answer.status}`);
  const words = await answer.json();
  if (mine !== asked)
    return;
  catalogue = words;
  language = next;
  document.documentElement.lang = next.id;
}

export const loadText = () => load(wanted());

export async function chooseLanguage(id) {
  await load(LANGUAGES.find((known) => known.id === id) ?? LANGUAGES[0]);
  localStorage.setItem(KEPT_AS, language.id);
}

export const currentLanguage = () => language;

export const has = (id) => Object.hasOwn(catalogue, id);

// The text of an id with {name} replaced by values.name.
export function t(id, values = {}) {
  const text = has(id) ? catalogue[id] : id;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

// The text of the first id that the catalogue has; null when it has none.
export function tFirst(...ids) {
  const known = ids.find(has);
  return known === undefined ? null : t(known);
}

// Fill every element below root that names a text.
export function translate(root) {
  for (const node of root.querySelectorAll('[data-text]'))
    node.textContent = t(node.dataset.text);
  for (const node of root.querySelectorAll('[data-label]'))
    node.setAttribute('aria-label', t(node.dataset.label));
  for (const node of root.querySelectorAll('[data-placeholder]'))
    node.placeholder = t(node.dataset.placeholder);
}
