import { createHash } from 'node:crypto';
import { DAY, type StoryPerson } from './world.js';

/**
 * What must happen to one person, worked out from the story alone: its own calendar arithmetic, its own bucket hash, no
 * code of Danbi. Instants are epoch milliseconds.
 */
export interface Expected {
  deliveries: { step: string; variant: string; state: string; reason: string | null; at: number }[];
  refusals: { step: string; code: string; at: number }[];
  run: { state: string; code: string | null; leftAt: number | null };
}

export interface ExpectedArm { key: string; basisPoints: number; isControl: boolean }
export interface ExpectedTest { salt: string; arms: ExpectedArm[] }

/** Local-time offset of a zone at an instant, read from the platform's calendar. */
function offsetOf(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(at);
  const field = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'), field('minute'), field('second')) - at;
}

/** Same wall-clock time some days later; a time that does not exist moves forward by the gap. */
export function daysLater(at: number, days: number, zone: string): number {
  const wall = at + offsetOf(zone, at) + days * DAY;
  const before = offsetOf(zone, wall - DAY);
  const after = offsetOf(zone, wall + DAY);
  const candidates = [wall - before, wall - after].filter((candidate) => candidate + offsetOf(zone, candidate) === wall);
  return candidates.length > 0 ? Math.min(...candidates) : wall - before;
}

export function armOf(test: ExpectedTest, personId: string): ExpectedArm {
  const bucket = Number(BigInt(`0x${createHash('sha256').update(`${test.salt}:${personId}`).digest('hex').slice(0, 16)}`) % 10_000n);
  let end = 0;
  for (const arm of test.arms) {
    end += arm.basisPoints;
    if (bucket < end) return arm;
  }
  throw new Error('the arms do not cover all buckets');
}

/** One person's path: welcome, wait 3 days, nudge unless active, project within 7 days or a last e-mail; the goal ends it. */
export function expectedOf(person: StoryPerson, personId: string, tests: Record<'welcome' | 'nudge' | 'last', ExpectedTest>): Expected {
  const result: Expected = { deliveries: [], refusals: [], run: { state: 'active', code: null, leftAt: null } };
  const goalAt = person.invitedAt ?? Infinity;
  const exited = (): Expected => ({ ...result, run: { state: 'exited', code: 'GOAL_REACHED', leftAt: goalAt } });
  const completed = (at: number): Expected => ({ ...result, run: { state: 'completed', code: null, leftAt: at } });

  const welcomeArm = armOf(tests.welcome, personId).key;
  if (person.email === null) result.refusals.push({ step: 'welcome', code: 'CHANNEL_UNREACHABLE', at: person.signedUpAt });
  else if (person.firstName === null) result.deliveries.push({ step: 'welcome', variant: welcomeArm, state: 'failed', reason: 'RENDER_MISSING_VAR', at: person.signedUpAt });
  else result.deliveries.push({ step: 'welcome', variant: welcomeArm, state: 'sent', reason: null, at: person.signedUpAt });

  const branchAt = daysLater(person.signedUpAt, 3, person.zone);
  if (goalAt < branchAt) return exited();
  const active = person.opens.filter((at) => at > branchAt - 3 * DAY && at <= branchAt).length >= 2;
  if (!active) result.deliveries.push({ step: 'nudge', variant: 'only', state: person.seesNudge ? 'delivered' : 'sent', reason: null, at: branchAt });

  const projectAt = person.projectAt ?? Infinity;
  const timeoutAt = daysLater(branchAt, 7, person.zone);
  if (projectAt <= branchAt) return completed(branchAt);
  if (goalAt < Math.min(projectAt, timeoutAt)) {
    // What nobody has seen is taken back at once.
    for (const nudge of result.deliveries.filter(({ step, state }) => step === 'nudge' && state === 'sent')) Object.assign(nudge, { state: 'recalled', reason: 'GOAL_REACHED' });
    return exited();
  }
  if (projectAt < timeoutAt) return goalAt === projectAt ? exited() : completed(projectAt);

  const lastArm = armOf(tests.last, personId);
  if (person.email === null) result.refusals.push({ step: 'last', code: 'CHANNEL_UNREACHABLE', at: timeoutAt });
  else if (unsubscribed(person)) result.refusals.push({ step: 'last', code: 'TOPIC_UNSUBSCRIBED', at: timeoutAt });
  else result.deliveries.push({ step: 'last', variant: lastArm.key, state: lastArm.isControl ? 'ghost' : 'sent', reason: lastArm.isControl ? 'EXPERIMENT_CONTROL' : null, at: timeoutAt });
  return completed(timeoutAt);
}

/** Only who got the welcome can unsubscribe through it. */
export const gotWelcome = (person: StoryPerson): boolean => person.email !== null && person.firstName !== null;
export const unsubscribed = (person: StoryPerson): boolean => person.unsubscribes && gotWelcome(person);
