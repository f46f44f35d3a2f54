import type { WireNode } from '../../../src/contract/visitor-wire.js';
import { allowsAttribute, isSafeAddress, NODE_ATTRIBUTES } from '../../../src/delivery/content/domain/nodes.js';
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
  if (typeof tag !== 'string' || !Object.prototype.hasOwnProperty.call(NODE_ATTRIBUTES, tag)) {
    const words = document.createDocumentFragment();
    words.append(...inner);
    return words;
  }
  const element = document.createElement(tag);
  for (const name of Object.keys(given || {})) {
    const value = String((given as Record<string, unknown>)[name]);
    if (!allowsAttribute(tag, name) || ((name === 'href' || name === 'src') && !isSafeAddress(value, name === 'src'))) continue;
    element.setAttribute(name, value);
  }
  if (tag === 'a') leading(element as HTMLAnchorElement);
  if (tag === 'img') picture(element as HTMLImageElement);
  element.append(...inner);
  return element;
}

/** Other sites open beside the page, and learn nothing of it. */
export function leading(link: HTMLAnchorElement): void {
  link.rel = 'noopener noreferrer';
  if (/^https?:$/.test(link.protocol) && link.origin !== location.origin) link.target = '_blank';
}

/** A picture that does not come leaves its words. */
export function picture(image: HTMLImageElement): void {
  image.decoding = 'async';
  image.onerror = () => image.replaceWith(image.alt ? make('small', '', image.alt) : '');
}
