import { row, rows, type Db } from '../../platform/database/db.js';

/** Marks a stopped campaign whose runs, deliveries and in-app messages are still being taken back. */
export async function setClosing(tx: Db, campaignId: string, closing: boolean): Promise<void> {
  await rows(tx, 'update campaign as c set closing = $2 where c.id = $1', [campaignId, closing]);
}

/** Campaigns stopped at or before `stoppedBy` that nobody has finished closing. */
export async function unfinishedClosings(db: Db, stoppedBy: Date): Promise<string[]> {
  const found = await rows<{ id: string }>(db, 'select c.id from campaign as c where c.closing and c.state_at <= $1::timestamptz order by c.id', [stoppedBy]);
  return found.map(({ id }) => id);
}

/** When the earliest open closing began. */
export async function earliestClosing(db: Db): Promise<Date | null> {
  const found = await row<{ at: Date | null }>(db, 'select min(c.state_at) as at from campaign as c where c.closing');
  return found!.at;
}

/** Ids of some active runs of the campaign, locked in one order so that two writers can not deadlock. */
export async function someActiveRuns(tx: Db, campaignId: string, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(tx, `
    select e.id from enrollment as e where e.campaign_id = $1 and e.state = 'active' order by e.id limit $2 for update`, [campaignId, limit]);
  return found.map(({ id }) => id);
}

/** True when nobody is on the way and nothing is queued. Launches count only where they still take people in. */
export async function isIdle(tx: Db, campaignId: string, countLaunches: boolean): Promise<boolean> {
  const found = await row<{ busy: boolean }>(tx, `
    select exists (select from enrollment as e where e.campaign_id = $1 and e.state = 'active')
        or ($2 and exists (select from launch as l where l.campaign_id = $1 and l.state in ('waiting', 'running')))
        or ($2 and exists (select from test_then_send as t where t.campaign_id = $1 and t.state in ('testing', 'waiting', 'held')))
        or exists (select from delivery as d where d.campaign_id = $1 and d.state in ('queued', 'sending')) as busy`, [campaignId, countLaunches]);
  return !found!.busy;
}
