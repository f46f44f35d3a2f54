import { rows, type Db } from '../../platform/database/db.js';
import type { CountPlan } from '../domain/count-plan.js';

/** Says which goal each digest in the cells of a campaign means, for whoever reads them with SQL. */
export async function nameGoals(tx: Db, { campaignId, goals }: Pick<CountPlan, 'campaignId' | 'goals'>): Promise<void> {
  await rows(tx, `
    insert into result_goal (campaign_id, id, goal) select $1::uuid, g.id, g.key from unnest($2::text[], $3::text[]) as g (id, key) on conflict (campaign_id, id) do nothing`,
  [campaignId, goals.map(({ id }) => id), goals.map(({ key }) => key)]);
}
