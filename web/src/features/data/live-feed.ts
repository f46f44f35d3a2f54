import type { Api } from '../../lib/api.ts';

export type LiveEvent = Api<'LiveEvent'>;

/** Most events kept on the page: older ones leave it. */
export const KEPT = 200;

/** `came` and `shown` are those of the last answer, `read` of all. */
export interface Feed { at: string | null; items: LiveEvent[]; came: number; shown: number; sampled: boolean; read: number }
export const emptyFeed: Feed = { at: null, items: [], came: 0, shown: 0, sampled: false, read: 0 };

/** The feed after one more answer: each event once, the newest first, bounded. */
export function fed(feed: Feed, { at, items, came, sampled }: Api<'LiveEvents'>): Feed {
  const known = new Set(feed.items.map(({ id }) => id));
  const fresh = items.filter(({ id }) => !known.has(id));
  const all = [...fresh, ...feed.items].toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? 1 : -1));
  return { at, items: all.slice(0, KEPT), came, shown: items.length, sampled, read: feed.read + fresh.length };
}
