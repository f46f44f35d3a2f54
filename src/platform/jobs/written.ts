import { row, type Db } from '../database/db.js';
import { keepPlan } from '../database/kept-plans.js';

/**
 * Which transactions are visible: while it stays the same text, no transaction that wrote anything was committed. Exact, as it is what PostgreSQL
 * itself decides visibility by, unlike the place in its log, which also moves for checkpoints. Other databases of the server move it too.
 */
const SNAPSHOT = keepPlan('select pg_current_snapshot()::text as snapshot');

/** For `WorkerRunner`: a text that is another one when anything was committed in between. One short question that reads no table. */
export async function writtenSoFar(db: Db): Promise<string> {
  return (await row<{ snapshot: string }>(db, SNAPSHOT))!.snapshot;
}
