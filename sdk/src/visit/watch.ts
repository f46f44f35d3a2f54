/** Listens before anybody on the page can stop an event, and never delays it. */
export type On = <E extends Event>(target: EventTarget, types: string, listener: (event: E) => void) => void;

/** What goes wrong inside is not the page's business: it goes on as if we were not there. */
export const guarded = <A extends unknown[]>(work: (...given: A) => void) => (...given: A): void => {
  try {
    work(...given);
  } catch {
    // See above.
  }
};

/** Listeners that end with `signal`. */
export const listening = (signal: AbortSignal): On => (target, types, listener) => types.split(' ').forEach((type) => target.addEventListener(type, guarded(listener) as EventListener, { capture: true, passive: true, signal }));

const WRAPPED = Symbol.for('danbi');

/** Calls `moved` whenever the address of the document may have changed, after it has. */
export function watchNavigation(on: On, moved: () => void): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) return on(navigation, 'currententrychange', moved);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name] as History['pushState'] & { [WRAPPED]?: true };
    if (!original[WRAPPED]) history[name] = Object.assign(function wrapped(this: History, ...given: Parameters<History['pushState']>) {
      original.apply(this, given);
      dispatchEvent(new Event('danbi'));
    }, { [WRAPPED]: true });
  }
  on(window, 'popstate hashchange danbi', moved);
}

/** How far a place has gone up within the last `span` ms. */
const risen = (span: number) => {
  let places: [number, number][] = [];
  return (at: number, y: number): number => {
    places = [...places.filter(([then]) => then > at - span), [at, y]];
    return Math.max(...places.map(([, place]) => place)) - y;
  };
};

/** Calls `leaves` when the pointer goes up and out of the window, not when it opens a list or drags something. */
export function watchExit(on: On, leaves: () => void): void {
  const root = document.documentElement;
  const pointer = risen(100);
  on<MouseEvent>(root, 'mousemove mouseleave', ({ type, target, timeStamp, clientY, relatedTarget, buttons }) => {
    if (pointer(timeStamp, clientY) > 0 && target === root && type === 'mouseleave' && clientY <= 0 && !relatedTarget && !buttons && !document.activeElement?.matches('input,select,textarea')) leaves();
  });
}

/** Calls `leaves` when a finger goes up by a screen at once: what stands for leaving where there is no pointer. */
export function watchSwipe(on: On, leaves: () => void): void {
  const page = risen(400);
  on(document, 'scroll', ({ timeStamp }) => { if (page(timeStamp, scrollY) >= innerHeight) leaves(); });
}
