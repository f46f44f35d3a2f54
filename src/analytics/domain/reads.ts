import type { CountPlan } from './count-plan.js';

/** What the goals of a campaign read, in the words of `result_mark.reads`: names of events, `membership:SEGMENT`, `$time_zone`. */
export function readsOf(plan: Pick<CountPlan, 'goals'>): string[] {
  const reads = plan.goals.flatMap(({ by }) => ('segmentId' in by ? [`membership:${by.segmentId}`] : by.where.length > 0 ? [by.event, '$time_zone'] : [by.event]));
  return [...new Set(reads)];
}
