/**
 * The elements an in-app message may consist of, and their attributes. Without imports: the compiler of messages and the browser
 * that builds them take it from here, so neither trusts the other to have looked.
 */
export const NODE_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  p: [], h2: [], h3: [], blockquote: [], ul: [], ol: ['start'], li: [], hr: [], br: [], pre: [],
  strong: [], b: [], em: [], i: [], u: [], s: [], code: [], small: [], sub: [], sup: [],
  a: ['href'], img: ['src', 'alt', 'width', 'height'],
};
/** Attributes of every element. */
export const COMMON_ATTRIBUTES: readonly string[] = ['lang', 'dir'];
/** What the display is made of beside them (`display-layout.ts`); no author writes these. */
export const LAYOUT_ELEMENTS: readonly string[] = ['section', 'dialog', 'div', 'span', 'button', 'form', 'label', 'input', 'textarea'];
export const LAYOUT_ATTRIBUTES: readonly string[] = ['class', 'role', 'aria-label', 'autofocus', 'type', 'name', 'value', 'rows', 'maxlength', 'placeholder'];
/** Elements without content. */
export const VOID_NODES: readonly string[] = ['br', 'hr', 'img'];

/** Is this attribute of this element one that messages may have? Names only; addresses are for {@link isSafeAddress}. */
export const allowsAttribute = (tag: string, name: string): boolean =>
  Object.prototype.hasOwnProperty.call(NODE_ATTRIBUTES, tag) && (COMMON_ATTRIBUTES.includes(name) || NODE_ATTRIBUTES[tag]!.includes(name));

/** Leads to the web, mail or telephone; a picture comes from the web. As a browser reads it, whatever is hidden in the spelling. */
export function isSafeAddress(address: string, picture = false): boolean {
  try {
    return (picture ? /^https?:$/ : /^(https?|mailto|tel):$/).test(new URL(address).protocol);
  } catch {
    return false;
  }
}
