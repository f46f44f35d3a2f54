import { earlyRuler, failedAccountGates, GATES, pairsOf } from './compare.js';
import type { ArmInput, DecisionPlan } from './decision.js';
import { liftInterval, logRatio, type LiftInterval } from './log-ratio.js';
import { pairCount } from './multipliers.js';
import { isRate, meanOf, type Rate } from './outcome.js';
import { sampleRatioP } from './sample-ratio.js';

/** Error of all pairs of one guardrail together. */
const GUARD_ALPHA = 0.05;
/** Rare outcomes are told apart by who they happened to: how firmly an even fate is believed, in people (a flat prior is 1 an arm). */
const LABEL_KAPPA = 10;

/** An arm that does harm beside another one. `lift` is how much more of it there is; null when too few for an interval. */
export interface Harm { arm: string; against: string; since: string; lift: LiftInterval | null }

/**
 * Watches something unwanted (unsubscribes, complaints, bounces; more is worse) at any number of looks: half of the budget goes
 * to the always-valid interval, which needs 10 with the outcome in both arms, half to an exact test of which arm the few
 * outcomes came from, which has no minimum: 0 against 20 complaints must not pass unseen. A harm that was found stays. A dropped arm is
 * compared no more: people go on coming into the others alone, so that outcomes fall on those for no fault of theirs.
 */
export function watchGuardrail({ arms, plannedPeople, now, earlier }: { arms: readonly ArmInput[]; plannedPeople: DecisionPlan['plannedPeople']; now: string; earlier: readonly Harm[] }): Harm[] {
  const found = pairsOf(arms).filter((pair) => !pair.some(({ dropped }) => dropped)).flatMap(([one, two]) => {
    const [against, arm] = meanOf(one.outcome) <= meanOf(two.outcome) ? [one, two] : [two, one];
    const known = earlier.find((harm) => harm.arm === arm.key && harm.against === against.key);
    if (known) return [];
    const lift = intervalOf(arms, plannedPeople, against, arm);
    return (lift !== null && lift.lo > 0) || isLabelled(against, arm, pairCount(arms.length)) ? [{ arm: arm.key, against: against.key, since: now, lift }] : [];
  });
  return [...earlier, ...found];
}

function intervalOf(arms: readonly ArmInput[], plannedPeople: number | null, a: ArmInput, b: ArmInput): LiftInterval | null {
  if ([a, b].some(({ outcome }) => outcome.n < GATES.matured || (isRate(outcome) ? Math.min(outcome.x, outcome.n - outcome.x) < GATES.withOutcome : (outcome.nonZero ?? 0) < GATES.nonZero))) return null;
  if ([a, b].some((arm) => failedAccountGates(arm).length > 0)) return null;
  const ratio = logRatio(a.outcome, b.outcome);
  return ratio && liftInterval(ratio, earlyRuler({ plannedPeople, alphaEarly: GUARD_ALPHA / 2 }, arms, a, b).multiplier);
}

/** Whether the outcomes fell on the arms in another ratio than people did when they were assigned; accounts with an outcome, where arms were drawn for them. */
function isLabelled(a: ArmInput, b: ArmInput, pairs: number): boolean {
  if (!isRate(a.outcome) || !isRate(b.outcome)) return false;
  return sampleRatioP([a, b].map(({ outcome }) => outcome.accounts?.met ?? (outcome as Rate).x), [a.weight, b.weight], LABEL_KAPPA) <= GUARD_ALPHA / 2 / pairs;
}

