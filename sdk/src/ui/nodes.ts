import type { WireNode } from '../../../src/contract/visitor-wire.js';
import { isSafeAddress } from '../../../src/delivery/content/domain/nodes.js';
import { ATTRIBUTES, ELEMENTS } from './allowed.js';

/**
 * The DOM of a node; nothing is ever made of markup. The server let only these elements, attributes and addresses through; asked
 * again here, because what reaches a page must not depend on who stands between. Anything else leaves its words.
 */
export function build(node: WireNode): Node | string {
  if (typeof node === 'string') return node;
  const [tag, attributes, ...children] = node;
  const element = document.createElement(ELEMENTS.test(tag) ? tag : 'span') as HTMLAnchorElement & HTMLImageElement;
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.test(name) && (!/href|src/.test(name) || isSafeAddress(value, name === 'src'))) element.setAttribute(name, value);
  }
  element.append(...children.map(build));
  // Other sites open beside the page, and learn nothing of it.
  if (element.href) {
    element.rel = 'noopener noreferrer';
    if (/^http/.test(element.href) && element.origin !== location.origin) element.target = '_blank';
  }
  // A picture that does not come leaves its words.
  element.onerror = () => element.replaceWith(element.alt && build(['small', 0, element.alt]));
  return element;
}
