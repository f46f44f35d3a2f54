import { exists, row, rows, type Db } from '../../platform/database/db.js';

/** What analytics has found out about an experiment. */
export interface KnownVerdict {
  state: string;
  winner: string | null;
  /** Arms proven to do more harm than another one. */
  harmed: string[];
}

const HARMED = `array(select distinct h #>> '{}' from jsonb_path_query(v.harm, 'lax $.*[*].arm') as h)`;

/** Null before the first look. */
export function verdictOf(db: Db, experimentId: string): Promise<KnownVerdict | null> {
  return row(db, `select v.state, v.winner, ${HARMED} as harmed from experiment_verdict as v where v.experiment_id = $1`, [experimentId]);
}

/**
 * SQL of the experiments of series and auto messages whose verdict names a winner that does no harm, and whose author wants new
 * people to get it, as the current version says; the plan is told so at each publish, and keeps those who do not want it from being
 * read with their whole version each second. Where somebody has chosen or undone before, people decide.
 */
const TO_ADOPT = `
  select v.experiment_id, v.winner, (s.test -> 'autoWinner' ->> 'keep')::float8 as keep
    from experiment_verdict as v
    join experiment_plan as p on p.experiment_id = v.experiment_id and p.asked ? 'autoWinner'
    join experiment as e on e.id = v.experiment_id
    join campaign as c on c.id = e.campaign_id and c.state in ('active', 'paused', 'draining') and c.type <> 'broadcast'
    join campaign_version as n on n.id = c.current_version_id and n.definition -> 'experiments' -> e.step_id ->> 'experimentId' = e.id::text
    cross join lateral (select n.definition -> 'steps' -> e.step_id -> 'test' as test) as s
   where v.state = 'winner' and s.test ? 'autoWinner' and not v.winner = any(${HARMED})
     and not exists (select from experiment_choice as x where x.experiment_id = v.experiment_id)`;

/** SQL of the experiments whose winner was adopted by itself and has since been found to do harm. */
const TO_LEAVE = `
  select x.experiment_id from experiment_choice as x join experiment_verdict as v on v.experiment_id = x.experiment_id
   where x.ended_at is null and x.chosen_by = 'verdict' and x.variant = any(${HARMED})`;

/** The winner that new people are to get; null when there is nothing to adopt (any more). */
export function winnerToAdopt(db: Db, experimentId: string): Promise<{ variant: string; keep: number } | null> {
  return row(db, `select a.winner as variant, a.keep from (${TO_ADOPT}) as a where a.experiment_id = $1`, [experimentId]);
}

/** Whether the adopted winner is to be left. */
export function isToLeave(db: Db, experimentId: string): Promise<boolean> {
  return exists(db, `select from (${TO_LEAVE}) as l where l.experiment_id = $1`, [experimentId]);
}

/** Something an experiment waits for. */
export interface ChoiceToMake {
  kind: 'adopt' | 'leave' | 'test';
  experimentId: string;
  campaignId: string;
  /** Of a test in its wait. */
  at: Date | null;
}

/** Everything that experiments of campaigns that are not paused wait for, tests that are being sent included. One question, asked each second. */
export function choicesToMake(db: Db): Promise<ChoiceToMake[]> {
  return rows(db, `
    select w.kind, w.experiment_id as "experimentId", e.campaign_id as "campaignId", w.at
      from (select 'adopt' as kind, a.experiment_id, null::timestamptz as at from (${TO_ADOPT}) as a
            union all select 'leave', l.experiment_id, null from (${TO_LEAVE}) as l
            union all select 'test', t.experiment_id, t.decide_at from test_then_send as t join campaign as c on c.id = t.campaign_id where t.state in ('testing', 'waiting') and c.state <> 'paused') as w
      join experiment as e on e.id = w.experiment_id
     order by w.kind, w.at, w.experiment_id`);
}

/**
 * Arms that the last look found worse than another one that is still in the test: the whole interval lies on the other's side.
 */
export async function beatenArms(db: Db, experimentId: string): Promise<string[]> {
  const found = await rows<{ arm: string }>(db, `
    select distinct case when (p.direction = 'higher') = ((c -> 'lift' ->> 'lo')::float8 > 0) then c ->> 'a' else c ->> 'b' end as arm
      from (select v.result from verdict_evaluation as v where v.experiment_id = $1 order by v.id desc limit 1) as last
      cross join jsonb_array_elements(last.result -> 'comparisons') as c
      join experiment_plan as p on p.experiment_id = $1
     where (c -> 'lift' ->> 'lo')::float8 > 0 or (c -> 'lift' ->> 'hi')::float8 < 0`, [experimentId]);
  return found.map(({ arm }) => arm);
}
