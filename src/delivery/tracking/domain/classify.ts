import { isbot } from 'isbot';

export type Verdict = 'human' | 'machine' | 'unknown';

/** What a request for a pixel or a link shows of who made it. */
export interface RequestSigns {
  method: string;
  userAgent: string;
  acceptLanguage: boolean;
  /** `Purpose` or `Sec-Purpose: prefetch`. */
  prefetch: boolean;
  /** Milliseconds since the mail server took the message; null when that is not known. */
  sinceSent: number | null;
}

export interface Classified {
  verdict: Verdict;
  reasons: string[];
}

const PROXY = /GoogleImageProxy|YahooMailProxy|ggpht\.com/;

/**
 * Opens. isbot decides only the rest: it calls the image proxies of Gmail and Yahoo robots, which would delete every open
 * by their users.
 */
export function classifyOpen({ method, userAgent, sinceSent }: RequestSigns): Classified {
  if (method !== 'GET') return { verdict: 'machine', reasons: ['method'] };
  if (userAgent === 'Mozilla/5.0') return { verdict: 'machine', reasons: ['apple-mpp'] };
  if (userAgent.endsWith('Edge/12.246 Mozilla/5.0')) return { verdict: 'machine', reasons: ['gmail-prefetch'] };
  if (PROXY.test(userAgent)) return sinceSent !== null && sinceSent < 3_000 ? { verdict: 'machine', reasons: ['proxy', 'at-once'] } : { verdict: 'human', reasons: ['proxy'] };
  if (userAgent === '') return { verdict: 'machine', reasons: ['no-user-agent'] };
  return isbot(userAgent) ? { verdict: 'machine', reasons: ['bot'] } : { verdict: 'human', reasons: [] };
}

/** Points of each sign of a robot on a click; three make a machine. */
const POINTS: Record<string, number> = { bot: 3, 'no-user-agent': 3, burst: 3, 'many-people': 3, 'at-once': 2, 'no-language': 1 };
const MACHINE = 3;
/** Signs that decide alone. */
const CERTAIN = new Set(['method', 'prefetch']);

/** Whether this address followed links of many people within seconds, besides the signs of the request itself. */
export function clickReasons(signs: RequestSigns, manyPeople: boolean): string[] {
  const reasons: string[] = [];
  if (signs.method !== 'GET') reasons.push('method');
  if (signs.prefetch) reasons.push('prefetch');
  if (signs.userAgent === '') reasons.push('no-user-agent');
  else if (isbot(signs.userAgent)) reasons.push('bot');
  if (signs.sinceSent !== null && signs.sinceSent < 5_000) reasons.push('at-once');
  if (manyPeople) reasons.push('many-people');
  if (!signs.acceptLanguage) reasons.push('no-language');
  return reasons;
}

/** The verdict that reasons add up to. Without a known time of sending, a suspicion stays undecided. */
export function clickVerdict(reasons: readonly string[], sentAtKnown: boolean): Verdict {
  if (reasons.some((reason) => CERTAIN.has(reason))) return 'machine';
  const points = reasons.reduce((sum, reason) => sum + (POINTS[reason] ?? 0), 0);
  if (points >= MACHINE) return 'machine';
  return points > 0 && !sentAtKnown ? 'unknown' : 'human';
}

export interface ClickMoment { link: number; at: number }

const BURST_LINKS = 3;
const BURST_MS = 2_000;

/** Which clicks of one message are part of a burst: three different links or more within two seconds. Indexes into `clicks`. */
export function burstOf(clicks: readonly ClickMoment[]): Set<number> {
  const order = clicks.map((_, index) => index).toSorted((a, b) => clicks[a]!.at - clicks[b]!.at);
  const burst = new Set<number>();
  for (let from = 0, to = 0; to < order.length; to += 1) {
    while (clicks[order[to]!]!.at - clicks[order[from]!]!.at > BURST_MS) from += 1;
    const window = order.slice(from, to + 1);
    if (new Set(window.map((index) => clicks[index]!.link)).size >= BURST_LINKS) for (const index of window) burst.add(index);
  }
  return burst;
}
