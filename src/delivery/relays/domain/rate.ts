/** A token bucket that several processes share, and the line of those that wait for it. */
export interface Bucket {
  tokens: number;
  /** When `tokens` was true. */
  at: Date;
  /** Up to when places in line have been given away. */
  promisedUntil: Date;
  /** Messages a second after the last lowering, and before it. */
  loweredTo: number | null;
  loweredFrom: number | null;
  loweredAt: Date | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A bucket holds what two seconds bring: senders look once a second. */
const HOLDS_SECONDS = 2;
/** Places are given at most so far ahead; who comes later asks again then, by which time the rate may be another one. */
export const LINE_MS = 15 * MINUTE;
/** Rates go up again by so much a minute (5-email.md, section 3.3). */
const RISE = 1.1;
/** Never lower than one message in ten seconds: something must go for the answer to change. */
const LOWEST = 0.1;
/** Many sessions are told to slow down at the same time; that is one request. */
const LOWER_AGAIN_MS = 10 * SECOND;
/** Adding up fractions must not cost anybody a place. */
const NEARLY = 1e-6;

/** Messages a second now; null without a limit. A lowered rate rises until it is the configured one, or twice the one that was too much. */
export function currentRate(configured: number | null, bucket: Pick<Bucket, 'loweredTo' | 'loweredFrom' | 'loweredAt'>, now: Date): number | null {
  const { loweredTo, loweredFrom, loweredAt } = bucket;
  if (loweredTo === null || loweredFrom === null || loweredAt === null) return configured;
  const risen = loweredTo * RISE ** Math.max(0, (now.getTime() - loweredAt.getTime()) / MINUTE);
  if (configured !== null) return Math.min(configured, risen);
  return risen >= 2 * loweredFrom ? null : risen;
}

/** The bucket as it is now. */
export function refilled(bucket: Bucket, rate: number, now: Date): Bucket {
  const holds = Math.max(1, rate * HOLDS_SECONDS);
  const seconds = Math.max(0, (now.getTime() - bucket.at.getTime()) / SECOND);
  return { ...bucket, tokens: Math.min(holds, bucket.tokens + seconds * rate), at: now };
}

/** Takes up to `wanted` whole tokens. */
export function lease(bucket: Bucket, wanted: number): { bucket: Bucket; leased: number } {
  const leased = Math.max(0, Math.min(wanted, Math.floor(bucket.tokens + NEARLY)));
  return { bucket: { ...bucket, tokens: bucket.tokens - leased }, leased };
}

/** When a refilled bucket next has a token. */
export const nextToken = (bucket: Bucket, rate: number): Date => new Date(bucket.at.getTime() + Math.ceil((Math.max(0, 1 - bucket.tokens) / rate) * SECOND));

/**
 * Decides who goes now and who waits until when. Those whose place has come (`promised`) go before everybody else; who comes
 * anew goes at once only when nobody waits, else to the end of the line. So each message is deferred once, not over and over.
 *
 * @param asked one entry a message: whether it has waited for a place before
 * @returns one entry a message: null to go now, else when to come again
 */
export function grant(bucket: Bucket, rate: number, asked: readonly { promised: boolean }[], now: Date): { bucket: Bucket; places: (Date | null)[] } {
  let { tokens, promisedUntil } = bucket;
  const places = new Map<object, Date | null>();
  const queueFree = promisedUntil <= now;
  for (const each of [...asked.filter(({ promised }) => promised), ...asked.filter(({ promised }) => !promised)]) {
    if (tokens + NEARLY >= 1 && (each.promised || queueFree)) {
      tokens -= 1;
      places.set(each, null);
      continue;
    }
    const end = new Date(now.getTime() + LINE_MS);
    const place = new Date(Math.max(promisedUntil.getTime(), now.getTime()) + SECOND / rate);
    promisedUntil = place < end ? place : end;
    places.set(each, promisedUntil);
  }
  return { bucket: { ...bucket, tokens, promisedUntil }, places: asked.map((each) => places.get(each)!) };
}

/** The bucket after a server asked to slow down: half of what it was. Null when that was just done. */
export function lower(bucket: Bucket, configured: number | null, measured: number, now: Date): Bucket | null {
  if (bucket.loweredAt && now.getTime() - bucket.loweredAt.getTime() < LOWER_AGAIN_MS) return null;
  const before = currentRate(configured, bucket, now) ?? Math.max(measured, LOWEST);
  const first = bucket.loweredAt === null || currentRate(configured, bucket, now) === configured;
  return { ...bucket, tokens: Math.min(bucket.tokens, 1), loweredTo: Math.max(LOWEST, before / 2), loweredFrom: first ? before : bucket.loweredFrom, loweredAt: now };
}

/** Whether an answer means "slower": 421, 4.7.x (policy, for now) or 4.3.2 (not accepting now). A greylist asks to wait, not to slow down. */
export function asksToSlowDown(detail: string): boolean {
  return (/^421\b/.test(detail) || /^4\d\d[ -].*\b4\.(7\.\d{1,3}|3\.2)\b/.test(detail)) && !/gr[ae]y.?list/i.test(detail);
}
