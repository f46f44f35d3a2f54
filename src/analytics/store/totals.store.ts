import { rows, type Db } from '../../platform/database/db.js';
import type { StoredTotals } from '../domain/campaign-totals.js';

/** Kept sums of these campaigns, in one question: a page of a list has up to 200 of them. */
export function readTotals(db: Db, ids: readonly string[]): Promise<StoredTotals[]> {
  return rows<StoredTotals>(db, `
    with asked as materialized (
      select c.id, v.definition -> 'goals' as goals, v.definition -> 'conditions' as conditions
        from campaign as c left join campaign_version as v on v.id = c.current_version_id
       where c.id = any($1::uuid[])),
    sums as (
      select r.campaign_id, r.measure, r.step_id, r.detail, sum(r.count)::float8 as count
        from asked as a join result_cell as r on r.campaign_id = a.id and r.bucket is null
       where r.measure in ('run', 'delivery', 'assigned') or (r.measure = 'goal' and r.further = 'converted')
       group by r.campaign_id, r.measure, r.step_id, r.detail)
    select a.id as "campaignId", coalesce(a.goals, '[]') as goals, coalesce(a.conditions, '{}') as conditions,
           coalesce((select jsonb_agg(jsonb_build_object('measure', s.measure, 'stepId', s.step_id, 'detail', s.detail, 'count', s.count)) from sums as s where s.campaign_id = a.id), '[]') as cells
      from asked as a order by array_position($1::uuid[], a.id)`, [ids]);
}
