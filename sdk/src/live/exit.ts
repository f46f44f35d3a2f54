import { dwell, fulfil, on, pageVisit } from './lent.js';

/** Attention before somebody can be said to leave, ms. */
const SETTLED = 5_000;

/**
 * Leaving is when the pointer goes up and out of the window, not when it opens a list or drags something; where there is no
 * pointer, when a finger goes up by a screen at once in the lower half, for rules that ask for it.
 */
export function watchExit(): void {
  const touch = matchMedia('(pointer:coarse)').matches;
  let places: [number, number][] = [];
  on<MouseEvent>(touch ? 'scroll' : 'mousemove mouseleave', ({ type, target, timeStamp, clientY, relatedTarget, buttons }) => {
    const y = touch ? scrollY : clientY;
    places = [...places.filter(([then]) => then > timeStamp - (touch ? 400 : 100)), [timeStamp, y]];
    const risen = Math.max(...places.map(([, place]) => place)) - y;
    const page = pageVisit();
    if (page && dwell() >= SETTLED && (touch
      ? risen >= innerHeight && page.depth_ >= 50
      : risen > 0 && type === 'mouseleave' && target === document.documentElement && clientY <= 0 && !relatedTarget && !buttons && !document.activeElement?.matches('input,select,textarea'))) fulfil('x', { dwell: dwell() }, ({ t }) => !touch || !!t);
  });
}
