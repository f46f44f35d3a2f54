import { rows, type Db } from '../../platform/database/db.js';

const ENTRY = 7_101;
const WAITS = 7_102;

/**
 * One writer at a time decides who enters, until commit: re-entry reads what earlier entries wrote, and a person reached by
 * a launch and by a change at the same moment must be seen by one of them. Entry is set work, so one writer is enough.
 */
export const lockEntry = (tx: Db): Promise<unknown> => rows(tx, 'select pg_advisory_xact_lock($1)', [ENTRY]);

/**
 * Held shared by a batch that looks at a condition and then begins to wait for it, and alone by whoever tells waiting people
 * that it came true. Without it the news could pass between the look and the wait, and be missed until the timeout.
 */
export const lockWaits = (tx: Db, mode: 'shared' | 'alone'): Promise<unknown> =>
  rows(tx, mode === 'shared' ? 'select pg_advisory_xact_lock_shared($1)' : 'select pg_advisory_xact_lock($1)', [WAITS]);
