import { queryOf } from './page-key.js';

/** A visit of the site, as every tab of the browser knows it. */
export interface SiteVisit {
  /** A UUID. */
  i: string;
  /** Which one it is, from 1. */
  n: number;
  /** Last attention, ms of the clock on the wall: it has to outlive documents and sleep. */
  a: number;
  /** The campaign it came through. */
  c: string;
  /** The tab that counts what all tabs count. */
  o?: string;
  /** What they have counted, ms. */
  k?: Record<string, number>;
}

/** Without attention for longer than this, ms, what comes next is another visit. */
const GAP = 1_800_000;

/** The campaign or the click of an advertisement an address carries; empty for none. */
export const campaignOf = (search: string): string => queryOf(search, (name) => /^(utm_campaign|(g|fb|ms|tt)clid)$/.test(name));

/** Attention is noted when it has gone on for this long, ms. */
const NOTED = 5_000;

/** The visit that attention at `now` belongs to; `last` itself when there is nothing to note. */
export function visitAt(last: SiteVisit | undefined, now: number, campaign: string, id: () => string): SiteVisit {
  if (last && now - last.a <= GAP && (!campaign || campaign === last.c)) return Math.abs(now - last.a) < NOTED ? last : { ...last, a: now };
  return { i: id(), n: (last?.n ?? 0) + 1, a: now, c: campaign || (last?.c ?? '') };
}
