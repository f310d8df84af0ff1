// hint.js - a drawing for each hint: what to do with card and reader
//
// Ids are those of include/ck/hint.h; the words stand in hint.<id> of the
// catalogue.

import { s } from './dom.js';
import { card, rect, reader } from './picture.js';

const path = (className, d) => s('path', { class: className, d });
const moved = (transform, ...parts) => s('g', { transform }, ...parts);
const idCard = (transform) => moved(transform, card());
const circle = (className, cx, cy, r) =>
  s('circle', { class: className, cx, cy, r });

const cross = (x, y) => moved(`translate(${x} ${y})`,
  circle('pic-no', 0, 0, 19), path('pic-mark', 'M-7 -7L7 7M7 -7L-7 7'));
const tick = (x, y) => moved(`translate(${x} ${y})`,
  circle('pic-yes', 0, 0, 19), path('pic-mark', 'M-9 1l6 6 12-13'));

// The outline of any other card, to be filled.
const plain = (className, ...parts) => [
  rect(`pic-other ${className}`, 0, 0, 132, 84, 9), ...parts];

// Bare and flat: the card leaves its sleeve.
const sleeve = () => [reader(), idCard('translate(34 2) scale(.78)'),
  rect('pic-sleeve', 34, 12, 118, 108, 10),
  path('pic-arrow', 'M250 66h46M281 51l15 15-15 15')];

// Lying still, while a clock runs.
const leaveIt = () => [reader(), idCard('translate(22 42) scale(.86)'),
  circle('pic-clock', 272, 44, 30),
  path('pic-hands', 'M272 26v18l13 9')];

// Turned over, out of the sleeve; the old paper card has no chip.
const nothingFelt = () => [reader(), idCard('translate(-34 34) scale(.8)'),
  path('pic-arrow', 'M42 42a66 44 0 0 1 104-2M147 17v24h-24'),
  moved('translate(196 10)', rect('pic-other pic-old', 0, 0, 108, 70, 4),
    rect('pic-line', 12, 14, 26, 36, 2), rect('pic-line', 48, 16, 48, 5, 2),
    rect('pic-line', 48, 28, 40, 5, 2), rect('pic-line', 48, 40, 46, 5, 2)),
  cross(292, 82)];

const oneCard = () => [reader(), idCard('translate(-22 34) scale(.8)'),
  moved('translate(170 8) rotate(10)', ...plain('pic-bank',
    rect('pic-stripe', 0, 12, 132, 16, 0))),
  path('pic-arrow', 'M262 120l30 20M288 122l4 18-19 2')];

const bankFace = () => plain('pic-bank',
  rect('pic-chip', 14, 26, 24, 18, 4),
  ...[14, 44, 74, 104].map((x) => rect('pic-digits', x, 54, 20, 5, 2)),
  circle('pic-ring', 104, 22, 9), circle('pic-ring', 115, 22, 9));

// A bus on its side of the card.
const transitFace = () => plain('pic-transit',
  rect('pic-bus', 36, 20, 60, 34, 6), rect('pic-window', 42, 26, 14, 11, 2),
  rect('pic-window', 59, 26, 14, 11, 2), rect('pic-window', 76, 26, 14, 11, 2),
  circle('pic-wheel', 50, 56, 6), circle('pic-wheel', 82, 56, 6));

const otherFace = () => plain('pic-unknown',
  s('text', { class: 'pic-question', x: 66, y: 60 }, '?'));

// Not this one, but that one.
const instead = (face) => () => [
  moved('translate(4 20)', ...face()), cross(128, 22),
  path('pic-arrow', 'M148 66h22M160 55l12 11-12 11'),
  idCard('translate(130 8) scale(.72)'), tick(306, 22), reader()];

const otherProgram = () => [reader(), idCard('translate(-20 36) scale(.8)'),
  moved('translate(192 8)', rect('pic-window-frame', 0, 0, 116, 92, 8),
    rect('pic-window-bar', 0, 0, 116, 20, 8),
    ...[12, 24, 36].map((x) => circle('pic-dot', x, 10, 3.5)),
    path('pic-hands', 'M46 34h24M46 78h24M49 34c0 14 18 14 18 22s-18 8-18 22' +
      'M67 34c0 14-18 14-18 22s18 8 18 22'))];

const replug = () => [moved('translate(-18 46) scale(.72)', reader()),
  path('pic-cable', 'M190 174c44 0 40-74 12-92s-8-58 18-58'),
  moved('translate(220 10)', rect('pic-plug', 0, 0, 34, 28, 4),
    rect('pic-metal', 34, 5, 16, 18, 1)),
  rect('pic-port', 288, 4, 30, 40, 4), rect('pic-port', 288, 58, 30, 40, 4),
  path('pic-arrow', 'M244 78h28M260 67l12 11-12 11')];

const permission = () => [reader(),
  moved('translate(124 36)', path('pic-shackle', 'M14 44V26a22 22 0 0 1 44 0v18'),
    rect('pic-lock', 0, 42, 72, 56, 8), circle('pic-hole', 36, 66, 7),
    rect('pic-hole', 33, 68, 6, 16, 2))];

// Lifted and handed back.
const takeAway = () => [reader(), idCard('translate(-8 4) scale(.8)'),
  path('pic-arrow', 'M262 122V42M243 61l19-19 19 19')];

const DRAWINGS = {
  sleeve, leave_it: leaveIt, nothing_felt: nothingFelt, one_card: oneCard,
  bank_card: instead(bankFace), transit_card: instead(transitFace),
  other_card: instead(otherFace), other_program: otherProgram, replug,
  permission, take_away: takeAway,
};

export const HINTS = Object.keys(DRAWINGS);

// The drawing for a hint; null where there is none. Decorative: the words
// beside it say the same.
export function hintPicture(hint) {
  const draw = Object.hasOwn(DRAWINGS, hint ?? '') ? DRAWINGS[hint] : null;
  return draw && s('svg', { class: `picture picture-hint hint-${hint}`,
    viewBox: '0 0 320 230', 'aria-hidden': 'true', focusable: 'false' },
  ...draw());
}
