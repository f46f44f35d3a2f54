import type { SiteSettings, WireRule } from '../../../src/contract/visitor-wire.js';

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
  /** The visit of the site it belongs to, ended by 30 minutes without attention or by another campaign. A UUID. */
  visitId: string;
  /** Address at its beginning. */
  url: string;
  /** Address of the page before, on this site or another; empty for none. */
  referrer: string;
  /** Attention so far, whole ms. */
  dwell(): number;
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

/** What the core lends to the part that measures. Calls into the core never throw. */
export interface VisitHost {
  /** `performance.now()`. */
  now(): number;
  /** A UUID (version 7). */
  id(): string;
  /** What to watch at the beginning; {@link Visits.rules} replaces it. */
  rules: readonly WireRule[];
  settings: SiteSettings;
  /** A page visit has begun: the core sends `page`. Called for the first one too, before `startVisits` returns or later. */
  opened(visit: Visit): void;
  /**
   * All of the rule that a browser knows is true now. Rules that become true together are fired in the order of the list,
   * without a pause between them; the core sorts by priority.
   */
  fire(rule: WireRule, why: Why): void;
  /** A rule can come true on this page: a good moment to fetch what displays it. */
  armed(): void;
  /** To be sent as `$page_engaged`. */
  report(engaged: Engaged): void;
  /** Of this tab, and of the browser. */
  session: Store;
  local: Store;
}

/** Begins to measure; one at a time in a page. */
export type StartVisits = (host: VisitHost) => Visits;

export interface Visits {
  /** The site has called `track(name)`. */
  event(name: string): void;
  /** Other rules or settings from now on: dwell goes on, what has fired in this page visit does not fire again. */
  rules(next: readonly WireRule[], settings: SiteSettings): void;
  /** Does everything a browser decides still hold for this rule (address, device, schedule …)? Asked right before a message is displayed. */
  holds(rule: WireRule): boolean;
  /** The page visit that runs; null while a page is prerendered or in the back/forward cache. */
  pv(): Visit | null;
  /** Reports now: the page is about to go or the person to change. */
  flush(): void;
  /** Takes away every listener and timer. */
  stop(): void;
}
