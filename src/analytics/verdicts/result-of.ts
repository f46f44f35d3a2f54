import type { Goal } from '../../contract/campaign-goals.js';
import type { ContextMetric, ExperimentResult } from '../../contract/experiment.js';
import type { Db } from '../../platform/database/db.js';
import { armInputs } from '../domain/experiment-counts.js';
import { accountsView } from '../domain/accounts-view.js';
import { armsView, comparisonView, goalContext, holdoutView, recordedView, weeksView } from '../domain/experiment-view.js';
import { engagementView, guardrailsView } from '../domain/guardrails.js';
import { actionSentence, promise } from '../domain/sentences/around.js';
import { verdictSentence } from '../domain/sentences/verdict.js';
import { plannedGoal, planView, type VerdictPlan } from '../domain/verdict-plan.js';
import { cohortOf, type Moment, type Sight } from './look-at.js';
import { doneByItself, type Tested } from './store/experiments.store.js';

/** What the API says of an experiment after a look at it. */
export async function resultOf(tx: Db, tested: Tested, sight: Sight, moment: Moment): Promise<ExperimentResult> {
  const { plan } = tested;
  const { evaluation, inputs, cells, accounts } = sight;
  const byAccount = tested.account === null ? null : accountsView(tested.account, plan, inputs.arms);
  const { memory } = evaluation;
  const controls = new Set(tested.arms.filter(({ isControl }) => isControl).map(({ key }) => key));
  const [control] = controls;
  const names = namesOf(tested);
  return {
    experimentId: plan.experimentId, campaignId: plan.campaignId, stepId: tested.stepId, unit: tested.account === null ? 'person' : 'account', external: tested.origin === 'external', asOf: sight.counter.asOf.toISOString(),
    plan: { ...planView(plan, sight.total.firstAssigned), readoutAt: inputs.plan.readoutAt },
    arms: armsView(inputs.arms, cells, controls),
    comparisons: evaluation.comparisons.map(comparisonView),
    split: evaluation.srm,
    verdict: {
      state: evaluation.state, winner: evaluation.winner, reason: evaluation.reason, gates: evaluation.gates,
      since: memory.trafficProblem?.since ?? memory.verdict?.at ?? null,
      recorded: memory.verdict && recordedView(memory.verdict), readout: memory.readout && recordedView(memory.readout), extendedAt: memory.extendedAt,
    },
    accounts: byAccount,
    sentence: verdictSentence(evaluation, { plan: inputs.plan, metric: { measure: plan.measure, direction: plan.direction }, arms: inputs.arms.filter(({ dropped }) => !dropped), names, base: control, detectable: byAccount ? byAccount.detectable : plan.assumed.detectable, zone: moment.zone, now: moment.now.toISOString() }),
    promise: promise(plan, plan.measure, byAccount !== null),
    guardrails: guardrailsView(plan, sight.reactions, sight.harm, names),
    secondary: [...(await secondaryOf(sight, tested, moment)), ...engagementView(plan, sight.reactions)],
    entryWeeks: weeksView(plan, cells, accounts),
    holdout: holdoutView(plan, inputs.arms, control),
    action: await actionOf(tx, tested, moment),
  };
}

/** What Danbi did by itself with what the test showed, as it is now; an action is a claim only where it is proven. */
export async function actionOf(tx: Db, tested: Tested, { zone, now }: Moment): Promise<ExperimentResult['action']> {
  const done = await doneByItself(tx, tested.plan.experimentId);
  if (!done) return null;
  const { variant, at, isProven, keep } = done;
  const type = done.by === 'verdict' ? 'auto_winner' : 'send_leader';
  const sentence = actionSentence({ type, arm: namesOf(tested)[variant] ?? variant, at: at.toISOString(), proven: isProven, keep: keep / 10_000 }, { zone, now: now.toISOString() });
  return { type, arm: variant, at: at.toISOString(), proven: isProven, sentence };
}

const namesOf = ({ named }: Tested): Record<string, string> => Object.fromEntries(named.flatMap(({ key, name }) => (name ? [[key, name]] : [])));

/** Every goal that does not decide, and of the one that does what does not. */
async function secondaryOf({ counter, cells, accounts }: Sight, tested: Tested, { now, zone }: Moment): Promise<ContextMetric[]> {
  const { plan, goals, conditions } = tested;
  const metrics: ContextMetric[] = [];
  for (const goal of goals) {
    const question = { cohort: cohortOf(tested), goal: plannedGoal(goal, conditions), cap: plan.caps[goal.key] ?? null, now, zone };
    const counted = goal.key === plan.goal.key ? cells : await counter.counts(question);
    const byAccount = accounts === null || goal.key === plan.goal.key ? accounts : await counter.accounts(question);
    metrics.push(...measuresOf(goal, plan).map((measure) => goalContext(goal.key, labelOf(goal, measure), plan, armInputs({ ...plan, measure }, counted, byAccount))));
  }
  return metrics;
}

const measuresOf = (goal: Goal, plan: VerdictPlan): VerdictPlan['measure'][] =>
  (goal.value ? (['rate', 'amount'] as const) : (['rate'] as const)).filter((measure) => goal.key !== plan.goal.key || measure !== plan.measure);

const labelOf = ({ name, value }: Goal, measure: VerdictPlan['measure']) =>
  measure === 'amount' ? { en: `${name}: ${value!.currency} per person, for context`, ko: `${name}: 1인당 ${value!.currency}(참고용)` } : { en: `${name}, for context`, ko: `${name}(참고용)` };
