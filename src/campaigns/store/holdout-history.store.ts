import { eventOutcomes } from '../../analytics/domain/goal-outcomes.js';
import type { HoldoutGoal } from '../../contract/holdout.js';
import { windowMillis } from '../../kernel/local-time.js';
import { row, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { HoldoutHistory } from '../domain/holdout-plan.js';
import type { Moment } from './test-facts.store.js';

/** More tell no more about a rate. */
const MOST = 50_000;

/** Who entered campaigns in question in the last 28 days, and of the 28 days before the goal's window who met the goal in it. */
export async function holdoutHistory(db: Db, { campaignIds, exceptCampaignIds }: { campaignIds: string[] | null; exceptCampaignIds: string[] }, goal: HoldoutGoal, { now, zone }: Moment): Promise<HoldoutHistory> {
  const values = new SqlValues();
  const at = values.bind(now, 'timestamptz');
  const window = `${values.bind(windowMillis(goal.window), 'float8')} * interval '1 millisecond'`;
  const scope = `(${values.bind(campaignIds, 'uuid[]')} is null or r.campaign_id = any(${values.bind(campaignIds, 'uuid[]')})) and not r.campaign_id = any(${values.bind(exceptCampaignIds, 'uuid[]')})`;
  const outcomes = eventOutcomes({ event: goal.event.name, where: goal.event.where, valueProperty: null }, `e.occurred_at >= c.assigned_at and e.occurred_at < c.assigned_at + ${window}`, values, { now: at, zone });
  return (await row<HoldoutHistory>(db, `
    with cohort as materialized (
      select r.person_id, min(r.entered_at) as assigned_at from enrollment as r
       where r.entered_at > ${at} - ${window} - interval '28 days' and r.entered_at <= ${at} - ${window} and ${scope}
       group by r.person_id limit ${MOST}),
    outcome as (${outcomes})
    select (select count(distinct r.person_id)::int from enrollment as r where r.entered_at > ${at} - interval '28 days' and r.entered_at <= ${at} and ${scope}) as people,
           (select least(28, greatest(1, extract(epoch from ${at} - min(r.entered_at)) / 86400))::float8 from enrollment as r where r.entered_at > ${at} - interval '28 days' and r.entered_at <= ${at} and ${scope}) as days,
           (select count(*)::int from cohort) as matured, (select count(*)::int from outcome) as converted`, values.list))!;
}
