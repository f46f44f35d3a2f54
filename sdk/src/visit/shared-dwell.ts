import type { SiteVisit } from './visits.js';

/**
 * Attention of a whole visit, counted by all tabs of a browser together: by the one with the latest activity alone, so that
 * two visible windows are not two readers. Notes it in the visit.
 *
 * @param tab who asks @param key what is counted; without one this tab counts from now on @param ms to be added
 * @returns all of it, ms; minus infinity while another tab counts
 */
export function shareDwell(visit: SiteVisit, tab: string, key?: string, ms = 0): number {
  if (!key) visit.o = tab;
  else if (visit.o === tab) return ((visit.k ??= {})[key] = (visit.k[key] ?? 0) + ms);
  return -Infinity;
}
