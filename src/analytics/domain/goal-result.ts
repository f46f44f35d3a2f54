import type { Goal } from '../../contract/campaign-goals.js';
import type { GoalResult } from '../../contract/results.js';

/** What was counted of one goal in one arm; amounts are exact decimals as texts, null without any. */
export interface GoalCounts { converted: number; value: string | null; maturedAssigned: number; maturedConverted: number; maturedValue: string | null }

const amount = (goal: Goal, sum: string | null | undefined): number | null => (goal.value ? Number(sum ?? 0) : null);

/** One goal of one arm; an arm without people has zeros. */
export function goalResult(goal: Goal, counts: GoalCounts | undefined): GoalResult {
  return {
    key: goal.key,
    name: goal.name,
    primary: goal.primary,
    converted: counts?.converted ?? 0,
    value: amount(goal, counts?.value),
    currency: goal.value?.currency ?? null,
    matured: { assigned: counts?.maturedAssigned ?? 0, converted: counts?.maturedConverted ?? 0, value: amount(goal, counts?.maturedValue) },
  };
}
