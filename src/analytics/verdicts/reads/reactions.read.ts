import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import type { ReactionCell } from '../../domain/guardrails.js';
import type { AccountReactions } from '../../domain/account-counts.js';
import { cohortSql, type Cohort } from './cohort.js';
import { UNIT } from './accounts.read.js';

/** `reactionMillis`: reactions count so long after the assignment. */
export interface ReactionQuestion { cohort: Cohort; reactionMillis: number; now: Date }

/**
 * What people who got a message did to it, by arm, over those whose time for it has passed; each person once. At a message its own
 * deliveries count, after a split every message of the campaign.
 */
export function reactionCells(tx: Db, question: ReactionQuestion): Promise<ReactionCell[]> {
  const values = new SqlValues();
  return rows(tx, `
    with ${peopleReactions(question, values)}
    select n.variant, n.people, count(*) filter (where r.unsubscribed)::int as unsubscribed, count(*) filter (where r.complained)::int as complained,
           count(*) filter (where r.bounced)::int as bounced, count(*) filter (where r.opened)::int as opened,
           count(*) filter (where r.machine and r.opened is not true)::int as machine, count(*) filter (where r.clicked)::int as clicked
      from (select c.variant, count(*)::int as people from cohort as c group by c.variant) as n
      left join reaction as r on r.variant = n.variant
     group by n.variant, n.people`, values.list);
}

/** The common tables `cohort`, people who got a message and had their time, and `reaction`, what those with a delivery did. */
function peopleReactions({ cohort, reactionMillis, now }: ReactionQuestion, values: SqlValues): string {
  const length = `${values.bind(reactionMillis, 'float8')} * interval '1 millisecond'`;
  const own = cohort.gated ? `d.experiment_id = ${values.bind(cohort.experimentId, 'uuid')}` : 'd.queued_at >= c.assigned_at';
  return `
    cohort as materialized (
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
       group by c.person_id, c.variant)`;
}

const KINDS = ['unsubscribed', 'complained', 'bounced', 'opened', 'clicked'] as const;
type AccountRow = { variant: string; count: number; peopleSq: number } & Record<string, number | string>;

/** People of a common table `person (variant, unit, and each reaction as a truth)` as sums over their accounts. */
export const ACCOUNT_REACTIONS = `
  account as (select p.variant, p.unit, count(*) as n, ${KINDS.map((kind) => `count(*) filter (where p.${kind}) as ${kind}`).join(', ')} from person as p group by p.variant, p.unit)
  select a.variant, count(*)::int as count, sum(a.n * a.n)::float8 as "peopleSq",
         ${KINDS.map((kind) => `count(*) filter (where a.${kind} > 0)::int as ${kind}_met, sum(a.n * a.${kind})::float8 as ${kind}_cross, sum(a.${kind} * a.${kind})::float8 as ${kind}_sq`).join(', ')}
    from account as a group by a.variant order by a.variant`;

export const reactionsOf = ({ variant, count, peopleSq, ...sums }: AccountRow): AccountReactions =>
  ({ variant, of: Object.fromEntries(KINDS.map((kind) => [kind, { count, peopleSq, met: sums[`${kind}_met`] as number, cross: sums[`${kind}_cross`] as number, outcomeSq: sums[`${kind}_sq`] as number }])) });

/** The sums over accounts that belong to `reactionCells`. */
export async function accountReactions(tx: Db, question: ReactionQuestion): Promise<AccountReactions[]> {
  const values = new SqlValues();
  const found = await rows<AccountRow>(tx, `
    with ${peopleReactions(question, values)},
    person as materialized (
      select c.variant, ${UNIT} as unit, ${KINDS.map((kind) => `coalesce(r.${kind}, false) as ${kind}`).join(', ')}
        from cohort as c join assignment as a on a.experiment_id = ${values.bind(question.cohort.experimentId, 'uuid')} and a.person_id = c.person_id left join reaction as r on r.person_id = c.person_id),
    ${ACCOUNT_REACTIONS}`, values.list);
  return found.map(reactionsOf);
}
