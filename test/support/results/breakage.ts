import { rows, type Db } from '../../../src/platform/database/db.js';

/** Everything that is kept of a campaign, by names instead of by ids of cells. */
export async function everythingKept(db: Db, campaignId: string): Promise<unknown> {
  const of = (sql: string) => rows(db, sql, [campaignId]);
  const ofTests = 'experiment_id in (select p.experiment_id from experiment_plan as p where p.campaign_id = $1)';
  return {
    cells: await of('select c.measure, c.version_id, c.step_id, c.experiment_id, c.variant, c.channel, c.language, c.detail, c.further, c.bucket, c.count::int, trim_scale(c.amount)::text as amount, trim_scale(c.squares)::text as squares from result_cell as c where c.campaign_id = $1 and c.count <> 0 order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10'),
    people: await of(`
      select p.person_id, p.entered_at, p.next_at, (select jsonb_agg(jsonb_build_array(c.key, coalesce(u.n, 1), u.amount) order by c.key) from unnest(p.cells, p.counts, p.amounts) as u (cell, n, amount) join result_cell as c on c.id = u.cell) as parts
        from result_person as p where p.campaign_id = $1 order by p.person_id`),
    tested: await of(`select t.* from result_tested as t where t.${ofTests} order by t.experiment_id, t.person_id`),
    goals: await of(`select t.* from result_tested_goal as t where t.${ofTests} order by t.experiment_id, t.goal, t.person_id`),
    sums: await of(`select t.* from result_tested_cell as t where t.${ofTests} and t.assigned <> 0 order by t.experiment_id, t.span, t.at, t.variant`),
    goalSums: await of(`select t.experiment_id, t.goal, t.span, t.at, t.variant, t.converted, t.non_zero, trim_scale(t.amount)::text as amount, trim_scale(t.squares)::text as squares from result_tested_goal_cell as t where t.${ofTests} and t.converted <> 0 order by 1, 2, 3, 4, 5`),
    reads: await of('select r.version_id, r.reads from result_reads as r where r.campaign_id = $1 order by r.version_id'),
  };
}

/** One cell of each kind: a measure, by quarters of an hour or not, and of goals and verdicts each part. */
const KINDS = `select distinct on (c.measure, c.bucket is null, case when c.measure in ('goal', 'tested') then coalesce(c.further, c.detail) end) c.id, c.measure
      from result_cell as c where c.campaign_id = $1 and c.count > 1 order by c.measure, c.bucket is null, case when c.measure in ('goal', 'tested') then coalesce(c.further, c.detail) end, c.id`;

/**
 * Takes one part of every kind from somebody else each, with its share of the sum, so that only the ledger knows; and the moments and verdicts of
 * others. @returns what differs, by measure
 */
export async function breakEachPart(db: Db, campaignId: string): Promise<string[]> {
  const kinds = await rows<{ id: number; measure: string }>(db, KINDS, [campaignId]);
  const used: string[] = [];
  for (const { id } of kinds) {
    const [taken] = await rows<{ person: string; place: number; n: number; amount: string | null }>(db, `
      select p.person_id as person, array_position(p.cells, $2) as place, coalesce(p.counts[array_position(p.cells, $2)], 1) as n, p.amounts[array_position(p.cells, $2)]::text as amount
        from result_person as p where p.campaign_id = $1 and p.cells @> array[$2::int] and p.person_id <> all($3::uuid[]) order by p.person_id limit 1`, [campaignId, id, used]);
    if (!taken) throw new Error(`nobody is left to take cell ${id} from`);
    used.push(taken.person);
    const without = (column: string) => `${column} = ${column}[:$3 - 1] || ${column}[$3 + 1:]`;
    await rows(db, `update result_person set ${['cells', 'counts', 'amounts'].map(without).join(', ')} where campaign_id = $1 and person_id = $2`, [campaignId, taken.person, taken.place]);
    await rows(db, 'update result_cell set count = count - $2, amount = amount - $3::numeric, squares = squares - $3::numeric * $3::numeric where id = $1', [id, taken.n, taken.amount]);
  }
  const someone = (where: string) => `(select p.person_id from result_person as p where p.campaign_id = $1 and ${where} and p.person_id <> all($2::uuid[]) order by p.person_id limit 1)`;
  await rows(db, `update result_person as p set entered_at = p.entered_at - interval '1 day' where p.campaign_id = $1 and p.person_id = ${someone('p.entered_at is not null')}`, [campaignId, used]);
  await rows(db, `update result_person as p set next_at = null where p.campaign_id = $1 and p.person_id = ${someone('p.next_at is not null')}`, [campaignId, used]);
  const ofTests = 'experiment_id in (select p.experiment_id from experiment_plan as p where p.campaign_id = $1)';
  const oneOf = (table: string, where: string, key: string) => `(${key}) in (select ${key} from ${table} where ${ofTests} and ${where} order by ${key} limit 1)`;
  for (const change of ['reactions = reactions # 8', 'eligible = not eligible', `assigned_at = assigned_at + interval '1 microsecond'`, `variant = 'other'`]) {
    await rows(db, `update result_tested set ${change} where ${oneOf('result_tested', `right(person_id::text, 1) = '${change.length % 10}'`, 'experiment_id, person_id')}`, [campaignId]);
  }
  await rows(db, `update result_tested_goal set amount = amount + 1 where ${oneOf('result_tested_goal', 'true', 'experiment_id, goal, person_id')}`, [campaignId]);
  await rows(db, `delete from result_tested_goal where ${oneOf('result_tested_goal', 'amount > 0', 'experiment_id, goal, person_id')}`, [campaignId]);
  return [...new Set([...kinds.map(({ measure }) => measure), 'people', 'verdict', 'verdict_goal'])].toSorted();
}

/** Spoils one sum of every kind, the name of another, sums of verdicts, and what the goals of a version are known to read. */
export async function breakEachSum(db: Db, campaignId: string): Promise<void> {
  const kinds = await rows<{ id: number }>(db, KINDS, [campaignId]);
  await rows(db, 'update result_cell set count = count + 1, amount = amount + 1, squares = squares + 0.25 where id = any($1::int[])', [kinds.map(({ id }) => id)]);
  await rows(db, `update result_cell set variant = 'other' where id = (select c.id from result_cell as c where c.campaign_id = $1 and c.measure = 'sent' and c.id <> all($2::int[]) order by c.id limit 1)`, [campaignId, kinds.map(({ id }) => id)]);
  for (const span of [60, 3600]) {
    await rows(db, 'update result_tested_cell set clicked = clicked + 1 where (experiment_id, span, at, variant) in (select t.experiment_id, t.span, t.at, t.variant from result_tested_cell as t join experiment_plan as p on p.experiment_id = t.experiment_id where p.campaign_id = $1 and t.span = $2 order by t.at limit 1)', [campaignId, span]);
    await rows(db, 'delete from result_tested_goal_cell where (experiment_id, goal, span, at, variant) in (select t.experiment_id, t.goal, t.span, t.at, t.variant from result_tested_goal_cell as t join experiment_plan as p on p.experiment_id = t.experiment_id where p.campaign_id = $1 and t.span = $2 order by t.at limit 1)', [campaignId, span]);
  }
  await rows(db, `update result_reads set reads = '{}' where campaign_id = $1`, [campaignId]);
}
