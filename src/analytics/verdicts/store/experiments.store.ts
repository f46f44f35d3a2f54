import type { Goal } from '../../../contract/campaign-goals.js';
import type { ExperimentResult } from '../../../contract/experiment.js';
import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import type { ArmInput, DecisionPlan, Evaluation, Look, Memory } from '../../domain/statistics/decision.js';
import type { HarmFound } from '../../domain/guardrails.js';
import { PLAN_COLUMNS, type VerdictPlan } from '../../domain/verdict-plan.js';

/** The counts of the last look and since when they have been the same. */
export interface Seen { arms: ArmInput[]; changedAt: string }

/** What looks at an experiment remember. */
export interface Remembered {
  memory: Memory;
  harm: HarmFound;
  seen: Partial<Seen>;
  quietSince: Date;
}

/** An experiment with its plan, and the version that began it. */
export interface Tested extends Remembered {
  plan: VerdictPlan;
  stepId: string;
  origin: 'danbi' | 'external';
  arms: { key: string; isControl: boolean }[];
  /** As their author calls them; empty without a name. */
  named: { key: string; name?: string }[];
  goals: Goal[];
  conditions: Record<string, string>;
  isMessage: boolean;
  /** The attribute that names accounts, where arms were drawn for them; null: for people. */
  account: string | null;
  campaignState: string;
  /** What the last look said. */
  state: string;
  /** Arms that nobody new gets. */
  dropped: string[];
}

const TESTED = `
  ${PLAN_COLUMNS}, x.step_id as "stepId", x.origin, x.arms, c.state as "campaignState",
  coalesce(v.definition -> 'steps' -> x.step_id ->> 'type' = 'message', false) as "isMessage", v.definition -> 'goals' as goals, v.definition -> 'conditions' as conditions,
  v.definition -> 'experiments' -> x.step_id ->> 'account' as account,
  coalesce(v.definition -> 'steps' -> x.step_id -> 'variants', v.definition -> 'definition' -> 'arms', '[]') as named,
  e.memory, e.harm, e.seen, e.state, e.quiet_since as "quietSince",
  array(select o.variant from experiment_drop as o where o.experiment_id = x.id) as dropped`;
const FROM = `
  experiment_verdict as e join experiment_plan as p on p.experiment_id = e.experiment_id join experiment as x on x.id = e.experiment_id
  join campaign as c on c.id = x.campaign_id join campaign_version as v on v.id = x.version_id`;

type Row = VerdictPlan & Omit<Tested, 'plan'>;

function tested({ stepId, origin, arms, named, goals, conditions, isMessage, account, campaignState, memory, harm, seen, state, quietSince, dropped, ...plan }: Row): Tested {
  // The order of the arms is that of their shares; a JSON object does not keep it.
  const weights = Object.fromEntries(arms.flatMap(({ key }) => (plan.weights[key] === undefined ? [] : [[key, plan.weights[key]]])));
  return { plan: { ...plan, weights }, stepId, origin, arms, named, goals, conditions, isMessage, account, campaignState, memory, harm, seen, state, quietSince, dropped };
}

/** The planned experiments of a campaign, newest first. */
export async function testedOf(db: Db, campaignId: string): Promise<Tested[]> {
  return (await rows<Row>(db, `select ${TESTED} from ${FROM} where e.campaign_id = $1 order by x.created_at desc, x.step_id`, [campaignId])).map(tested);
}

/** One experiment; null when there is none or it was never planned. @param lock keeps looks away until commit */
export async function findTested(db: Db, experimentId: string, lock = false): Promise<Tested | null> {
  const found = await row<Row>(db, `select ${TESTED} from ${FROM} where e.experiment_id = $1 ${lock ? 'for update of e' : ''}`, [experimentId]);
  return found && tested(found);
}

/** When the next look is due; null when none is. */
export async function nextDue(db: Db): Promise<Date | null> {
  return (await row<{ due: Date | null }>(db, 'select min(e.due_at) as due from experiment_verdict as e where e.due_at is not null'))!.due;
}

/** Takes the experiment whose look is due longest, unless another process holds it. */
export async function takeDue(tx: Db, now: Date): Promise<Tested | null> {
  const found = await row<Row>(tx, `select ${TESTED} from ${FROM} where e.due_at <= $1::timestamptz order by e.due_at, e.experiment_id limit 1 for update of e skip locked`, [now]);
  return found && tested(found);
}

