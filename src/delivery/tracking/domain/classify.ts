import { isbot } from 'isbot';

/** Who opened or clicked, as far as can be told. `unknown`: something speaks against a person, nothing settles it. */
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
  /** The listed network of scanners or data centres the request came from, if it did. */
  scanner: string | null;
}

/** What other requests tell about this one. */
export interface Surroundings {
  /** Part of a burst: three different links of the message within two seconds. */
  burst: boolean;
  /** Its address followed links of ten messages within ten seconds. */
  manyPeople: boolean;
  /** Its network followed the hidden link of the message within a minute. */
  honeypot: boolean;
  /** Apple's proxy loads this person's messages: what else looks like an open of theirs may be the same proxy. */
  mppRecipient: boolean;
}

export const ALONE: Surroundings = { burst: false, manyPeople: false, honeypot: false, mppRecipient: false };

export interface Classified {
  verdict: Verdict;
  reasons: string[];
}

const PROXY = /GoogleImageProxy|YahooMailProxy|ggpht\.com/;

/**
 * Opens. isbot decides only the rest: it calls the image proxies of Gmail and Yahoo robots, which would delete every open
 * by their users.
 */
export function judgeOpen(signs: RequestSigns, { honeypot, mppRecipient }: Surroundings): Classified {
  const own = openAlone(signs);
  if (honeypot) return { verdict: 'machine', reasons: [...own.reasons, 'honeypot'] };
  return own.verdict === 'human' && mppRecipient ? { verdict: 'unknown', reasons: [...own.reasons, 'mpp-recipient'] } : own;
}

function openAlone({ method, userAgent, sinceSent }: RequestSigns): Classified {
  if (method !== 'GET') return { verdict: 'machine', reasons: ['method'] };
  if (userAgent === 'Mozilla/5.0') return { verdict: 'machine', reasons: ['apple-mpp'] };
  if (userAgent.endsWith('Edge/12.246 Mozilla/5.0')) return { verdict: 'machine', reasons: ['gmail-prefetch'] };
  if (PROXY.test(userAgent)) return sinceSent !== null && sinceSent < 3_000 ? { verdict: 'machine', reasons: ['proxy', 'at-once'] } : { verdict: 'human', reasons: ['proxy'] };
  if (userAgent === '') return { verdict: 'machine', reasons: ['no-user-agent'] };
  return isRobot(userAgent) ? { verdict: 'machine', reasons: ['bot'] } : { verdict: 'human', reasons: [] };
}

/** Points of each sign of a robot on a click; three make a machine. */
const POINTS: Record<string, number> = { bot: 3, 'no-user-agent': 3, burst: 3, 'many-people': 3, 'at-once': 2, scanner: 2, 'no-language': 1 };
const MACHINE = 3;
/** Signs that decide alone. */
const CERTAIN = new Set(['method', 'prefetch', 'honeypot']);

/** Clicks. Without a known time of sending, a suspicion stays undecided. */
export function judgeClick(signs: RequestSigns, around: Surroundings): Classified {
  const reasons = clickReasons(signs, around);
  if (reasons.some((reason) => CERTAIN.has(reason))) return { verdict: 'machine', reasons };
  const points = reasons.reduce((sum, reason) => sum + (POINTS[reason] ?? 0), 0);
  if (points >= MACHINE) return { verdict: 'machine', reasons };
  return { verdict: points > 0 && signs.sinceSent === null ? 'unknown' : 'human', reasons };
}

function clickReasons(signs: RequestSigns, around: Surroundings): string[] {
  const reasons: string[] = [];
  if (signs.method !== 'GET') reasons.push('method');
  if (signs.prefetch) reasons.push('prefetch');
  if (signs.userAgent === '') reasons.push('no-user-agent');
  else if (isRobot(signs.userAgent)) reasons.push('bot');
  if (signs.sinceSent !== null && signs.sinceSent < 5_000) reasons.push('at-once');
  if (signs.scanner !== null) reasons.push('scanner');
  if (around.manyPeople) reasons.push('many-people');
  if (!signs.acceptLanguage) reasons.push('no-language');
  if (around.burst) reasons.push('burst');
  if (around.honeypot) reasons.push('honeypot');
  return reasons;
}

const ROBOTS_KEPT = 5_000;
const robots = new Map<string, boolean>();

/** isbot costs 5 µs, and the world has few user agents: each is asked about once. */
function isRobot(userAgent: string): boolean {
  let known = robots.get(userAgent);
  if (known === undefined) {
    known = isbot(userAgent);
    if (robots.size >= ROBOTS_KEPT) robots.clear();
    robots.set(userAgent, known);
  }
  return known;
}

export interface ClickMoment { link: number; at: number }

const BURST_LINKS = 3;
export const BURST_MS = 2_000;

/** Which clicks of one message are part of a burst: three different links or more within two seconds. Indexes into `clicks`. */
export function burstOf(clicks: readonly ClickMoment[]): Set<number> {
  const order = clicks.map((_, index) => index).toSorted((a, b) => clicks[a]!.at - clicks[b]!.at);
  const within = new Map<number, number>();
  const burst = new Set<number>();
  for (let from = 0, to = 0, marked = 0; to < order.length; to += 1) {
    const { link, at } = clicks[order[to]!]!;
    within.set(link, (within.get(link) ?? 0) + 1);
    for (; at - clicks[order[from]!]!.at > BURST_MS; from += 1) {
      const left = clicks[order[from]!]!.link;
      if (within.get(left) === 1) within.delete(left);
      else within.set(left, within.get(left)! - 1);
    }
    if (within.size < BURST_LINKS) continue;
    for (marked = Math.max(marked, from); marked <= to; marked += 1) burst.add(order[marked]!);
  }
  return burst;
}
