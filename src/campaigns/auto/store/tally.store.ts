import { row, rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import { lapseOver } from './claims.store.js';

const BATCH = 1_000;

/**
 * Starts counting for a campaign that had no cap before, from the impressions there are and the leases that count. The campaign is
 * locked by its publisher, so nobody confirms an impression meanwhile.
 */
export async function beginTally(tx: Db, campaignId: string): Promise<void> {
  await rows(tx, `
    insert into display_tally (campaign_id, taken)
    select $1, (select count(*) from delivery as d where d.campaign_id = $1 and d.state = 'delivered' and not d.is_control)
             + (select count(*) from display_claim as c where c.campaign_id = $1 and c.state = 'open' and c.counted)
    on conflict (campaign_id) do update set taken = excluded.taken`, [campaignId]);
}

const TALLY = keepPlan(`
  select (select t.taken from display_tally as t where t.campaign_id = $1) as taken,
         (select min(c.lease_until) from display_claim as c where c.campaign_id = $1 and c.state = 'open' and c.counted) as at`);

/** How many are taken; when a lease that may come back ends. Nothing is locked. */
export async function tallyOf(db: Db, campaignId: string): Promise<{ taken: number; nextBack: Date | null }> {
  const found = await row<{ taken: string | null; at: Date | null }>(db, TALLY, [campaignId]);
  return { taken: Number(found!.taken ?? 0), nextBack: found!.at };
}

const TAKE = keepPlan('update display_tally as t set taken = t.taken + 1 where t.campaign_id = $1 and t.taken < $2 returning 1');

const take = async (tx: Db, campaignId: string, cap: number): Promise<boolean> =>
  (await rows(tx, TAKE, [campaignId, cap])).length === 1;

/** Takes one of the cap, those of leases that are over included. The row stays locked until commit: keep it short. @returns whether there was one */
export async function takeOne(tx: Db, campaignId: string, cap: number, now: Date): Promise<boolean> {
  if (await take(tx, campaignId, cap)) return true;
  return (await lapseOver(tx, campaignId, BATCH, now)) > 0 && take(tx, campaignId, cap);
}

export async function giveBack(tx: Db, campaignId: string): Promise<void> {
  await rows(tx, 'update display_tally as t set taken = t.taken - 1 where t.campaign_id = $1', [campaignId]);
}
