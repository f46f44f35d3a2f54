import type { WireNode } from '../../../src/contract/visitor-wire.js';
import { isSafeAddress } from '../../../src/delivery/content/domain/nodes.js';
import { ATTRIBUTES, ELEMENTS } from './allowed.js';
import { make } from './make.js';

const MAX_DEPTH = 20;

/**
 * The DOM of a node. The server let only these elements, attributes and addresses through; asked again here, because what
 * reaches a page must not depend on who stands between. Anything else leaves its words.
 */
export function build(node: WireNode, depth = 0): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const [tag, given, ...children] = node;
  const inner = depth < MAX_DEPTH ? children.map((child) => build(child, depth + 1)) : [];
  if (!ELEMENTS.test(tag)) {
    const words = document.createDocumentFragment();
    words.append(...inner);
    return words;
  }
  const element = make(tag as 'a', '', inner);
  for (const [name, value] of Object.entries(given)) {
    if (ATTRIBUTES.test(name) && (!/href|src/.test(name) || isSafeAddress(value, name === 'src'))) element.setAttribute(name, value);
  }
  // Other sites open beside the page, and learn nothing of it.
  if (tag === 'a') {
    element.rel = 'noopener noreferrer';
    if (/^http/.test(element.protocol) && element.origin !== location.origin) element.target = '_blank';
  }
  // A picture that does not come leaves its words.
  if (tag === 'img') element.onerror = () => element.replaceWith(pictureWords(element as unknown as HTMLImageElement));
  return element;
}

const pictureWords = ({ alt }: HTMLImageElement): Node | string => alt && make('small', '', [alt]);
