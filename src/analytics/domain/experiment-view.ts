import type { Comparison, ContextMetric, EntryWeek, ExperimentEvaluation, ExperimentResult, RecordedVerdict } from '../../contract/experiment.js';
import { addedAccounts, withAccounts, type AccountCell } from './account-counts.js';
import { armCounts, outcomeOf, totalOf, type EntryCell } from './experiment-counts.js';
import { causedSentence } from './sentences/around.js';
import type { Said } from './sentences/words.js';
import { designEffect } from './statistics/accounts.js';
import { causedWithin } from './statistics/caused.js';
import { comparePair, earlyRuler, failedGates, pairsOf } from './statistics/compare.js';
import type { ArmInput, Comparison as Compared, Evaluation, Look, Verdict } from './statistics/decision.js';
import { pairCount } from './statistics/multipliers.js';
import { isRate, meanOf, type Rate } from './statistics/outcome.js';
import { wilson } from './statistics/wilson.js';
import type { VerdictPlan } from './verdict-plan.js';

/** Weeks of entry that are shown. */
const WEEKS = 12;
/** A comparison beside the verdict has an error budget of its own: it answers another question. */
const OWN_ALPHA = 0.05;

export const comparisonView = ({ a, b, lift, psi, se, p, adjustedP, evidence }: Compared): Comparison =>
  ({ a, b, lift, evidence: { logRatio: psi, standardError: se, p, adjustedP, smallestP: evidence } });

/** A comparison of which nothing can be said yet. */
const unknown = (a: ArmInput, b: ArmInput): Compared => ({ a: a.key, b: b.key, psi: null, se: null, lift: null, p: null, adjustedP: null, evidence: null });

/** Always-valid comparisons of each pair with a budget of their own, where the counts are enough for them. */
export function contextComparisons(arms: readonly ArmInput[], plannedPeople: number | null): Comparison[] {
  return pairsOf(arms).map(([a, b]) =>
    comparisonView(failedGates([a, b]).length > 0 ? unknown(a, b) : comparePair(a, b, pairCount(arms.length), earlyRuler({ plannedPeople, alphaEarly: OWN_ALPHA }, arms, a, b))));
}

export const recordedView = ({ state, winner, at, kind, multiplier, arms, comparisons }: Verdict): RecordedVerdict =>
  ({ state, winner, at, kind, multiplier, arms: arms.map(armCounts), comparisons: comparisons.map(comparisonView) });

/** One stored look. */
export function evaluationView({ id, at, inputs, result }: { id: string; at: Date; inputs: { arms: ArmInput[]; look: Look }; result: Omit<Evaluation, 'memory'> }): ExperimentEvaluation {
  return {
    id, at: at.toISOString(), phase: result.phase, state: result.state, winner: result.winner, reason: result.reason, arms: inputs.arms.map(armCounts), multiplier: result.multiplier,
    comparisons: result.comparisons.map(comparisonView), gates: result.gates, split: result.srm, entryDays: inputs.look.entryDays,
  };
}

/** The arms with what was counted of each, matured or not. */
export function armsView(arms: readonly ArmInput[], cells: readonly EntryCell[], controls: ReadonlySet<string>): ExperimentResult['arms'] {
  return arms.map((arm) => {
    const { key, outcome } = arm;
    const { eligible, matured, maturesFrom, maturesUntil } = totalOf(cells.filter(({ variant }) => variant === key));
    const { sumSquares: _spread, ...counts } = armCounts(arm);
    return {
      ...counts, eligible, isControl: controls.has(key),
      mean: outcome.n === 0 ? null : meanOf(outcome),
      interval: isRate(outcome) ? alone(outcome) : null,
      maturing: { people: eligible - matured, from: maturesFrom?.toISOString() ?? null, until: maturesUntil?.toISOString() ?? null },
    };
  });
}

