/**
 * Danbi is a guest: nothing it does may stop a script of the page. Every entry (calls of the site, listeners, timers) goes
 * through `quiet`. One Danbi runs in a page, so its modules hold their state themselves: that is half the bytes of objects.
 */
let debugging: unknown;
const ended = new AbortController();

/** From now on what goes wrong is said on the console. */
export const debug = (yes: unknown): void => { debugging = yes; };

/** For what the site's developers must see without asking: a key that is not valid. */
export function warn(what: unknown): void {
  // oxlint-disable-next-line no-console -- the console is where a site's developers look
  console.warn('[danbi]', what);
}

export const note = (what: unknown): void => { if (debugging) warn(what); };

export function quiet<A extends unknown[], T>(work: (...given: A) => T, ...given: A): T | undefined {
  try {
    return work(...given);
  } catch (error) {
    note(error);
    return undefined;
  }
}

/**
 * Listens before anybody on the page can stop an event, and never delays it. The window hears on their way down the events
 * of everything in it, those that do not bubble too.
 */
export const on = <E extends Event>(types: string, listener: (event: E) => void, target: EventTarget = window): void => types.split(' ').forEach((type) => target.addEventListener(type, (event) => quiet(listener, event as E), { capture: true, passive: true, signal: ended.signal }));

/** The site is switched off: no listener of ours runs any more. */
export const unlisten = (): void => ended.abort();

export const later = (work: () => unknown, ms: number): number => setTimeout(quiet, ms, work) as unknown as number;

/** When the page has nothing better to do; at once where a browser can not tell. */
export const idle = (work: () => unknown): unknown => ((window.requestIdleCallback as typeof requestIdleCallback | undefined) ?? (setTimeout as unknown as typeof requestIdleCallback))(() => quiet(work), { timeout: 2_000 });

export const isVisible = (): boolean => document.visibilityState === 'visible';

export const isCoarse = (): boolean => matchMedia('(pointer:coarse)').matches;

/** Once the page is there for somebody: at once, or when a prerendered one is. */
export function whenActive(work: () => void): void {
  if ((document as Document & { prerendering?: boolean }).prerendering) on('prerenderingchange', work);
  else quiet(work);
}
