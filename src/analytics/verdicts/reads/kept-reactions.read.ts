import { rows, type Db } from '../../../platform/database/db.js';
import { SqlValues } from '../../../segments/domain/sql-values.js';
import type { ReactionCell } from '../../domain/guardrails.js';
import { PEOPLE_SUMS } from '../../store/tested.store.js';
import type { ReactionQuestion } from './reactions.read.js';
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
