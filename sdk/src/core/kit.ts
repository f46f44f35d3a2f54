import type { AckRequest, BootAnswer, Caller, StreamFrame, WireTrigger } from '../../../src/contract/visitor-wire.js';
import type { DanbiEvents, Inbox } from '../api.js';
import type { Candidate } from '../live/rank.js';
import type { Store, Visit, Why } from '../visit/contract.js';
import type { Item } from './batch.js';
import type { Answer } from './post.js';
import type { TabNews } from './tabs.js';

/**
 * What the core lends to the chunk: two files that know each other only through this. A list, because each name would be said
 * in both; `live/lent.ts` gives the names back. Names that end with an underscore are shortened by the build, in both files alike.
 */
export type Kit = readonly [
  /** The page visit that runs; null while a page is prerendered or in the back/forward cache. */
  pageVisit: () => Visit | null,
  /** Has the visitor allowed messages, and the site not switched them off? */
  shows: () => boolean,
  caller: () => Caller,
  boot: (anew?: boolean) => unknown,
  add: (item: Item, now?: boolean) => void,
  post: (path: string, text: string) => Promise<Answer>,
  pause: (tries: number, seconds?: number) => number,
  address: (path: string) => string,
  emit: <E extends keyof DanbiEvents>(event: E, detail: DanbiEvents[E]) => void,
  say: (news: TabNews) => void,
  hold: (name: string, options?: LockOptions) => Promise<(() => void) | null>,
  later: (work: () => void, ms: number) => number,
  quiet: <T>(work: () => T) => T | undefined,
  newId: () => string,
  local: Store,
  on: <E extends Event>(types: string, listener: (event: E) => void) => void,
  /** Attention of this page visit, ms. */
  dwell: () => number,
  /** Fires the rules of a kind that are fulfilled. */
  fulfil: <K extends WireTrigger['k']>(kind: K, why: Why, fulfilled: (trigger: Extract<WireTrigger, { k: K }>) => boolean) => void,
];

/** What the chunk does for the core. */
export interface Live {
  /** Settings have come: messages wait, and there may be a ticket for the stream. */
  booted_(answer: BootAnswer): void;
  /** A message may be displayed when its turn has come. */
  offer_(candidate: Candidate): void;
  /** What a rule waits for has come: a message may be displayed if everything else it asks holds. */
  fire_(candidate: Candidate): void;
  /** A frame of the stream, from this tab or another. */
  hear_(frame: StreamFrame): void;
  acknowledged_(ack: AckRequest, answer: unknown): void;
  /** Another page: what belonged to the last one goes. */
  turned_(): void;
  hidden_(): void;
  seen_(): void;
  /** The document is going: no stream, no locks. */
  gone_(): void;
  /** Nothing is displayed, and nothing comes. */
  close_(): void;
  unread_(): number;
  list_: Inbox['list'];
  act_: Inbox['act'];
}

/** The chunk: `import(url)` answers a module with this shape. */
export interface LiveModule {
  start(kit: Kit): Live;
}
