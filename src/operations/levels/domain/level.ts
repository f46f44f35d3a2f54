import type { Level } from '../../domain/status.js';

/** How many seconds after being due a message may be handed over: these can be measured. */
export const WITHIN = [5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400] as const;
export type Within = (typeof WITHIN)[number];

/** What is promised: `share` (0 to 1) of the e-mails of the last `hours` handed over within `seconds` of being due. */
export interface Target { share: number; seconds: Within; hours: number }

/** Counts by {@link WITHIN}, and those that came later than all of them. */
export type Counts = readonly number[];

export interface Measured {
  handedOver: number;
  inTime: number;
  /** Due for longer than allowed, and still here. */
  waiting: number;
  /** Of all of these, how many were in time, 0 to 1; null when there were none. */
  share: number | null;
  /** How much of what may be late was: 1 and more is burned. Null while there is too little to say. */
  burned: number | null;
  level: Level;
}

/** Below so many messages one late mail would be an alarm. */
export const ENOUGH = 50;
/** From here on somebody should look. */
const LOOK_AT = 0.75;

/** How a target is kept. Pure. */
export function measure(target: Target, counts: Counts, waiting: number): Measured {
  const handedOver = counts.reduce((sum, count) => sum + count, 0);
  const inTime = counts.slice(0, WITHIN.indexOf(target.seconds) + 1).reduce((sum, count) => sum + count, 0);
  const all = handedOver + waiting;
  const burned = all < ENOUGH ? null : (all - inTime) / (all * (1 - target.share));
  return { handedOver, inTime, waiting, share: all === 0 ? null : inTime / all, burned, level: burned === null || burned < LOOK_AT ? 'ok' : burned < 1 ? 'warn' : 'bad' };
}
