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
/** A value that is longer than this is left out of an event that is too large. */
const LONG_VALUE = 1_024;
const MOST_ITEMS = 500;
const MOST_KEPT = 256 * 1024;
/** As long as the server remembers message ids: a replay can never count twice. */
const KEPT_MS = 7 * 86_400_000;

export const bytesOf = (text: string): number => new Blob([text]).size;
const sizeOf = (value: unknown): number => bytesOf(JSON.stringify(value));

/** An event of at most 32 KiB: its long values are left out, then all of them, and it says so. Ids stay. */
export function fit(item: Item): Item {
  for (const limit of [LONG_VALUE, 0]) {
    if (sizeOf(item) <= MOST_EVENT) break;
    const short = (values: unknown): object | undefined => values ? Object.fromEntries(Object.entries(values).filter(([, value]) => sizeOf(value) < limit)) : undefined;
    item = { ...item, properties: { ...short(item.properties), $truncated: true }, traits: short(item.traits) };
  }
  return item;
}

/** What is kept for later: not older than a week, 500 items, 256 KiB; the oldest go first, those that say who somebody is last. */
export function trim(items: readonly Item[], now: number): Item[] {
  const kept = items.filter((item) => item.timestamp > now - KEPT_MS);
  for (let size = sizeOf(kept); size > MOST_KEPT || kept.length > MOST_ITEMS;) {
    size -= sizeOf(kept.splice(Math.max(0, kept.findIndex(({ type }) => type !== 'identify')), 1)[0]);
  }
  return kept;
}

/** A batch as the Segment API has it. What most events share is said once: the context of the batch is under that of each. */
export function batchText(items: readonly Item[], frame: { writeKey: string; sentAt: number; context: object }): string {
  const shared = items[0]?.context;
  const same = JSON.stringify(shared);
  return JSON.stringify({ ...frame, context: { ...frame.context, ...shared }, batch: items.map((item) => (JSON.stringify(item.context) === same ? { ...item, context: undefined } : item)) });
}

/** As many items from the front as fit into a body; at least one. */
export function fill<T>(items: readonly T[], text: (items: readonly T[]) => string): [count: number, body: string] {
  for (let count = items.length; ; count >>= 1) {
    const body = text(items.slice(0, count));
    if (count < 2 || bytesOf(body) <= MOST_BODY) return [count, body];
  }
}

/** What an answer means for what was sent; 0 is no answer at all. */
export const enum Verdict { Done, Again, Stop, Drop }

export function judge(status: number): Verdict {
  if (status >= 200 && status < 300) return Verdict.Done;
  if (status === 401) return Verdict.Stop;
  return [0, 408, 425, 429].includes(status) || (status >= 500 && status !== 501 && status !== 505) ? Verdict.Again : Verdict.Drop;
}

/** Milliseconds until the next attempt: what the server says, else twice as long each time up to ten minutes, never all at once. */
export const pause = (tries: number, random: number, seconds?: number): number => (seconds ? seconds * 1_000 : (0.5 + random / 2) * Math.min(600_000, 1_000 * 2 ** tries));
