import { row, rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { Counted } from '../domain/compare.js';
import type { CountPlan } from '../domain/count-plan.js';
import type { CountMoment } from '../reads/contributions.js';
import type { PeopleRange } from '../reads/ledger.read.js';
import { REACTIONS } from '../reads/tested.js';
import { INSTANTS, verdictNumbers, type TestedGoalRow, type TestedRow } from '../reads/tested-ledger.read.js';
import { binOf, freshRows, GOAL_SUMS, PEOPLE_SUMS } from './tested.store.js';

const PEOPLE = '(person_id uuid, experiment_id uuid, variant text, is_control boolean, assigned_at timestamptz, eligible boolean, reactions smallint)';
const GOALS = '(person_id uuid, experiment_id uuid, goal text, variant text, assigned_at timestamptz, amount numeric)';
const experimentsOf = ({ tests }: CountPlan): string[] => tests.map(({ experimentId }) => experimentId);

/** What the people of a slice are on record to add to verdicts; of those who wait to be counted again, what they add now. */
export async function keptForVerdicts(tx: Db, plan: CountPlan, { after, upTo }: PeopleRange, waiting: readonly string[], at: CountMoment): Promise<Counted[]> {
  const fresh = await freshRows(tx, plan, waiting, at);
  const ask = <T>(table: string, shape: string, json: string, select: (values: SqlValues) => string): Promise<T[]> => {
    const values = new SqlValues();
    const columns = [...shape.matchAll(/(\w+) \w+/g)].map(([, column]) => `k.${column}`).join(', ');
    return rows<T>(tx, `
      with r as (
        select ${columns} from ${table} as k where k.experiment_id = any(${values.bind(experimentsOf(plan), 'uuid[]')}) and k.person_id > ${values.bind(after, 'uuid')} and k.person_id <= ${values.bind(upTo, 'uuid')} and k.person_id <> all(${values.bind(waiting, 'uuid[]')})
        union all select ${columns} from jsonb_to_recordset(${values.bind(json, 'jsonb')}) as k ${shape})
      ${select(values)}`, values.list);
  };
  const people = await ask<TestedRow>('result_tested', PEOPLE, fresh.people, () => `
      select r.experiment_id as "experimentId", r.variant, r.is_control as "isControl", r.eligible, count(*)::int as people, ${INSTANTS('r')},
             ${Object.entries(REACTIONS).map(([name, bit]) => `count(*) filter (where r.reactions & ${bit} <> 0)::int as ${name}`).join(', ')}
        from r group by r.experiment_id, r.variant, r.is_control, r.eligible`);
  const goals = await ask<TestedGoalRow>('result_tested_goal', GOALS, fresh.goals, () => `
      select r.experiment_id as "experimentId", r.goal, r.variant, count(*)::int as people, ${INSTANTS('r')}, sum(r.amount)::text as amount, sum(r.amount * r.amount)::text as squares from r group by r.experiment_id, r.goal, r.variant`);
  return verdictNumbers(people, goals);
}

interface Sums { table: string; key: readonly string[]; sums: Readonly<Record<string, string>> }
const KEPT: readonly Sums[] = [
  { table: 'result_tested', key: ['experiment_id', 'span', 'at', 'variant'], sums: PEOPLE_SUMS },
  { table: 'result_tested_goal', key: ['experiment_id', 'goal', 'span', 'at', 'variant'], sums: GOAL_SUMS },
];

/** What the sums of the experiments $1 have to be. */
const summed = ({ table, key, sums }: Sums): string => `
      select ${key.map((column) => ({ span: 'p.span', at: `${binOf('p.span', 'r.assigned_at')} as at` })[column] ?? `r.${column}`).join(', ')}, ${Object.entries(sums).map(([name, sum]) => `sum(${sum}) as ${name}`).join(', ')}
        from (select t.*, 1 as sign from ${table} as t where t.experiment_id = any($1::uuid[])) as r cross join (values (60), (3600)) as p (span) group by ${key.map((_, place) => place + 1).join(', ')}`;

/** Sums of verdicts that are not what their people add up to, by hour and minute of assignment. */
export async function brokenVerdictSums(tx: Db, plan: CountPlan): Promise<{ name: string; count: string; sum: string }[]> {
  const found: { name: string; count: string; sum: string }[] = [];
  for (const kept of plan.tests.length > 0 ? KEPT : []) {
    const names = Object.keys(kept.sums);
    const all = (alias: string) => names.map((name) => `coalesce(${alias}.${name}, 0)`).join(', ');
    found.push(...(await rows<{ name: string; count: string; sum: string }>(tx, `
      select concat_ws(' ', '${kept.table}', ${kept.key.map((column) => column).join(', ')}) as name, concat_ws(' ', ${all('c')}) as count, concat_ws(' ', ${all('s')}) as sum
        from (${summed(kept)}) as s full join (select * from ${kept.table}_cell as c where c.experiment_id = any($1::uuid[])) as c using (${kept.key.join(', ')})
       where (${all('c')}) is distinct from (${all('s')})`, [experimentsOf(plan)])));
  }
  return found;
}

/** Writes the sums of the verdicts of a campaign anew. Only for who holds the turn of the worker. */
export async function mendVerdictSums(tx: Db, plan: CountPlan): Promise<void> {
  for (const kept of KEPT) {
    await rows(tx, `delete from ${kept.table}_cell as c where c.experiment_id = any($1::uuid[])`, [experimentsOf(plan)]);
    await rows(tx, `insert into ${kept.table}_cell (${[...kept.key, ...Object.keys(kept.sums)].join(', ')}) ${summed(kept)}`, [experimentsOf(plan)]);
  }
}

/** How many people of a slice came in at another moment than is on record of them. */
export async function wrongEntries(tx: Db, campaignId: string, { after, upTo }: PeopleRange, waiting: readonly string[]): Promise<number> {
  const of = (table: string, at: string) => `select t.person_id, t.${at} as at from ${table} as t where t.campaign_id = $1::uuid and t.person_id > $2::uuid and t.person_id <= $3::uuid`;
  return (await row<{ wrong: number }>(tx, `
    with came as materialized (select u.person_id, min(u.at) as at from (${of('enrollment', 'entered_at')} union all ${of('assignment', 'assigned_at')}) as u group by u.person_id)
    select count(*)::int as wrong from result_person as p left join came as c on c.person_id = p.person_id
     where p.campaign_id = $1::uuid and p.person_id > $2::uuid and p.person_id <= $3::uuid and p.person_id <> all($4::uuid[]) and p.entered_at is distinct from c.at`, [campaignId, after, upTo, waiting]))!.wrong;
}
