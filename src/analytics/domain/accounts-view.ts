import type { ExperimentResult } from '../../contract/experiment.js';
import { added } from './experiment-view.js';
import { designEffect } from './statistics/accounts.js';
import type { ArmInput } from './statistics/decision.js';
import { isRate, meanOf, varianceByPerson, type Outcome } from './statistics/outcome.js';
import { detectableLift, type Baseline } from './statistics/planning.js';
import type { VerdictPlan } from './verdict-plan.js';

/**
 * What counting by account does to a test, as its own people show it: the design effect of its arms, and the smallest difference that its
 * planned people (or, without a plan, those who have matured) tell apart when so many of them are worth one.
 */
export function accountsView(attribute: string, plan: Pick<VerdictPlan, 'weights' | 'alphaEarly' | 'alphaFinal' | 'plannedPeople' | 'direction'>, arms: readonly ArmInput[]): NonNullable<ExperimentResult['accounts']> {
  const outcomes = arms.filter(({ dropped }) => !dropped).map(({ outcome }) => outcome);
  const effect = outcomes.length === 0 ? null : designEffect(...outcomes);
  if (effect === null) return { attribute, designEffect: null, detectable: null };
  const all = outcomes.reduce(added);
  const lift = detectableLift({ weights: Object.values(plan.weights), alphaEarly: plan.alphaEarly, alphaFinal: plan.alphaFinal }, baselineOf(all), (plan.plannedPeople ?? all.n) / effect, plan.direction);
  return { attribute, designEffect: effect, detectable: lift === null ? null : Math.abs(lift) };
}

function baselineOf(outcome: Outcome): Baseline {
  return isRate(outcome) ? { rate: meanOf(outcome) } : { spread: (varianceByPerson(outcome) ?? 0) * outcome.n };
}