/** Wilson's interval of one rate; with the people of accounts counted as so many as are independent of each other. */
function alone(outcome: Rate): { lo: number; hi: number } {
  const effect = designEffect(outcome) ?? 1;
  return wilson(outcome.x / effect, outcome.n / effect);
}

/** The newest weeks of entry, each compared by itself: whether what is seen wears off. */
export function weeksView(plan: Pick<VerdictPlan, 'measure' | 'weights' | 'plannedPeople'>, cells: readonly EntryCell[], accounts: readonly AccountCell[] | null): EntryWeek[] {
  const weeks = [...new Set(cells.map(({ week }) => week))].sort().slice(-WEEKS);
  return weeks.map((week) => {
    const arms = Object.entries(plan.weights).map(([key, weight]): ArmInput => {
      const total = totalOf(cells.filter((cell) => cell.week === week && cell.variant === key));
      return { key, weight, assigned: total.assigned, outcome: withAccounts(outcomeOf(plan, total), accounts, plan, key, week) };
    });
    const shown = arms.map(armCounts).map(({ key, matured, converted, sum }) => ({ key, matured, converted, sum }));
    return { week, arms: shown, comparisons: contextComparisons(arms, plan.plannedPeople) };
  });
}

/** A goal that does not decide. */
export function goalContext(measure: string, label: Said, plan: Pick<VerdictPlan, 'measure' | 'plannedPeople'>, arms: readonly ArmInput[]): ContextMetric {
  return {
    measure, label,
    arms: arms.map(({ key, outcome }) => ({
      key, people: outcome.n, count: isRate(outcome) ? outcome.x : (outcome.nonZero ?? 0), machine: null, sum: isRate(outcome) ? null : outcome.sum, mean: outcome.n === 0 ? null : meanOf(outcome),
    })),
    comparisons: contextComparisons(arms, plan.plannedPeople),
  };
}

/** What the messages caused: everybody who was messaged against the control, with always-valid ends. Null without a control. */
export function holdoutView(plan: Pick<VerdictPlan, 'plannedPeople' | 'goal'>, arms: readonly ArmInput[], control: string | undefined): ExperimentResult['holdout'] {
  const without = arms.find(({ key }) => key === control);
  const messaged = arms.filter(({ key }) => key !== control);
  if (!without || messaged.length === 0) return null;
  const pooled: ArmInput = { key: 'messaged', weight: messaged.reduce((sum, { weight }) => sum + weight, 0), assigned: 0, outcome: messaged.map(({ outcome }) => outcome).reduce(added) };
  const conversions = isRate(pooled.outcome) ? pooled.outcome.x : pooled.outcome.sum;
  const pair = [without, pooled] as const;
  const currency = isRate(pooled.outcome) ? null : (plan.goal.value?.currency ?? null);
  const compared = failedGates(pair).length > 0 ? null : comparePair(without, pooled, 1, earlyRuler({ plannedPeople: plan.plannedPeople, alphaEarly: OWN_ALPHA }, pair, without, pooled));
  const caused = compared?.lift ? causedWithin(conversions, compared.psi!, compared.lift) : null;
  return { control: without.key, messaged: pooled.outcome.n, conversions, caused: caused && { point: caused.point, lo: caused.lo, hi: caused.hi }, sentence: causedSentence(caused, currency) };
}

/** Arms as one, which share no account. */
export function added(a: ArmInput['outcome'], b: ArmInput['outcome']): ArmInput['outcome'] {
  const accounts = a.accounts && b.accounts ? { accounts: addedAccounts(a.accounts, b.accounts) } : {};
  if (isRate(a) && isRate(b)) return { n: a.n + b.n, x: a.x + b.x, ...accounts };
  if (isRate(a) || isRate(b)) throw new RangeError('a rate and an amount cannot be added up');
  return { n: a.n + b.n, sum: a.sum + b.sum, sumSq: a.sumSq + b.sumSq, nonZero: (a.nonZero ?? 0) + (b.nonZero ?? 0), ...accounts };
}
