import type { Duration } from '../../kernel/local-time.js';
import type { Step } from '../../contract/campaign-steps.js';
import { edgesOf } from './graph.js';
import type { Steps } from './landing.js';

const HOUR_MS = 3_600_000;
/** A calendar day has 25 hours at most. */
const DAY_MS = 25 * HOUR_MS;

const lengthOf = ({ weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 }: Duration): number => (weeks * 7 + days) * DAY_MS + hours * HOUR_MS + minutes * 60_000 + seconds * 1_000;

/** How long people stay at a step at the most, in milliseconds; infinite where they wait for a date of their own. */
function longestAt(step: Step): number {
  if (step.type === 'wait_until') return lengthOf(step.timeout);
  if (step.type !== 'wait') return 0;
  if (step.date) return Infinity;
  const until = step.until ? (step.until.weekdays.length === 0 ? 1 : 7) * DAY_MS : 0;
  return (step.for ? lengthOf(step.for) : 0) + until;
}

/** How long the way behind each step takes at the most, whichever branches are taken; by step. The steps have no loops. */
export function longestBehind(steps: Steps): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  const behind = (id: string): number => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const ways = edgesOf(steps[id]!).flatMap(({ to }) => (to !== null && steps[to] ? [longestAt(steps[to]) + behind(to)] : []));
    const longest = Math.max(0, ...ways);
    known.set(id, longest);
    return longest;
  };
  for (const id of Object.keys(steps)) behind(id);
  return known;
}
