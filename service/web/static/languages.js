// languages.js - the switch between the staff's languages

import { h } from './dom.js';
import { LANGUAGES, chooseLanguage, currentLanguage } from './text.js';

// Fill nav with one button for each language; changed() draws the page anew.
export function drawLanguages(nav, changed) {
  nav.replaceChildren(...LANGUAGES.map((language) => h('button', {
    type: 'button', lang: language.id,
    'aria-pressed': String(language.id === currentLanguage().id),
    click: async () => {
      await chooseLanguage(language.id);
      changed();
    },
  }, language.name)));
}
