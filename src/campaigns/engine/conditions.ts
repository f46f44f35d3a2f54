import type { SegmentNode } from '../../contract/segment.js';
import type { Db } from '../../platform/database/db.js';
import { membersAmong } from '../../segments/segment-questions.js';

/** The moment a batch happens at, and the zone of people without one. */
export interface Moment {
  now: Date;
  zone: string;
}

/** Those of the people named for whom a condition is true at the moment: exact, from the data itself. */
export const whoMeets = (tx: Db, condition: SegmentNode, personIds: readonly string[], { now }: Moment): Promise<Set<string>> => membersAmong(tx, condition, personIds, now);
