import { rows, type Db } from '../../platform/database/db.js';
import type { Counted } from '../domain/compare.js';
import type { PeopleRange } from './ledger.read.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import { eventOutcomes, type EventGoal } from '../domain/goal-outcomes.js';

/** The people whose outcomes are counted: one arm assignment each. */
export interface Cohort {
  campaignId: string;
  experimentId: string;
  /** At one step of a version, as their first message there was made; null: in the whole experiment, whoever is eligible for its verdict. */
  at: { versionId: string; stepId: string; external: boolean } | null;
  /** Eligible is only who has a delivery, or would have had one. */
  gated: boolean;
  people: PeopleRange;
}

/** The people of a cohort; every value goes through `values`. Whoever was given an arm because it was chosen is compared with nobody. */
function cohortSql({ campaignId, experimentId, at, gated, people }: Cohort, isChosen: boolean, values: SqlValues): string {
  const experiment = values.bind(experimentId, 'uuid');
  const campaign = () => values.bind(campaignId, 'uuid');
  const some = `a.experiment_id = ${experiment} and a.source ${isChosen ? 'in' : 'not in'} ('choice', 'override') and a.person_id > ${values.bind(people.after, 'uuid')} and a.person_id <= ${values.bind(people.upTo, 'uuid')}`;
  const arm = 'a.person_id, a.variant, a.assigned_at';
  if (at === null) {
    const eligible = gated ? ` and exists (select from delivery as d where d.campaign_id = ${campaign()} and d.experiment_id = ${experiment} and d.person_id = a.person_id)` : '';
    return `select ${arm}, null::text as channel, null::text as language from assignment as a where ${some}${eligible}`;
  }
  const step = (alias: string) => `${alias}.version_id = ${values.bind(at.versionId, 'uuid')} and ${alias}.step_id = ${values.bind(at.stepId, 'text')}`;
  const visited = at.external ? '' : ` and exists (select from step_visit as v where v.campaign_id = ${campaign()} and v.person_id = a.person_id and ${step('v')})`;
  return `select ${arm}, coalesce(f.channel, '') as channel, coalesce(f.language, '') as language
      from assignment as a
      left join lateral (select d.channel, d.language from delivery as d where d.campaign_id = ${campaign()} and d.person_id = a.person_id and ${step('d')} order by d.queued_at, d.id limit 1) as f on true
     where ${some}${visited}`;
}

/** People of a cohort by arm, and how their first message was made. */
export function cohortCells(db: Db, cohort: Cohort, isChosen = false): Promise<Counted[]> {
  const values = new SqlValues();
  return rows(db, `
    with cohort as (${cohortSql(cohort, isChosen, values)})
    select ${values.bind(isChosen ? 'chosen' : 'assigned', 'text')} as measure, c.variant, c.channel, c.language, count(*)::int as count from cohort as c group by c.variant, c.channel, c.language`, values.list);
}

export interface GoalQuestion {
  cohort: Cohort;
  windowMillis: number;
  now: Date;
  /** Zone of people without one, for filters on calendar days. */
  timeZone: string;
  /** How the goal is met: an event with filters on its properties, or a condition that is kept as a segment. */
  by: EventGoal | { segmentId: string };
}

/**
 * Conversions by arm: people with at least one qualifying outcome in [assigned, assigned + window), and the sum of the
 * amounts of all their qualifying events in it; those whose window has passed by themselves, and when they did it first. Counted from the raw
 * events, so late, imported and merged ones are in. `late`: people whose window ends before the worker will look at them again.
 */
export async function goalCells(db: Db, question: GoalQuestion, waiting: readonly string[]): Promise<{ counted: Omit<Counted, 'measure'>[]; late: number }> {
  const values = new SqlValues();
  const { outcomes, now, length } = outcomeSql(question, values);
  const sums = (where: string) => `count(*) filter (where ${where})::int as count, sum(p.value) filter (where ${where})::text as amount, sum(p.value * p.value) filter (where ${where})::text as squares`;
  const part = (further: string, bucket: string, select: string, group = '') => `select p.variant, p.channel, p.language, '${further}' as further, ${bucket} as bucket, ${select}, null::int as late from person_outcome as p group by p.variant, p.channel, p.language${group}`;
  const found = await rows<Omit<Counted, 'measure'> & { late: number | null }>(db, `
    with cohort as materialized (${cohortSql(question.cohort, false, values)}),
    outcome as materialized (${outcomes}),
    person_outcome as materialized (
      select c.person_id, c.variant, c.channel, c.language, c.assigned_at + ${length} as ends_at, c.assigned_at + ${length} <= ${now} as matured, o.person_id is not null as converted, o.value, to_timestamp(floor(extract(epoch from o.at) / 900) * 900) as quarter
        from cohort as c left join outcome as o on o.person_id = c.person_id)
    ${part('converted', 'null::timestamptz', sums('p.converted'))}
    union all ${part('converted', 'p.quarter', sums('p.quarter is not null'), ', p.quarter')}
    union all ${part('matured', 'null', 'count(*) filter (where p.matured)::int, null, null')}
    union all ${part('matured_converted', 'null', sums('p.matured and p.converted'))}
    union all select null, null, null, null, null, 0, null, null, (
      select count(*)::int from person_outcome as p left join result_person as k on k.campaign_id = ${values.bind(question.cohort.campaignId, 'uuid')} and k.person_id = p.person_id
       where not p.matured and coalesce(k.next_at > p.ends_at, true) and p.person_id <> all(${values.bind(waiting, 'uuid[]')}))`, values.list);
  return { counted: found.filter(({ late }) => late === null).map(({ late: _late, ...counted }) => counted), late: found.find(({ late }) => late !== null)!.late! };
}

/**
 * SQL of the people of a `cohort as c` (person_id, assigned_at) who met a goal in its window: person_id, the sum of their amounts, and
 * when they met it first.
 *
 * @param withComing what is dated after now counts as well
 */
export function outcomeSql({ by, windowMillis, now: at, timeZone }: Omit<GoalQuestion, 'cohort'>, values: SqlValues, withComing = false): { outcomes: string; now: string; length: string } {
  const now = values.bind(at, 'timestamptz');
  const length = `${values.bind(windowMillis, 'float8')} * interval '1 millisecond'`;
  const inWindow = (column: string) => `${column} >= c.assigned_at and ${column} < c.assigned_at + ${length}${withComing ? '' : ` and ${column} <= ${now}`}`;
  const outcomes = 'segmentId' in by
    ? `select c.person_id, null::numeric as value, min(m.at) as at from cohort as c join membership_change as m on m.person_id = c.person_id and m.segment_id = ${values.bind(by.segmentId, 'uuid')} and m.entered and ${inWindow('m.at')} group by c.person_id`
    : eventOutcomes(by, inWindow('e.occurred_at'), values, { now, zone: timeZone });
  return { outcomes, now, length };
}
