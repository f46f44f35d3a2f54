import { row, type Db } from './database/db.js';

/** So many days events are kept at least, as the policy says; null: for ever. They go by whole months, so the oldest kept are up to a month older. */
export async function eventDays(db: Db): Promise<number | null> {
  return (await row<{ days: number }>(db, `select r.days from retention_policy as r where r.kind = 'events'`))?.days ?? null;
}
