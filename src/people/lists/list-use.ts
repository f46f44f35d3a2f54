import type { Db } from '../../platform/database/db.js';

/** Injection token of {@link ListUse}; the segments module provides it. Absent, nothing uses a list. */
export const LIST_USE = Symbol('list-use');

/** What depends on a list: asked before it is archived, inside that transaction and with the list locked. */
export interface ListUse {
  /** Names of what would stop working, as people know them. */
  usersOf(tx: Db, listId: string): Promise<string[]>;
}
