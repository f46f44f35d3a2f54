import { rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { Counted } from '../domain/compare.js';
import type { CountedTest, CountPlan } from '../domain/count-plan.js';
import { cohortSql } from '../verdicts/reads/cohort.js';
import type { CountMoment } from './contributions.js';
import { outcomeSql } from './goals.read.js';
import type { PeopleRange } from './ledger.read.js';
import { REACTIONS } from './tested.js';

const KINDS = Object.keys(REACTIONS) as (keyof typeof REACTIONS)[];
/** When people were assigned, in microseconds, so that one who is another is seen. */
export const INSTANTS = (alias: string): string => `sum((extract(epoch from ${alias}.assigned_at) * 1000000)::bigint)::text as since`;

/** What is counted of people of one arm of a test who are alike. */
export type TestedRow = { experimentId: string; variant: string; isControl: boolean; eligible: boolean; people: number; since: string } & Record<keyof typeof REACTIONS, number>;
/** What is counted of those of them who met a goal. */
export interface TestedGoalRow { experimentId: string; goal: string; variant: string; people: number; since: string; amount: string; squares: string }

/** Rows of verdicts as numbers. */
export function verdictNumbers(people: readonly TestedRow[], goals: readonly TestedGoalRow[]): Counted[] {
  return [
    ...people.flatMap((r) => (['people', 'since', ...KINDS] as const).map((further): Counted => ({ measure: 'verdict', experimentId: r.experimentId, variant: r.variant, detail: `${r.eligible ? 'eligible' : 'refused'}${r.isControl ? '-control' : ''}`, further, count: r[further] }))),
    ...goals.flatMap((r) => (['people', 'since'] as const).map((further): Counted => ({ measure: 'verdict_goal', experimentId: r.experimentId, variant: r.variant, detail: r.goal, further, count: r[further], ...(further === 'people' ? { amount: r.amount, squares: r.squares } : {}) }))),
  ];
}

/** What some people add to the verdicts of a campaign, by the ledger: everything of their windows, whether it has come or is dated later. */
export async function verdictLedger(tx: Db, plan: CountPlan, range: PeopleRange, at: CountMoment): Promise<Counted[]> {
  const people: TestedRow[] = [];
  const goals: TestedGoalRow[] = [];
  for (const test of plan.tests) {
    people.push(...(await peopleOf(tx, plan, test, range)));
    for (const { id, cap } of test.goals) {
      const { by, windowMillis } = plan.goals.find((goal) => goal.id === id)!;
      const values = new SqlValues();
      const { outcomes, now } = outcomeSql({ by, windowMillis, now: at.now, timeZone: at.timeZone }, values, true);
      goals.push(...(await rows<TestedGoalRow>(tx, `
        with moment as (select ${now} as now),
        cohort as materialized (${some(plan, test, range, values)}),
        outcome as materialized (${outcomes}),
        met as (select c.variant, c.assigned_at, least(coalesce(o.value, 0), ${values.bind(cap, 'numeric')}) as amount from cohort as c join outcome as o on o.person_id = c.person_id where c.eligible)
        select ${values.bind(test.experimentId, 'text')} as "experimentId", ${values.bind(id, 'text')} as goal, m.variant, count(*)::int as people, ${INSTANTS('m')}, sum(m.amount)::text as amount, sum(m.amount * m.amount)::text as squares
          from met as m group by m.variant`, values.list)));
    }
  }
  return verdictNumbers(people, goals);
}

const some = ({ campaignId }: CountPlan, { experimentId, gated }: CountedTest, { after, upTo }: PeopleRange, values: SqlValues): string =>
  `select s.* from (${cohortSql({ experimentId, campaignId, gated }, values)}) as s where s.person_id > ${values.bind(after, 'uuid')} and s.person_id <= ${values.bind(upTo, 'uuid')}`;

function peopleOf(tx: Db, plan: CountPlan, test: CountedTest, range: PeopleRange): Promise<TestedRow[]> {
  const values = new SqlValues();
  const cohort = some(plan, test, range, values);
  const id = values.bind(test.experimentId, 'uuid');
  const own = test.gated ? `d.experiment_id = ${id}` : 'd.queued_at >= c.assigned_at';
  const kind = (name: string, condition: string) => `coalesce(bool_or(${condition}), false) as ${name}`;
  return rows(tx, `
    with cohort as materialized (${cohort}),
    reacted as (
      select c.person_id, ${kind('bounced', `d.state = 'bounced'`)}, ${kind('unsubscribed', `e.kind = 'unsubscribe'`)}, ${kind('complained', `e.kind = 'complaint'`)},
             ${kind('opened', `e.kind = 'open' and e.verdict <> 'machine'`)}, ${kind('machine', `e.kind = 'open' and e.verdict = 'machine'`)}, ${kind('clicked', `e.kind = 'click' and e.verdict <> 'machine'`)}
        from cohort as c join delivery as d on d.person_id = c.person_id and d.campaign_id = ${values.bind(plan.campaignId, 'uuid')} and ${own} and not d.is_control
        left join delivery_event as e on e.person_id = d.person_id and e.delivery_id = d.id and e.at < c.assigned_at + ${values.bind(test.reactionMillis, 'float8')} * interval '1 millisecond'
       group by c.person_id)
    select ${id}::text as "experimentId", c.variant, c.is_control as "isControl", c.eligible, count(*)::int as people, ${INSTANTS('c')}, ${KINDS.map((name) => `count(*) filter (where r.${name})::int as ${name}`).join(', ')}
      from cohort as c left join reacted as r on r.person_id = c.person_id group by c.variant, c.is_control, c.eligible`, values.list);
}
