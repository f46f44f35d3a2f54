import type { ArmInput, DecisionPlan } from './decision.js';
import { meanOf } from './outcome.js';

/**
 * The arm with the best observed mean, for sending when one of them has to be sent (section 8); the first of equals. It is an
 * action, never a claim. Null when nobody was counted.
 */
export function leaderOf(arms: readonly Pick<ArmInput, 'key' | 'outcome'>[], direction: DecisionPlan['direction']): string | null {
  const better = (a: number, b: number) => (direction === 'higher' ? a > b : a < b);
  const counted = arms.filter(({ outcome }) => outcome.n > 0);
  return counted.length === 0 ? null : counted.reduce((best, arm) => (better(meanOf(arm.outcome), meanOf(best.outcome)) ? arm : best)).key;
}
