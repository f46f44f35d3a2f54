import type { SegmentNode } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { membersAmong } from '../../segments/segment-questions.js';

/** The moment a batch happens at, and the zone of people without one. */
export interface Moment {
  now: Date;
  zone: string;
}

/**
 * Those of the people named for whom a condition is true at the moment: exact, from the data itself. A condition over a
 * segment that was archived meanwhile holds for nobody: one campaign must not stop the others, and nobody is messaged on a
 * guess.
 */
export async function whoMeets(tx: Db, condition: SegmentNode, personIds: readonly string[], { now }: Moment): Promise<Set<string>> {
  try {
    return await membersAmong(tx, condition, personIds, now);
  } catch (error) {
    if (error instanceof AppError && error.code === 'segment.invalid') return new Set();
    throw error;
  }
}
