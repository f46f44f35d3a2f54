import { rows, type Db } from '../../platform/database/db.js';

const CHUNK = 20_000;

/** Removes a bounded number of old rows; zero when there are none left. */
export async function purgeReceipts(db: Db, before: Date): Promise<number> {
  return (await rows(db, `
    delete from event_receipt as r
     where r.message_key in (select old.message_key from event_receipt as old where old.received_at < $1::timestamptz limit ${CHUNK} for update skip locked)
    returning 1`, [before])).length;
}

export async function purgeRejections(db: Db, before: Date): Promise<number> {
  return (await rows(db, `
    delete from event_rejected as r
     where r.id in (select old.id from event_rejected as old where old.at < $1::timestamptz order by old.at limit ${CHUNK} for update skip locked)
    returning 1`, [before])).length;
}

/** Rejected rows of imports that ended long ago: the raw rows may name anybody, and no erasure finds them there. */
export async function purgeImportRejections(db: Db, before: Date): Promise<number> {
  return (await rows(db, `
    delete from import_rejection as r
     where (r.import_id, r.row_number) in (
       select old.import_id, old.row_number
         from import_run as i join import_rejection as old on old.import_id = i.id
        where i.finished_at < $1::timestamptz limit ${CHUNK} for update of old skip locked)
    returning 1`, [before])).length;
}

/** Sums the counts of each name into one row. Batches that are written meanwhile add rows of their own. */
export async function foldTallies(db: Db): Promise<void> {
  await rows(db, `
    with taken as (delete from event_tally as t returning t.name, t.events, t.last_at)
    insert into event_tally (name, events, last_at)
    select g.name, sum(g.events), max(g.last_at) from taken as g group by g.name having sum(g.events) <> 0`);
}
