import { row, rows, type Db } from '../../platform/database/db.js';

/** How far the people of a campaign have been counted by its current goals. */
export interface GoalsState { digest: string; cursor: string | null; total: number; done: number; startedAt: Date | null }

export function loadGoals(db: Db, campaignId: string): Promise<GoalsState | null> {
  return row(db, `select g.digest, g.cursor, g.people_total as total, g.people_done as done, g.started_at as "startedAt" from result_goals as g where g.campaign_id = $1::uuid`, [campaignId]);
}

/** Nobody was counted by other goals before. */
export async function beginGoals(tx: Db, campaignId: string, digest: string, now: Date): Promise<void> {
  await rows(tx, 'insert into result_goals (campaign_id, digest, check_from) values ($1::uuid, $2, $3::timestamptz)', [campaignId, digest, now]);
}

/** From now on people are counted by other goals: everybody of the campaign has to be counted again. */
export async function changeGoals(tx: Db, campaignId: string, digest: string, now: Date): Promise<void> {
  await rows(tx, `
    update result_goals as g set digest = $2, cursor = '00000000-0000-0000-0000-000000000000', people_done = 0, started_at = $3::timestamptz,
           people_total = (select count(*) from result_person as p where p.campaign_id = $1::uuid)
     where g.campaign_id = $1::uuid`, [campaignId, digest, now]);
}

/** Takes the next people of a campaign that is being counted by other goals, but not of some campaigns; null when there is none. */
export async function nextByGoals(tx: Db, limit: number, except: readonly string[]): Promise<{ campaignId: string; personIds: string[] } | null> {
  const going = await row<{ campaignId: string; cursor: string }>(tx, 'select g.campaign_id as "campaignId", g.cursor from result_goals as g where g.cursor is not null and g.campaign_id <> all($1::uuid[]) order by g.started_at, g.campaign_id limit 1', [except]);
  if (!going) return null;
  const next = await rows<{ id: string }>(tx, 'select p.person_id as id from result_person as p where p.campaign_id = $1::uuid and p.person_id > $2::uuid order by p.person_id limit $3', [going.campaignId, going.cursor, limit]);
  const personIds = next.map(({ id }) => id);
  await rows(tx, `update result_goals as g set cursor = $2::uuid, people_done = g.people_done + $3 where g.campaign_id = $1::uuid`, [going.campaignId, personIds.length < limit ? null : personIds.at(-1), personIds.length]);
  return { campaignId: going.campaignId, personIds };
}
