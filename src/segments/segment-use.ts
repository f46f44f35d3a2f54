import type { Db } from '../platform/database/db.js';

/** Injection token of {@link SegmentUse}; the campaigns module provides it. Absent, nothing but other segments uses a segment. */
export const SEGMENT_USE = Symbol('segment-use');

/** What else depends on a shared segment or a list: asked before it is archived, inside that transaction and with it locked. */
export interface SegmentUse {
  /** Names of what would stop working, as people know them. */
  usersOf(tx: Db, id: string): Promise<string[]>;
  /** The same campaigns with their ids, for who only looks. */
  campaignsOf(db: Db, id: string): Promise<{ id: string; name: string }[]>;
}
