import { rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { Cell } from '../domain/cell.js';
import type { CountPlan } from '../domain/count-plan.js';
import { CELL_COLUMNS, contributions, type CountMoment } from '../reads/contributions.js';

/** Some people of a campaign, by how things stood when they first came in. */
export interface AtEntry {
  /** [from, to) */
  from: Date | null;
  to: Date | null;
  segmentId: string | null;
}

const NAMES = CELL_COLUMNS.map((column) => `t.${column}`).join(', ');

/** SQL of whether somebody is meant. Nobody is known to have been in a segment before its first build. */
export function isMeant(person: string, entered: string, { from, to, segmentId }: AtEntry, values: SqlValues): string {
  const parts = [`${entered} is not null`];
  if (from) parts.push(`${entered} >= ${values.bind(from, 'timestamptz')}`);
  if (to) parts.push(`${entered} < ${values.bind(to, 'timestamptz')}`);
  if (segmentId) parts.push(`coalesce((select h.entered from membership_change as h where h.segment_id = ${values.bind(segmentId, 'uuid')} and h.person_id = ${person} and h.at <= ${entered} order by h.at desc, h.id desc limit 1), false)`);
  return parts.join(' and ');
}

/**
 * Totals over some people only: the sum of what each of them adds. Takes time by the number of people who came in, so it is
 * asked under a time limit.
 *
 * @param pending people whose part was not worked off: they are counted now
 */
export async function readSubset(db: Db, plan: CountPlan, asked: AtEntry, pending: readonly string[], at: CountMoment): Promise<{ people: number; cells: Cell[] }> {
  const values = new SqlValues();
  const campaign = values.bind(plan.campaignId, 'uuid');
  const waiting = values.bind(pending, 'uuid[]');
  const found = await rows<Cell>(db, `
  with ${contributions(plan, waiting, at, values)},
  known as materialized (
    select p.person_id, p.cells, p.counts, p.amounts from result_person as p
     where p.campaign_id = ${campaign} and not exists (select from pair as q where q.person_id = p.person_id) and ${isMeant('p.person_id', 'p.entered_at', asked, values)}),
  fresh as materialized (select t.person_id from moment as t where ${isMeant('t.person_id', 't.entered_at', asked, values)}),
  summed as (
    select u.cell, sum(coalesce(u.n, 1)) as n, sum(u.amount) as amount, sum(u.amount * u.amount) as squares from known as k cross join lateral unnest(k.cells, k.counts, k.amounts) as u (cell, n, amount) group by u.cell),
  every as (
    select t.key, ${NAMES}, s.n, s.amount, s.squares from summed as s join result_cell as t on t.id = s.cell where t.bucket is null
    union all
    select t.key, ${NAMES}, t.n, t.amount, t.amount * t.amount from contribution as t join fresh as f on f.person_id = t.person_id where t.bucket is null)
  select t.key, t.measure, t.version_id as "versionId", t.step_id as "stepId", t.experiment_id as "experimentId", t.variant, t.channel, t.language, t.detail, t.further, null as bucket,
         sum(t.n)::float8 as count, sum(t.amount)::text as amount, sum(t.squares)::text as squares
    from every as t group by t.key, ${NAMES}
  union all
  select null, 'people', null, null, null, null, null, null, null, null, null, ((select count(*) from known) + (select count(*) from fresh))::float8, null, null`, values.list);
  return { people: found.find(({ measure }) => measure === 'people')!.count, cells: found.filter(({ measure }) => measure !== 'people') };
}
