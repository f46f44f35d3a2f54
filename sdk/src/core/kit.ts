import type { AckRequest, BootAnswer, Caller, StreamFrame, WireRule } from '../../../src/contract/visitor-wire.js';
import type { DanbiEvents, Inbox } from '../api.js';
import type { Candidate } from '../live/rank.js';
import type { Store, Visit } from '../visit/contract.js';
import type { Item, Verdict } from './batch.js';
import type { Answer } from './post.js';
import type { TabNews } from './tabs.js';

/**
 * What the core lends to the chunk: two files that know each other's names only through this. Names that end with an
 * underscore are shortened by the build, in both files alike.
 */
export interface Kit {
  /** The page visit that runs; null while a page is prerendered or in the back/forward cache. */
  pv_(): Visit | null;
  /** Does everything a browser decides still hold for this rule? Asked right before a message is displayed. */
  holds_(rule: WireRule): boolean;
  /** Has the visitor allowed messages, and the site not switched them off? */
  shows_(): boolean;
  caller_(): Caller;
  boot_(anew?: boolean): unknown;
  add_(item: Item, now?: boolean): void;
  post_(path: string, text: string): Promise<Answer>;
  judge_(status: number): Verdict;
  pause_(tries: number, random: number, seconds?: number): number;
  address_(path: string): string;
  emit_<E extends keyof DanbiEvents>(event: E, detail: DanbiEvents[E]): void;
  say_(news: TabNews): void;
  hold_(name: string, options?: LockOptions): Promise<(() => void) | null>;
  later_(work: () => void, ms: number): number;
  quiet_<T>(work: () => T): T | undefined;
  newId_(): string;
  local_: Store;
}

/** What the chunk does for the core. */
export interface Live {
  /** Settings have come: messages wait, and there may be a ticket for the stream. */
  booted_(answer: BootAnswer): void;
  offer_(candidate: Candidate): void;
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
