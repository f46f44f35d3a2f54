import type { Db } from './database/db.js';

/** What the people of one arm have done so far, whether or not their time to do it is over. */
export interface ObservedArm {
  key: string;
  people: number;
  /** People who reached the goal, or the sum of their amounts. */
  total: number;
}

export interface Observed {
  /** What counts as better of `total / people`. */
  direction: 'higher' | 'lower';
  arms: ObservedArm[];
}

/** Counts an experiment as it stands, for who has to act before a verdict is possible. Nothing may be claimed from it. */
export abstract class ObservedCounts {
  /** Null when the experiment has no goal. */
  abstract observe(db: Db, experimentId: string, now: Date): Promise<Observed | null>;
}
