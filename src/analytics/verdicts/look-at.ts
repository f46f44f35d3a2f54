import type { Db } from '../../platform/database/db.js';
import { armInputs, entryDays, totalOf, type ArmTotals, type EntryCell } from '../domain/experiment-counts.js';
import { watchAll, type HarmFound, type ReactionCell } from '../domain/guardrails.js';
import { reactionMillis } from '../domain/count-plan.js';
import { isSettled, readoutDate } from '../domain/look.js';
import type { ArmInput, Evaluation } from '../domain/statistics/decision.js';
import { evaluate } from '../domain/statistics/evaluate.js';
import { decisionPlan } from '../domain/verdict-plan.js';
import type { Cohort } from './reads/cohort.js';
import type { Counter } from './counter.js';
import { hasPending, isLaunching, type Inputs, type Tested } from './store/experiments.store.js';

/** When it is looked, and the zone of the workspace. */
export interface Moment { now: Date; zone: string }

/** One look at an experiment: what was counted, and what the rule says of it. */
export interface Sight {
  cells: EntryCell[];
  total: ArmTotals;
  reactions: ReactionCell[];
  harm: HarmFound;
  quietSince: Date;
  inputs: Inputs;
  evaluation: Evaluation;
  counter: Counter;
}

export const cohortOf = ({ plan, isMessage }: Tested): Cohort => ({ experimentId: plan.experimentId, campaignId: plan.campaignId, gated: isMessage });

/**
 * Counts and evaluates. A look that is not recorded never names a winner and never reads out: what a page says of a winner is
 * always what was recorded, so that it does not change from one glance to the next.
 */
export async function lookAt(tx: Db, tested: Tested, { now, zone }: Moment, isRecorded: boolean, counter: Counter): Promise<Sight> {
  const { plan, memory } = tested;
  const cohort = cohortOf(tested);
  const cells = await counter.counts({ cohort, goal: plan.goal, cap: plan.caps[plan.goal.key] ?? null, now, zone });
  const reactions = tested.origin === 'external' ? [] : await counter.reactions({ cohort, reactionMillis: reactionMillis(plan.goal), now });
  const total = totalOf(cells);
  const arms = armInputs(plan, cells).map((arm): ArmInput => (tested.dropped.includes(arm.key) ? { ...arm, dropped: true } : arm));
  const known = (tested.seen.arms ?? []).reduce((sum, { assigned }) => sum + assigned, 0);
  const quietSince = total.assigned === known ? tested.quietSince : now;
  const readoutAt = readoutDate(plan, total);
  const isDue = readoutAt !== null && readoutAt <= now && memory.verdict === null;
  const waiting = isDue ? { isLaunching: await isLaunching(tx, plan.campaignId), hasPending: await hasPending(tx, readoutAt), quietSince } : { isLaunching: false, hasPending: false, quietSince };
  const look = { now: now.toISOString(), entryDays: entryDays(cells), settled: isRecorded && isSettled(plan, total, waiting, now) };
  const inputs: Inputs = { plan: decisionPlan(plan, readoutAt), arms, look, earlier: memory };
  const evaluation = tested.account === null ? evaluate(inputs) : byAccount(inputs);
  return { cells, total, reactions, harm: tested.account === null ? watchAll(plan, reactions, tested.harm, now, tested.dropped) : {}, quietSince, inputs, evaluation: isRecorded ? evaluation : unclaimed(evaluation, memory.verdict !== null), counter };
}

/** Of arms drawn for accounts nothing is claimed, not even that the split is off: only people are counted, and those of an account are not independent. */
function byAccount({ arms, earlier }: Inputs): Evaluation {
  const gates = arms.slice(0, 1).map(({ key }) => ({ arm: key, gate: 'assigned_by_account' as const, has: 0, needs: 1 }));
  return { state: 'collecting', winner: null, phase: 'before', reason: 'assigned_by_account', multiplier: null, comparisons: [], gates, srm: { assigned: 1, eligible: null }, memory: earlier };
}

/** A winner nobody has recorded yet is not named. */
function unclaimed(evaluation: Evaluation, hasVerdict: boolean): Evaluation {
  return evaluation.state !== 'winner' || hasVerdict ? evaluation : { ...evaluation, state: 'collecting', winner: null, reason: 'not_separated' };
}
