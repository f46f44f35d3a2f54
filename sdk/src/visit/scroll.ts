import { depthAt } from './depth.js';

const range = (element: Element): number => element.scrollHeight - element.clientHeight;

/** The element that scrolls: the site's own, the page, or where the page itself does not, what scrolls in the middle of it. */
function scroller(selector?: string): Element {
  const page = document.scrollingElement ?? document.documentElement;
  const inner = selector ? [document.querySelector(selector)] : range(page) < 1 ? document.elementsFromPoint(innerWidth / 2, innerHeight / 2) : [];
  return inner.find((one) => one && range(one) >= 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)) ?? page;
}

/**
 * How deep the page is scrolled, percent.
 * @param moved the visitor has scrolled; until then a position is where the browser has put it
 */
export function depth(moved: boolean | undefined, selector?: string): number {
  const element = scroller(selector);
  return depthAt(moved ? element.scrollTop : 0, range(element));
}
