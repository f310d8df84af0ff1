// picture.js - the drawing of a card and a reader

import { s } from './dom.js';

export const rect = (className, x, y, width, height, rx) =>
  s('rect', { class: className, x, y, width, height, rx });

export function reader() {
  return s('g', { class: 'pic-reader' },
    rect('pic-shadow', 38, 206, 244, 16, 8),
    rect('pic-body', 30, 150, 260, 62, 14),
    rect('pic-top', 44, 158, 232, 34, 9),
    s('circle', { class: 'pic-lamp', cx: 262, cy: 202, r: 4 }),
    s('path', { class: 'pic-wave', d: 'M146 181a20 20 0 0 1 28 0' }),
    s('path', { class: 'pic-wave', d: 'M138 173a31 31 0 0 1 44 0' }));
}

function qrBlock(x, y) {
  const dots = ['0,0', '4,0', '0,4', '3,3', '6,3', '4,6', '0,7', '7,7'];
  return s('g', { class: 'pic-qr', transform: `translate(${x} ${y})` },
    ...dots.map((dot) => {
      const [column, row] = dot.split(',').map(Number);
      return rect(null, column * 3.4, row * 3.4, 6, 6, 1);
    }));
}

export function card() {
  return s('g', { class: 'pic-card' },
    rect('pic-card-face', 66, 24, 188, 118, 12),
    rect('pic-card-band', 66, 24, 188, 22, 12),
    rect('pic-card-band', 66, 36, 188, 10, 0),
    rect('pic-photo', 80, 58, 42, 56, 5),
    s('circle', { class: 'pic-head', cx: 101, cy: 78, r: 9 }),
    s('path', { class: 'pic-head', d: 'M85 112c1-14 9-19 16-19s15 5 16 19z' }),
    rect('pic-line strong', 134, 60, 66, 7, 3),
    rect('pic-line', 134, 75, 58, 5, 2.5),
    rect('pic-line', 134, 87, 66, 5, 2.5),
    rect('pic-line', 134, 99, 44, 5, 2.5),
    rect('pic-number', 80, 124, 74, 8, 3),
    qrBlock(214, 56));
}

// where: 'above' (to be placed), 'on' (lies there), 'none' (no reader).
export function cardPicture(where) {
  return s('svg', { class: `picture picture-${where}`,
    viewBox: '0 0 320 230', 'aria-hidden': 'true', focusable: 'false' },
  reader(), card());
}
