/**
 * Danbi is a guest: nothing it does may stop a script of the page. Every entry (calls of the site, listeners, timers) goes
 * through `quiet`. One Danbi runs in a page, so its modules hold their state themselves: that is half the bytes of objects.
 */
let debugging: boolean | undefined;

/** From now on what goes wrong is said on the console. */
export const debug = (on: boolean | undefined): void => { debugging = on; };

/** For what the site's developers must see without asking: a key that is not valid. */
export function warn(what: unknown): void {
  // oxlint-disable-next-line no-console -- the console is where a site's developers look
  console.warn('[danbi]', what);
}

export const note = (what: unknown): void => { if (debugging) warn(what); };

export function quiet<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    note(error);
    return undefined;
  }
}

/** Listens without ever slowing the page. */
export const listen = (target: EventTarget, type: string, fn: (event: Event) => void): void => target.addEventListener(type, (event) => void quiet(() => fn(event)), { passive: true });

export const later = (work: () => void, ms: number): number => setTimeout(() => quiet(work), ms) as unknown as number;

/** When the page has nothing better to do. */
export const idle = (work: () => void): unknown => ('requestIdleCallback' in window ? requestIdleCallback(() => quiet(work), { timeout: 2_000 }) : later(work, 200));
