import type { WireRule } from '../../../src/contract/visitor-wire.js';

const DAY = 1_440;

/**
 * Does the rule run at this moment of the visitor's own clock? Hours are [from, to), over midnight too: such a night belongs
 * to the day it began on. Hours that end where they begin are the whole day.
 */
export function runs({ b: [from, to] = [null, null], o = [0, 0], w }: WireRule, now: Date): boolean {
  // The clock on the wall, if the day began with the hours: what is over midnight then belongs to the day before.
  const shifted = new Date(now);
  shifted.setMinutes(now.getMinutes() - o[0]);
  return +now >= from! && +now < (to ?? Infinity) && shifted.getHours() * 60 + shifted.getMinutes() < ((o[1] - o[0] + DAY) % DAY || DAY) && (!w || w.includes(shifted.getDay()));
}
