import { on } from '../core/safe.js';

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
