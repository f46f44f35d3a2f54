import type { Goal } from '../../contract/campaign-goals.js';
import type { CampaignTotalsList } from '../../contract/results-lists.js';
import { countedGoal } from './count-plan.js';
import { isSent } from './reconcile.js';

/** Some sums of one campaign, over versions, variants, channels and languages. */
export interface StoredTotals {
  campaignId: string;
  /** Goals of the current version, and the segments that keep those which are conditions; none before it is published. */
  goals: Goal[];
  conditions: Record<string, string>;
  cells: { measure: string; stepId: string | null; detail: string | null; count: number }[];
}

/** What a list says of one campaign. People come to several messages, so those of one are told: the one most of them came to. */
export function totalsOf({ campaignId, goals, conditions, cells }: StoredTotals): CampaignTotalsList['items'][number] {
  const sum = (wanted: (cell: StoredTotals['cells'][number]) => boolean) => cells.reduce((total, cell) => total + (wanted(cell) ? cell.count : 0), 0);
  const peopleAt = (stepId: string) => sum((cell) => cell.measure === 'assigned' && cell.stepId === stepId);
  const steps = [...new Set(cells.flatMap(({ measure, stepId }) => (measure === 'assigned' && stepId !== null ? [stepId] : [])))];
  const [most] = steps.map((stepId) => ({ stepId, people: peopleAt(stepId) })).toSorted((a, b) => b.people - a.people || (a.stepId < b.stepId ? -1 : 1));
  const goal = goals.find(({ primary }) => primary) ?? goals[0];
  // People of all versions are counted by the goals of the current one, so its id alone counts nobody twice.
  const goalId = goal && countedGoal(goal, conditions)?.id;
  return {
    campaignId,
    inSeries: sum(({ measure, detail }) => measure === 'run' && detail === 'active'),
    queued: sum(({ measure, detail }) => measure === 'delivery' && detail === 'queued'),
    sent: sum(({ measure, detail }) => measure === 'delivery' && isSent(detail!)),
    goal: goal && most ? { key: goal.key, name: goal.name, ...most, converted: sum((cell) => cell.measure === 'goal' && cell.stepId === most.stepId && cell.detail === goalId) } : null,
  };
}
