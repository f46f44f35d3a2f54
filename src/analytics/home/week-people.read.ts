import { rows, type Db } from '../../platform/database/db.js';

/** The numbers of the week at home. */
export const WEEK_NUMBERS = ['sent', 'opened', 'clicked', 'goals'] as const;
export type WeekNumber = (typeof WEEK_NUMBERS)[number];

/** The cells each number is the sum of; of opens also those that nobody can tell from a machine's, as the upper end of the number. */
const CELLS: Record<WeekNumber, string> = {
  sent: `c.measure = 'sent'`,
  opened: `c.measure = 'reaction' and c.detail = 'open' and c.further <> 'machine'`,
  clicked: `c.measure = 'reaction' and c.detail = 'click' and c.further = 'human'`,
  goals: `c.measure = 'goal' and c.further = 'converted'`,
};

export interface WeekPerson { personId: string; times: number }

/**
 * Who is behind a number of the week, who came to Danbi last first. Goals count once a campaign and goal, over all its messages. Takes time by
 * the people of the campaigns that did something in the week when few of them are behind it.
 */
export async function peopleOfWeek(db: Db, { number, from, before, limit }: { number: WeekNumber; from: Date; before: string | null; limit: number }): Promise<WeekPerson[]> {
  const cells = await rows<{ id: number; campaignId: string; goal: string }>(db, `
    select c.id, c.campaign_id as "campaignId", concat_ws(' ', c.campaign_id, c.detail) as goal from result_cell as c
     where c.bucket is not null and c.bucket >= $1::timestamptz and c.count > 0 and ${CELLS[number]}`, [from]);
  if (cells.length === 0) return [];
  const times = number === 'goals' ? 'count(distinct w.goal)' : 'sum(coalesce(u.n, 1))';
  return rows<WeekPerson>(db, `
    with week as materialized (select w.id, w.goal from unnest($1::int[], $2::text[]) as w (id, goal)),
    found as materialized (
      select p.person_id from result_person as p
       where p.campaign_id = any($3::uuid[]) and p.cells && $1::int[] and ($4::uuid is null or p.person_id < $4::uuid)
       group by p.person_id order by p.person_id desc limit $5)
    select f.person_id as "personId", (
      select ${times}::int from result_person as p cross join lateral unnest(p.cells, p.counts) as u (cell, n) join week as w on w.id = u.cell
       where p.person_id = f.person_id and p.campaign_id = any($3::uuid[])) as times
      from found as f order by f.person_id desc`,
    [cells.map(({ id }) => id), cells.map(({ goal }) => goal), [...new Set(cells.map(({ campaignId }) => campaignId))], before, limit]);
}
