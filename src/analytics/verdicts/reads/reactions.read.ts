import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import type { ReactionCell } from '../../domain/guardrails.js';
import { cohortSql, type Cohort } from './cohort.js';

/** `reactionMillis`: reactions count so long after the assignment. */
export interface ReactionQuestion { cohort: Cohort; reactionMillis: number; now: Date }

/**
 * What people who got a message did to it, by arm, over those whose time for it has passed; each person once. At a message its own
 * deliveries count, after a split every message of the campaign.
 */
export function reactionCells(tx: Db, { cohort, reactionMillis, now }: ReactionQuestion): Promise<ReactionCell[]> {
  const values = new SqlValues();
  const length = `${values.bind(reactionMillis, 'float8')} * interval '1 millisecond'`;
  const own = cohort.gated ? `d.experiment_id = ${values.bind(cohort.experimentId, 'uuid')}` : 'd.queued_at >= c.assigned_at';
  return rows(tx, `
    with cohort as materialized (
      select c.person_id, c.variant, c.assigned_at from (${cohortSql(cohort, values)}) as c
       where c.eligible and not c.is_control and c.assigned_at + ${length} <= ${values.bind(now, 'timestamptz')}),
    reaction as materialized (
      select c.person_id, c.variant,
             bool_or(d.state = 'bounced') as bounced,
             bool_or(e.kind = 'unsubscribe') as unsubscribed, bool_or(e.kind = 'complaint') as complained,
             bool_or(e.kind = 'open' and e.verdict <> 'machine') as opened, bool_or(e.kind = 'open' and e.verdict = 'machine') as machine,
             bool_or(e.kind = 'click' and e.verdict <> 'machine') as clicked
        from cohort as c
        join delivery as d on d.person_id = c.person_id and d.campaign_id = ${values.bind(cohort.campaignId, 'uuid')} and ${own} and not d.is_control
        left join delivery_event as e on e.person_id = d.person_id and e.delivery_id = d.id and e.at < c.assigned_at + ${length}
       group by c.person_id, c.variant)
    select n.variant, n.people, count(*) filter (where r.unsubscribed)::int as unsubscribed, count(*) filter (where r.complained)::int as complained,
           count(*) filter (where r.bounced)::int as bounced, count(*) filter (where r.opened)::int as opened,
           count(*) filter (where r.machine and r.opened is not true)::int as machine, count(*) filter (where r.clicked)::int as clicked
      from (select c.variant, count(*)::int as people from cohort as c group by c.variant) as n
      left join reaction as r on r.variant = n.variant
     group by n.variant, n.people`, values.list);
}
