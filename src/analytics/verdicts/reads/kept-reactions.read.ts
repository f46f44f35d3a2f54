import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import type { ReactionCell } from '../../domain/guardrails.js';
import type { AccountReactions } from '../../domain/account-counts.js';
import { REACTIONS } from '../../reads/tested.js';
import { PEOPLE_SUMS } from '../../store/tested.store.js';
import { keptPeople, readInFull, UNIT } from './accounts.read.js';
import { ACCOUNT_REACTIONS, reactionsOf, type ReactionQuestion } from './reactions.read.js';
import { asked, edgeSql, type Lacking } from './kept-counts.read.js';

const NAMES = ['messaged', 'unsubscribed', 'complained', 'bounced', 'opened', 'machine', 'clicked'] as const;

/** The same as `reactionCells`, by what is kept: whole hours, minutes of the hour in which the time for reactions ends, people of that minute. */
export function keptReactions(tx: Db, { cohort, reactionMillis, now: at }: ReactionQuestion, lacking: Lacking): Promise<ReactionCell[]> {
  const values = new SqlValues();
  const { isMine, lackingPeople } = asked(cohort.experimentId, lacking, values);
  const cells = NAMES.map((name) => `c.${name}`).join(', ');
  const people = (alias: string, sign: string) => NAMES.map((name) => `${PEOPLE_SUMS[name].replaceAll('r.', `${alias}.`).replaceAll(`${alias}.sign`, sign)} as ${name}`).join(', ');
  return rows(tx, `
  with ${edgeSql(values.bind(at, 'timestamptz'), `(${values.bind(reactionMillis, 'float8')} * interval '1 millisecond')`)},
  part as (
    select c.variant, ${cells} from result_tested_cell as c cross join edge as e where ${isMine('c')} and c.span = 3600 and c.at < e.hour
    union all
    select c.variant, ${cells} from result_tested_cell as c cross join edge as e where ${isMine('c')} and c.span = 60 and c.at >= e.hour and c.at < e.minute
    union all
    select t.variant, ${people('t', '1')} from result_tested as t cross join edge as e
     where ${isMine('t')} and t.variant = any(array(select distinct c.variant from result_tested_cell as c where ${isMine('c')} and c.span = 3600)) and t.eligible and t.assigned_at >= e.minute and t.assigned_at <= e.cut
    union all
    select l.variant, ${people('l', 'l.sign')} from (${lackingPeople}) as l cross join edge as e where l.assigned_at <= e.cut)
  select p.variant, sum(p.messaged)::int as people, ${NAMES.slice(1).map((name) => `sum(p.${name})::int as ${name}`).join(', ')}
    from part as p group by p.variant having sum(p.messaged) > 0`, values.list);
}

/** The same as `accountReactions`, by what is kept of each person. */
export async function keptAccountReactions(tx: Db, { cohort, reactionMillis, now }: ReactionQuestion, lacking: Lacking): Promise<AccountReactions[]> {
  const values = new SqlValues();
  const cut = `(${values.bind(now, 'timestamptz')} - ${values.bind(reactionMillis, 'float8')} * interval '1 millisecond')`;
  const found = await readInFull(tx, () => rows<Parameters<typeof reactionsOf>[0]>(tx, `
    with one as (${keptPeople(cohort.experimentId, lacking, values, ', x.is_control, x.reactions')}),
    person as (
      select o.variant, ${UNIT} as unit, ${Object.entries(REACTIONS).map(([kind, bit]) => `o.reactions & ${bit} <> 0 as ${kind}`).join(', ')}
        from one as o join assignment as a on a.experiment_id = ${values.bind(cohort.experimentId, 'uuid')} and a.person_id = o.person_id
       where o.eligible and not o.is_control and o.assigned_at <= ${cut}),
    ${ACCOUNT_REACTIONS}`, values.list));
  return found.map(reactionsOf);
}
