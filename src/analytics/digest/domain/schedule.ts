import type { DigestSettings } from '../../../contract/digest.js';
import { nextLocalTime } from '../../../kernel/local-time.js';

type Times = Pick<DigestSettings, 'weekday' | 'at'> & { cadence: 'daily' | 'weekly' };

/** The first moment after `after` at which a digest is due, by the clocks of `zone`. */
export const nextDigest = (after: Date, { cadence, weekday, at }: Times, zone: string): Date => nextLocalTime(new Date(after.getTime() + 1), at, zone, cadence === 'weekly' ? [weekday] : []);

/** The newest moment that is over among those due since `due`: after a long stop one digest tells everything. */
export function lastDue(due: Date, now: Date, times: Times, zone: string): { to: Date; next: Date } {
  let [to, next] = [due, nextDigest(due, times, zone)];
  while (next <= now) [to, next] = [next, nextDigest(next, times, zone)];
  return { to, next };
}