export interface Looked extends Remembered {
  experimentId: string;
  view: ExperimentResult;
  state: string;
  winner: string | null;
  dueAt: Date | null;
}

/** Remembers a look. The row must be locked. */
export async function storeLook(tx: Db, { experimentId, memory, harm, seen, view, quietSince, state, winner, dueAt }: Looked, now: Date): Promise<void> {
  await rows(tx, `
    update experiment_verdict as e
       set memory = $2::jsonb, harm = $3::jsonb, seen = $4::jsonb, view = $5::jsonb, quiet_since = $6::timestamptz, state = $7, winner = $8, due_at = $9::timestamptz, evaluated_at = $10::timestamptz
     where e.experiment_id = $1`, [experimentId, JSON.stringify(memory), JSON.stringify(harm), JSON.stringify(seen), JSON.stringify(view), quietSince, state, winner, dueAt, now]);
}

/** What an evaluation was made from, so that it can be made again. */
export interface Inputs { plan: DecisionPlan; arms: ArmInput[]; look: Look; earlier: Memory }
export interface StoredEvaluation { id: string; at: Date; inputs: Inputs; result: Omit<Evaluation, 'memory'> }

export async function insertEvaluation(tx: Db, evaluation: StoredEvaluation & { experimentId: string; campaignId: string }): Promise<void> {
  await rows(tx, `insert into verdict_evaluation (id, experiment_id, campaign_id, at, inputs, result) values ($1, $2, $3, $4::timestamptz, $5::jsonb, $6::jsonb)`,
    [evaluation.id, evaluation.experimentId, evaluation.campaignId, evaluation.at, JSON.stringify(evaluation.inputs), JSON.stringify(evaluation.result)]);
}

/** Of looks that are 90 days old the last of each day is kept, and every one that said something else than the one before. */
export async function thinEvaluations(tx: Db, experimentId: string, now: Date): Promise<void> {
  await rows(tx, `
    delete from verdict_evaluation as v using (
      select o.id, o.result ->> 'state' is not distinct from lag(o.result ->> 'state') over w as same,
             date_trunc('day', o.at, 'UTC') = date_trunc('day', lead(o.at) over w, 'UTC') as earlier
        from verdict_evaluation as o where o.experiment_id = $1 and o.at < $2::timestamptz - interval '90 days' and o.at > $2::timestamptz - interval '120 days'
      window w as (order by o.id)) as old
     where v.id = old.id and old.same and old.earlier`, [experimentId, now]);
}

/** Newest first; one row more than asked for when there are more. */
export function listEvaluations(db: Db, experimentId: string, limit: number, before: string | null): Promise<StoredEvaluation[]> {
  return rows(db, `
    select v.id, v.at, v.inputs, v.result from verdict_evaluation as v
     where v.experiment_id = $1 and ($3::uuid is null or v.id < $3::uuid) order by v.id desc limit $2`, [experimentId, limit + 1, before]);
}

/** Whether people are still being taken in by a launch of the campaign; the rest of a test-then-send is no part of the test. */
export const isLaunching = (db: Db, campaignId: string): Promise<boolean> => exists(db, `
  select from launch as l where l.campaign_id = $1 and l.state in ('waiting', 'running') and l.part <> 'rest'
  union all select from enrollment as r where r.campaign_id = $1 and r.state = 'active' and r.step_id = '_local-time'`, [campaignId]);

/** Whether something from before a moment has not been told to segments and campaigns yet. */
export const hasPending = (db: Db, before: Date): Promise<boolean> => exists(db, `
  select from person_change as c where c.at <= $1::timestamptz union all select from settled_change as s where s.at <= $1::timestamptz`, [before]);

/** The arm that Danbi gives to everybody new, or gave to the rest, by itself. Null when it does not, or a person chose. */
export function doneByItself(db: Db, experimentId: string): Promise<{ variant: string; at: Date; by: 'verdict' | 'wait'; isProven: boolean; keep: number } | null> {
  return row(db, `
    select c.variant, c.since as at, c.chosen_by as by, c.claim = 'winner' as "isProven", c.keep from experiment_choice as c
     where c.experiment_id = $1 and c.ended_at is null and c.chosen_by in ('verdict', 'wait')`, [experimentId]);
}
