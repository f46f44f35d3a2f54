import { addDuration } from '../../kernel/local-time.js';
import type { Step } from '../../contract/campaign-steps.js';
import { waitEnds } from './next-due.js';

/** When somebody who came then is through with a wait. Of a wait for a date of theirs that is not known. */
export function endOf(step: Step, arrived: Date, zone: string): Date | null {
  if (step.type === 'wait') return step.date ? null : waitEnds(step, arrived, zone);
  return step.type === 'wait_until' ? addDuration(arrived, step.timeout, zone) : arrived;
}

/**
 * The last moment between two at which one could come and be through by now; null when there is none. Who comes later is through
 * later or at the same time, so it is found by halving, to the millisecond.
 */
export function lastThrough(end: (arrived: Date) => Date, { first, last }: { first: Date; last: Date }, now: Date): Date | null {
  if (end(first) > now) return null;
  if (end(last) <= now) return last;
  let [known, beyond] = [first.getTime(), last.getTime()];
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2);
    if (end(new Date(middle)) <= now) known = middle;
    else beyond = middle;
  }
  return new Date(known);
}
