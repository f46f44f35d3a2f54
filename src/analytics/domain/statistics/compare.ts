import { degreesOf, designEffect, evenAccounts, evenOutcomes, normalOf, studentOf } from './accounts.js';
import type { ArmInput, Comparison, DecisionPlan, GateFailure } from './decision.js';
import { liftInterval, logRatio, type LiftInterval, reversed } from './log-ratio.js';
import { alwaysValidP, earlyMultiplier, finalMultiplier, ordinaryP, pairCount, UNPLANNED_PAIR } from './multipliers.js';
import { isRate, relativeVariance } from './outcome.js';

/** What each arm needs before anything is said of it (section 3, step 2). */
export const GATES = { matured: 100, withOutcome: 10, withoutOutcome: 10, nonZero: 30 } as const;
/** The same of accounts, where arms were drawn for them, counted as accounts of equal size: below these the variance of a ratio over accounts is not known well enough. */
export const ACCOUNT_GATES = { accounts: 40, met: 10, unmet: 10 } as const;

/** Every gate that fails, by arm and name. */
export function failedGates(arms: readonly ArmInput[]): GateFailure[] {
  const alone: GateFailure[] = arms.length < 2 ? [{ arm: arms[0]?.key ?? '', gate: 'arms', has: arms.length, needs: 2 }] : [];
  return [...alone, ...arms.flatMap(failedGatesOf)];
}

type Wanted = [gate: GateFailure['gate'], has: number, needs: number];
const failures = (key: string, wanted: readonly Wanted[]): GateFailure[] => wanted.filter(([, has, needs]) => !(has >= needs)).map(([gate, has, needs]) => ({ arm: key, gate, has, needs }));

/** Gates of accounts that fail; none where people were drawn alone. */
export function failedAccountGates({ key, outcome }: ArmInput): GateFailure[] {
  const of = evenOutcomes(outcome);
  if (!of) return [];
  return failures(key, [['accounts', Math.floor(evenAccounts(outcome)!), ACCOUNT_GATES.accounts], ['accounts_with_outcome', Math.floor(of.met), ACCOUNT_GATES.met], ...(of.unmet === null ? [] : [['accounts_without_outcome', Math.floor(of.unmet), ACCOUNT_GATES.unmet] as Wanted])]);
}

function failedGatesOf(arm: ArmInput): GateFailure[] {
  const { key, outcome } = arm;
  const wanted: Wanted[] = isRate(outcome)
    ? [['matured', outcome.n, GATES.matured], ['with_outcome', outcome.x, GATES.withOutcome], ['without_outcome', outcome.n - outcome.x, GATES.withoutOutcome]]
    : [['matured', outcome.n, GATES.matured], ['non_zero', outcome.nonZero ?? 0, GATES.nonZero]];
  const failed = [...failures(key, wanted), ...failedAccountGates(arm)];
  if (failed.length === 0 && !((relativeVariance(outcome) ?? 0) > 0)) failed.push({ arm: key, gate: 'positive_mean', has: 0, needs: 1 });
  return failed;
}

/** Every pair of arms once, in their order. */
export const pairsOf = <T>(arms: readonly T[]): [T, T][] => arms.flatMap((a, i) => arms.slice(i + 1).map((b): [T, T] => [a, b]));

/** Matured people of a pair expected at the read-out: its share of the planned total. */
export function plannedOfPair(plan: Pick<DecisionPlan, 'plannedPeople'>, arms: readonly ArmInput[], a: ArmInput, b: ArmInput): number {
  const weights = arms.reduce((total, { weight }) => total + weight, 0);
  const planned = ((plan.plannedPeople ?? 0) * (a.weight + b.weight)) / weights;
  return planned > 0 ? planned : UNPLANNED_PAIR;
}

/** Multiplier and p of a pair: always-valid (`early`) or ordinary (`final`). */
export interface Ruler { multiplier: number; p(z: number): number | null }

/** People of a pair as far as they are independent of each other: what the always-valid interval counts as time. */
const independentPeople = (a: ArmInput, b: ArmInput): number => (a.outcome.n + b.outcome.n) / (designEffect(a.outcome, b.outcome) ?? 1);

export function earlyRuler(plan: Pick<DecisionPlan, 'plannedPeople' | 'alphaEarly'>, arms: readonly ArmInput[], a: ArmInput, b: ArmInput): Ruler {
  const [people, planned, alpha] = [independentPeople(a, b), plannedOfPair(plan, arms, a, b), plan.alphaEarly / pairCount(arms.length)];
  return byAccounts(a, b, { multiplier: earlyMultiplier(people, planned, alpha), p: (z) => alwaysValidP(z, people, planned, alpha) });
}

export function finalRuler(plan: Pick<DecisionPlan, 'alphaFinal'>, arms: number, a: ArmInput, b: ArmInput): Ruler {
  return byAccounts(a, b, { multiplier: finalMultiplier(plan.alphaFinal, pairCount(arms)), p: (z) => (plan.alphaFinal > 0 ? ordinaryP(z) : null) });
}

/** With few accounts the standard error is a guess itself: what is normal with many people is Student's t here, in the multiplier and in p alike. */
function byAccounts(a: ArmInput, b: ArmInput, ruler: Ruler): Ruler {
  const degrees = degreesOf(a.outcome, b.outcome);
  if (degrees === null) return ruler;
  return { multiplier: Number.isFinite(ruler.multiplier) ? studentOf(ruler.multiplier, degrees) : ruler.multiplier, p: (t) => ruler.p(normalOf(t, degrees)) };
}

/** One pair as a ruler measures it. `evidence` is left to who remembers earlier looks. */
export function comparePair(a: ArmInput, b: ArmInput, pairs: number, ruler: Ruler): Comparison {
  const ratio = logRatio(a.outcome, b.outcome);
  const p = ratio === null ? null : ruler.p(ratio.psi / ratio.se);
  return {
    a: a.key,
    b: b.key,
    psi: ratio?.psi ?? null,
    se: ratio?.se ?? null,
    lift: ratio === null ? null : liftInterval(ratio, ruler.multiplier),
    p,
    adjustedP: p === null ? null : Math.min(1, pairs * p),
    evidence: null,
  };
}

/** The lift of `b` against `a` from a list that has each pair once; null when it has no interval. */
export function liftOf(comparisons: readonly Comparison[], a: string, b: string): LiftInterval | null {
  for (const pair of comparisons) {
    if (pair.a === a && pair.b === b) return pair.lift;
    if (pair.a === b && pair.b === a) return pair.lift && reversed(pair.lift);
  }
  return null;
}
