import { isCoarse, on } from '../core/safe.js';

const WRAPPED = Symbol.for('danbi');

/** Calls `moved` whenever the address of the document may have changed, after it has. */
export function watchNavigation(moved: () => void): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) return on('currententrychange', moved, navigation);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name] as History['pushState'] & { [WRAPPED]?: true };
    if (!original[WRAPPED]) history[name] = Object.assign(function wrapped(this: History, ...given: Parameters<History['pushState']>) {
      original.apply(this, given);
      dispatchEvent(new Event('danbi'));
    }, { [WRAPPED]: true });
  }
  on('popstate hashchange danbi', moved);
}

/** How far a place has gone up within the last `span` ms. */
const risen = (span: number) => {
  let places: [number, number][] = [];
  return (at: number, y: number): number => {
    places = [...places.filter(([then]) => then > at - span), [at, y]];
    return Math.max(...places.map(([, place]) => place)) - y;
  };
};

/**
 * Calls `leaves` when the pointer goes up and out of the window, not when it opens a list or drags something; where there is
 * no pointer, when a finger goes up by a screen at once.
 */
export function watchExit(leaves: (touch: boolean) => void): void {
  const touch = isCoarse();
  const rise = risen(touch ? 400 : 100);
  if (touch) on('scroll', ({ timeStamp }) => { if (rise(timeStamp, scrollY) >= innerHeight) leaves(touch); });
  else on<MouseEvent>('mousemove mouseleave', ({ type, target, timeStamp, clientY, relatedTarget, buttons }) => {
    if (rise(timeStamp, clientY) > 0 && target === document.documentElement && type === 'mouseleave' && clientY <= 0 && !relatedTarget && !buttons && !document.activeElement?.matches('input,select,textarea')) leaves(touch);
  });
}
