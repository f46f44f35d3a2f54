import type { WireRule } from '../../../src/contract/visitor-wire.js';
import type { SiteVisit } from './visits.js';

/** What fulfilled a trigger, as it goes into the claim: ms of attention, percent of the page, name of the event. */
export interface Why {
  dwell?: number;
  scroll?: number;
  event?: string;
}

/** A page visit: begins with a document, an activation, another page key or the return from the back/forward cache. */
export interface Visit {
  /** A UUID of its own (`pv`). */
  id: string;
  /** The visit of the site it belongs to, ended by 30 minutes without attention or by another campaign. */
  site_: SiteVisit;
  /** Address at its beginning. */
  url: string;
  /** Address of the page before, on this site or another; empty for none. */
  referrer: string;
  /** Deepest so far, percent. */
  depth_: number;
}

/** Properties of `$page_engaged`: totals since the visit began, so that sending one twice or late changes nothing. */
export interface Engaged {
  pv: string;
  /** Goes up by one with each report of a visit. */
  seq: number;
  dwell_ms: number;
  visible_ms: number;
  /** Percent, 0 to 100. */
  max_scroll: number;
  url: string;
}

/** Small JSON values under short names, for this site alone. Keeps nothing, without a word, where nothing may be stored. */
export interface Store {
  get<T>(name: string): T | undefined;
  /** `undefined` forgets. */
  set(name: string, value: unknown): void;
}

/** What the core does for the part that measures. */
export interface VisitHost {
  /** A page visit has begun: the core sends `page`. Called for the first one before `startVisits` returns. */
  opened_(visit: Visit): void;
  /**
   * What the rule waits for is true now; what else it asks is for the chunk. Rules that become true together are fired in the
   * order of the list, without a pause between them.
   */
  fire_(rule: WireRule, why: Why, page: Visit): void;
  /** There are rules: a good moment to fetch what decides and displays. */
  armed_(): void;
  /** To be sent as `$page_engaged`. */
  report_(engaged: Engaged): void;
}
