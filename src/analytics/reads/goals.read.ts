import { rows, type Db } from '../../platform/database/db.js';
import type { PeopleRange } from './ledger.read.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import { eventOutcomes, type EventGoal } from '../domain/goal-outcomes.js';

/** The people whose outcomes are counted: one arm assignment each. */
export interface Cohort {
  experimentId: string;
  /** Only people who arrived at this step of this version; null for external experiments: everybody assigned. */
  visit: { versionId: string; stepId: string } | null;
  /** Only some of them. */
  people?: PeopleRange;
}

export interface AssignedCell { variant: string; isControl: boolean; assigned: number }

/** The people of a cohort; every value goes through `values`. Whoever was given an arm because it was chosen is compared with nobody. */
function cohortSql(cohort: Cohort, values: SqlValues): string {
  const some = cohort.people ? ` and a.person_id > ${values.bind(cohort.people.after, 'uuid')} and a.person_id <= ${values.bind(cohort.people.upTo, 'uuid')}` : '';
  const visited = cohort.visit
    ? ` and exists (select 1 from step_visit as v where v.person_id = a.person_id and v.version_id = ${values.bind(cohort.visit.versionId, 'uuid')} and v.step_id = ${values.bind(cohort.visit.stepId, 'text')})`
    : '';
  return `select a.person_id, a.variant, a.is_control, a.assigned_at from assignment as a where a.experiment_id = ${values.bind(cohort.experimentId, 'uuid')} and a.source <> 'choice'${some}${visited}`;
}

/** People by arm. */
export function assignedCells(db: Db, cohort: Cohort): Promise<AssignedCell[]> {
  const values = new SqlValues();
  return rows(db, `
    with cohort as (${cohortSql(cohort, values)})
    select c.variant, c.is_control as "isControl", count(*)::int as assigned from cohort as c group by c.variant, c.is_control`, values.list);
}

export interface GoalCell { variant: string; converted: number; value: string | null; maturedAssigned: number; maturedConverted: number; maturedValue: string | null }

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
 * amounts of all their qualifying events in it. Counted from the raw events, so late, imported and merged ones are in.
 */
export function goalCells(db: Db, question: GoalQuestion): Promise<GoalCell[]> {
  const values = new SqlValues();
  const { outcomes, now, length } = outcomeSql(question, values);
  return rows(db, `
    with cohort as materialized (${cohortSql(question.cohort, values)}),
    outcome as materialized (${outcomes}),
    person_outcome as (
      select c.variant, c.assigned_at + ${length} <= ${now} as matured, o.person_id is not null as converted, o.value
        from cohort as c left join outcome as o on o.person_id = c.person_id)
    select p.variant,
           count(*) filter (where p.converted)::int as converted,
           sum(p.value)::text as value,
           count(*) filter (where p.matured)::int as "maturedAssigned",
           count(*) filter (where p.matured and p.converted)::int as "maturedConverted",
           (sum(p.value) filter (where p.matured))::text as "maturedValue"
      from person_outcome as p
     group by p.variant`, values.list);
}

/**
 * SQL of the people of a `cohort as c` (person_id, assigned_at) who met a goal in its window: person_id, the sum of their amounts, and
 * when they met it first.
 */
export function outcomeSql({ by, windowMillis, now: at, timeZone }: Omit<GoalQuestion, 'cohort'>, values: SqlValues): { outcomes: string; now: string; length: string } {
  const now = values.bind(at, 'timestamptz');
  const length = `${values.bind(windowMillis, 'float8')} * interval '1 millisecond'`;
  const inWindow = (column: string) => `${column} >= c.assigned_at and ${column} < c.assigned_at + ${length} and ${column} <= ${now}`;
  const outcomes = 'segmentId' in by
    ? `select c.person_id, null::numeric as value, min(m.at) as at from cohort as c join membership_change as m on m.person_id = c.person_id and m.segment_id = ${values.bind(by.segmentId, 'uuid')} and m.entered and ${inWindow('m.at')} group by c.person_id`
    : eventOutcomes(by, inWindow('e.occurred_at'), values, { now, zone: timeZone });
  return { outcomes, now, length };
}
