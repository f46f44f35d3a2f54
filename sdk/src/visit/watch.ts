import { on } from '../core/safe.js';

const WRAPPED = Symbol.for('danbi');

/** Calls `moved` whenever the address of the document may have changed, after it has. */
export function watchNavigation(moved: () => void): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) return on('currententrychange', moved, navigation);
  (history as History & { [WRAPPED]?: unknown })[WRAPPED] ??= (['pushState', 'replaceState'] as const).map((name) => {
    const original = history[name];
    history[name] = function wrapped(this: History, ...given: Parameters<History['pushState']>) {
      original.apply(this, given);
      dispatchEvent(new Event('danbi'));
    };
  });
  on('popstate hashchange danbi', moved);
}
