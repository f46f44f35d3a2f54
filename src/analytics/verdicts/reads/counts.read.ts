import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import type { EntryCell } from '../../domain/experiment-counts.js';
import type { PlannedGoal } from '../../domain/verdict-plan.js';
import { outcomeSql, type GoalQuestion } from '../../reads/goals.read.js';
import { cohortSql, type Cohort } from './cohort.js';

export interface CountQuestion {
  cohort: Cohort;
  goal: PlannedGoal;
  /** Highest amount that counts per person; null: no limit. */
  cap: number | null;
  now: Date;
  /** Of the workspace: weeks of entry, and days in filters of people without a zone. */
  zone: string;
}

/** A cell as PostgreSQL answers it: sums are exact decimals. */
export type CountedRow = Omit<EntryCell, 'sum' | 'sumSquares'> & { sum: string; sumSquares: string };
export const cellOf = (cell: CountedRow): EntryCell => ({ ...cell, sum: Number(cell.sum), sumSquares: Number(cell.sumSquares) });

/**
 * The common table `person_outcome`: the people of a cohort, one row each, with what came of them.
 * @returns the SQL, and the moment asked about
 */
export function personOutcomes({ cohort, goal, cap, now, zone }: CountQuestion, values: SqlValues): { sql: string; at: string } {
  const by = goalBy(goal);
  const at = values.bind(now, 'timestamptz');
  const window = `${values.bind(goal.windowMillis, 'float8')} * interval '1 millisecond'`;
  const outcomes = by ? outcomeSql({ by, windowMillis: goal.windowMillis, now, timeZone: zone }, values).outcomes : 'select null::uuid as person_id, null::numeric as value where false';
  // With its outcomes beside it a person is put together by grouping: a join would be at the mercy of estimates of the cohort.
  const sql = `
    cohort as materialized (${cohortSql(cohort, values)}),
    outcome as materialized (${outcomes}),
    facts as (
      select c.person_id, c.variant, c.eligible, c.assigned_at, false as reached, null::numeric as value from cohort as c
      union all select o.person_id, null, null, null, true, o.value from outcome as o),
    person_outcome as (
      select f.person_id, max(f.variant) as variant, bool_or(f.eligible) as eligible, max(f.assigned_at) as assigned_at, bool_or(f.reached) as reached,
             least(coalesce(max(f.value), 0), ${values.bind(cap, 'numeric')}) as value, max(f.assigned_at) + ${window} as matures_at
        from facts as f group by f.person_id)`;
  return { sql, at };
}

/**
 * What a verdict counts, by arm and week of entry, from the ledger and the raw events: late, imported and merged ones are in. People are
 * matured when they are eligible and their whole window has passed; only their outcomes count.
 */
export async function experimentCounts(tx: Db, question: CountQuestion): Promise<EntryCell[]> {
  const values = new SqlValues();
  const { sql, at } = personOutcomes(question, values);
  const found = await rows<CountedRow>(tx, `
    with ${sql}
    select p.variant, date_trunc('week', p.assigned_at at time zone ${values.bind(question.zone, 'text')})::date::text as week,
           count(*)::int as assigned,
           count(*) filter (where p.eligible)::int as eligible,
           count(*) filter (where p.eligible and p.matures_at <= ${at})::int as matured,
           count(*) filter (where p.eligible and p.matures_at <= ${at} and p.reached)::int as converted,
           count(*) filter (where p.eligible and p.matures_at <= ${at} and p.value <> 0)::int as "nonZero",
           coalesce(sum(p.value) filter (where p.eligible and p.matures_at <= ${at}), 0)::text as sum,
           coalesce(sum(p.value * p.value) filter (where p.eligible and p.matures_at <= ${at}), 0)::text as "sumSquares",
           min(p.matures_at) filter (where p.eligible and p.matures_at > ${at}) as "maturesFrom",
           max(p.matures_at) filter (where p.eligible and p.matures_at > ${at}) as "maturesUntil",
           min(p.assigned_at) as "firstAssigned", max(p.assigned_at) as "lastAssigned",
           min(p.assigned_at) filter (where p.eligible and p.matures_at <= ${at}) as "firstMatured",
           max(p.assigned_at) filter (where p.eligible and p.matures_at <= ${at}) as "lastMatured"
      from person_outcome as p
     group by 1, 2 order by 2, 1`, values.list);
  return found.map(cellOf);
}

/** Null for a condition that was never kept: nobody can be known to have met it. */
function goalBy(goal: PlannedGoal): GoalQuestion['by'] | null {
  if (goal.event) return { event: goal.event.name, where: goal.event.where, valueProperty: goal.value?.property ?? null };
  return goal.segmentId === null ? null : { segmentId: goal.segmentId };
}
