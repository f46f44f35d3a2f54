/** What waits to be sent, and how it is sent. Everything here is decided from its arguments. */
export interface Item {
  messageId: string;
  type: string;
  /** ms since 1970, by the clock of the browser. */
  timestamp: number;
  /** The page it happened on, and the proof of who did it. */
  context?: object;
  [field: string]: unknown;
}

/** Bytes of a body: what a browser sends while a page goes away is 64 KiB at most, for all requests together. */
export const MOST_BODY = 60_000;
const MOST_EVENT = 32 * 1024;
const MOST_ITEMS = 500;
const MOST_KEPT = 256 * 1024;
/** As long as the server remembers message ids: a replay can never count twice. */
const KEPT_MS = 7 * 86_400_000;

export const bytesOf = (text: string): number => new Blob([text]).size;
export const sizeOf = (value: unknown): number => bytesOf(JSON.stringify(value));

/** An event of at most 32 KiB: one that is larger says so instead of what it carries. Ids stay. */
export const fit = (item: Item): Item => (sizeOf(item) > MOST_EVENT ? { ...item, properties: { $truncated: true }, traits: undefined } : item);

/** What is kept for later: not older than a week, 500 items, 256 KiB; the oldest go first, those that say who somebody is last. */
export function trim(items: readonly Item[], now: number): Item[] {
  const kept = items.filter((item) => item.timestamp > now - KEPT_MS);
  for (let size = sizeOf(kept); size > MOST_KEPT || kept.length > MOST_ITEMS;) {
    size -= sizeOf(kept.splice(Math.max(0, kept.findIndex(({ type }) => type !== 'identify')), 1)[0]);
  }
  return kept;
}

/** A batch as the Segment API has it. What most events share is said once: the context of the batch is under that of each. */
export function batchText(items: readonly Item[], writeKey: string, sentAt: number, context: object): string {
  const shared = items[0]?.context;
  const same = JSON.stringify(shared);
  return JSON.stringify({ writeKey, sentAt, context: { ...context, ...shared }, batch: items.map((item) => (JSON.stringify(item.context) === same ? { ...item, context: undefined } : item)) });
}

/** How many items from the front are taken together: all, a half, a quarter …; 0 when not even the first one is. */
export function most<T>(items: readonly T[], takes: (some: readonly T[]) => boolean): number {
  let count = items.length;
  while (count && !takes(items.slice(0, count))) count >>= 1;
  return count;
}

/** What an answer means for what was sent. */
export const enum Verdict { Done, Again, Stop, Drop }

export function judge(status: number): Verdict {
  const code = `${status}`;
  return /^(2..|304)$/.test(code) ? Verdict.Done : status === 401 ? Verdict.Stop : /^(408|425|429|5(?!0[15])..)$/.test(code) ? Verdict.Again : Verdict.Drop;
}

/** Milliseconds until the next attempt: what the server says, else twice as long each time up to ten minutes, never all at once. */
export const pause = (tries: number, seconds?: number, random = Math.random()): number => (seconds ? seconds * 1_000 : (0.5 + random / 2) * Math.min(600_000, 1_000 * 2 ** tries));
