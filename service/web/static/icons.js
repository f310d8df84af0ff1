// icons.js - line icons on a 24 by 24 grid, drawn for this page

import { s } from './dom.js';

const PATHS = {
  check: 'M4.5 12.5l5 5L19.5 7',
  stop: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M5.8 5.8l12.4 12.4',
  differs: 'M5 9.5h14M5 14.5h14M15.5 5l-7 14',
  search_none: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13' +
    'M15.3 15.3L20.5 20.5M8.2 8.2l4.6 4.6M12.8 8.2l-4.6 4.6',
  line_down: 'M3 3l18 18M7 18.5h10M7 18.5a4 4 0 0 1-.6-7.9' +
    'M9.6 7.1A5.5 5.5 0 0 1 17.4 11a3.8 3.8 0 0 1 2.3 6.3',
  hourglass: 'M7 3.5h10M7 20.5h10M8 3.5v3.7c0 1 4 3.3 4 4.8s-4 3.8-4 4.8' +
    'v3.7M16 3.5v3.7c0 1-4 3.3-4 4.8s4 3.8 4 4.8v3.7',
  warn: 'M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.1',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.5M12 7.6v.1',
  chip: 'M7 7h10v10H7zM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5' +
    'M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5',
  shield: 'M12 3l7.5 2.8v5.7c0 4.6-3.2 8-7.5 9.5' +
    '-4.3-1.5-7.5-4.9-7.5-9.5V5.8zM8.5 12l2.5 2.5 4.5-5',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14z' +
    'M20 14v2.5M14 20h2.5M20 20v-.1M17.5 17.5h.1',
  keyboard: 'M3 7h18v10H3zM6.5 10.3h.1M10 10.3h.1M13.6 10.3h.1' +
    'M17.2 10.3h.1M7.5 13.8h9',
  arrow: 'M4.5 12h15M13.5 6l6 6-6 6',
  card: 'M3 6h18v12.5H3zM6 10h4v3.5H6zM13.5 10.5h4.5M13.5 14h4.5',
  lift: 'M4 19.5h16M12 15V4.5M7.5 9L12 4.5 16.5 9',
  place: 'M4 19.5h16M12 4.5V15M7.5 10.5L12 15l4.5-4.5',
  paper: 'M6 3.5h8.5L18.5 7.5v13H6zM9 11h6.5M9 14.5h6.5',
};

// A decorative icon: the words beside it carry the meaning.
export function icon(name, className = 'icon') {
  return s('svg', { class: className, viewBox: '0 0 24 24',
    'aria-hidden': 'true', focusable: 'false' },
  s('path', { d: PATHS[name] ?? PATHS.info }));
}
