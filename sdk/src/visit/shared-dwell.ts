import type { Store } from './contract.js';

/** Attention of a whole visit, counted by all tabs of a browser together. */
interface Shared {
  /** The visit of the site. */
  v: string;
  /** The tab with the latest activity: it alone counts, so that two visible windows are not two readers. */
  o?: string;
  /** ms by what is counted. */
  k: Record<string, number>;
}

/**
 * @returns adds to what is counted under a key and answers all of it, ms; does nothing and answers minus infinity while
 * another tab counts. Without a key this tab counts from now on.
 */
export function sharedDwell(local: Store, me: string) {
  /** What was written last, for browsers that keep nothing. */
  let last: Shared | undefined;
  return (visit: string, key = '', ms = 0): number => {
    last = local.get<Shared>('dwell') ?? last;
    if (last?.v !== visit) last = { v: visit, k: {} };
    if (!key) last.o = me;
    if (last.o !== me) return -Infinity;
    const total = (last.k[key] ?? 0) + ms;
    last.k[key] = total;
    local.set('dwell', last);
    return total;
  };
}
