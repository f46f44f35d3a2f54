import type { WireRule } from '../../../src/contract/visitor-wire.js';

const DAY = 1_440;

/**
 * Does the rule run at this moment of the visitor's own clock? Hours are [from, to), over midnight too: such a night belongs
 * to the day it began on. Hours that end where they begin are the whole day.
 */
export function runs({ b, o = [0, 0], w }: WireRule, now: Date): boolean {
  const at = +now;
  if (b && (at < (b[0] ?? at) || at >= (b[1] ?? Infinity))) return false;
  const minute = now.getHours() * 60 + now.getMinutes();
  // Minutes since the hours began, today or yesterday.
  const since = (minute - o[0] + DAY) % DAY;
  const began = minute < o[0] ? 6 : 0;
  return since < ((o[1] - o[0] + DAY) % DAY || DAY) && (!w || w.includes((now.getDay() + began) % 7));
}
