import type { Db } from '../../platform/database/db.js';
import type { AccountCell } from '../domain/account-counts.js';
import { armInputs, entryDays, totalOf, type ArmTotals, type EntryCell } from '../domain/experiment-counts.js';
import { watchAll, type HarmFound, type ReactionCell } from '../domain/guardrails.js';
import { reactionMillis } from '../domain/count-plan.js';
import { isSettled, readoutDate } from '../domain/look.js';
import type { ArmInput, Evaluation } from '../domain/statistics/decision.js';
import { evaluate } from '../domain/statistics/evaluate.js';
import { decisionPlan } from '../domain/verdict-plan.js';
import type { Cohort } from './reads/cohort.js';
import type { Counter } from './counter.js';
import type { ReactionQuestion } from './reads/reactions.read.js';
import { hasPending, isLaunching, type Inputs, type Tested } from './store/experiments.store.js';

/** When it is looked, and the zone of the workspace. */
export interface Moment { now: Date; zone: string }

/** One look at an experiment: what was counted, and what the rule says of it. */
export interface Sight {
  cells: EntryCell[];
  /** The same by account, of arms drawn for accounts; null: they were drawn for people. */
  accounts: AccountCell[] | null;
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
  const question = { cohort, goal: plan.goal, cap: plan.caps[plan.goal.key] ?? null, now, zone };
  const cells = await counter.counts(question);
  const accounts = tested.account === null ? null : await counter.accounts(question);
  const reactions = tested.origin === 'external' ? [] : await reactionsOf(tested, counter, { cohort, reactionMillis: reactionMillis(plan.goal), now });
  const total = totalOf(cells);
  const arms = armInputs(plan, cells, accounts).map((arm): ArmInput => (tested.dropped.includes(arm.key) ? { ...arm, dropped: true } : arm));
  const known = (tested.seen.arms ?? []).reduce((sum, { assigned }) => sum + assigned, 0);
  const quietSince = total.assigned === known ? tested.quietSince : now;
  const readoutAt = readoutDate(plan, total);
  const isDue = readoutAt !== null && readoutAt <= now && memory.verdict === null;
  const waiting = isDue ? { isLaunching: await isLaunching(tx, plan.campaignId), hasPending: await hasPending(tx, readoutAt), quietSince } : { isLaunching: false, hasPending: false, quietSince };
  const look = { now: now.toISOString(), entryDays: entryDays(cells), settled: isRecorded && isSettled(plan, total, waiting, now) };
  const inputs: Inputs = { plan: decisionPlan(plan, readoutAt), arms, look, earlier: memory };
  const evaluation = evaluate(inputs);
  return { cells, accounts, total, reactions, harm: watchAll(plan, reactions, tested.harm, now, tested.dropped), quietSince, inputs, evaluation: isRecorded ? evaluation : unclaimed(evaluation, memory.verdict !== null), counter };
}

/** What people did to the messages, with the accounts they belong to where arms were drawn for these. */
async function reactionsOf({ account }: Tested, counter: Counter, question: ReactionQuestion): Promise<ReactionCell[]> {
  const cells = await counter.reactions(question);
  if (account === null) return cells;
  const accounts = new Map((await counter.accountReactions(question)).map(({ variant, of }) => [variant, of]));
  return cells.map((cell) => ({ ...cell, accounts: accounts.get(cell.variant) ?? {} }));
}

/** A winner nobody has recorded yet is not named. */
function unclaimed(evaluation: Evaluation, hasVerdict: boolean): Evaluation {
  return evaluation.state !== 'winner' || hasVerdict ? evaluation : { ...evaluation, state: 'collecting', winner: null, reason: 'not_separated' };
}
