// dom.js - build elements without ever parsing markup
//
// Text reaches the page only as text nodes, attributes only by name, so
// nothing that a card, a code or the insurer says can become markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false)
      continue;
    if (typeof value === 'function')
      node.addEventListener(name, value);
    else
      node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter(
    (child) => child !== null && child !== undefined && child !== false &&
      child !== ''));
  return node;
}

// An HTML element; a function as attribute listens for that event.
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

// An SVG element.
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

export const byId = (id) => document.getElementById(id);
