import { branchOutcome, type Step } from '../../contract/campaign-steps.js';
import { assignVariants } from '../store/assignments.store.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';
import { whoMeets } from './conditions.js';
import { whoHeldThen } from './held-in-past.js';
import { isOver } from './past-steps.js';
import type { Run } from '../store/enrollments.store.js';

type BranchStep = Extract<Step, { type: 'branch' }>;
type SplitStep = Extract<Step, { type: 'split' }>;

/**
 * Each person takes the first branch whose condition holds, in the order written: now, or for a run that came here before its launch
 * at that moment, by what was known then.
 */
export async function runBranchStep({ tx, now, zone }: BatchContext, { step, runs }: StepGroup<BranchStep>): Promise<StepResult[]> {
  const results: StepResult[] = [];
  let left = runs;
  for (const [index, branch] of step.branches.entries()) {
    if (left.length === 0) break;
    const [behind, present] = [left.filter(({ past }) => isOver(past)), left.filter(({ past }) => !isOver(past))];
    const taking = await whoMeets(tx, branch.condition, present.map((run) => run.personId), { now, zone });
    const took = await whoHeldThen(tx, branch.condition, behind.map(({ id, personId, past }) => ({ id, personId, at: past!.at })));
    const takes = (run: Run): boolean => (isOver(run.past) ? took.has(run.id) : taking.has(run.personId));
    results.push(...left.filter(takes).map((run): StepResult => ({ run, kind: 'move', outcome: branchOutcome(branch.name, index), next: branch.next })));
    left = left.filter((run) => !takes(run));
  }
  return [...results, ...left.map((run): StepResult => ({ run, kind: 'move', outcome: 'otherwise', next: step.otherwise }))];
}

/** Each person takes the arm of their stored assignment. */
export async function runSplitStep({ tx, now, engaged }: BatchContext, { version, step, runs }: StepGroup<SplitStep>): Promise<StepResult[]> {
  const experiment = version.published.experiments[step.id]!;
  const assigned = await assignVariants(tx, { experiment, campaignId: version.campaignId, personIds: runs.map((run) => run.personId), now });
  engaged.push(...runs.map(({ personId }) => ({ personId, campaignId: version.campaignId })));
  const next = new Map(step.arms.map((arm) => [arm.key, arm.next]));
  return runs.map((run) => {
    const arm = assigned.get(run.personId)!.variant;
    return { run, kind: 'move', outcome: arm, next: next.get(arm) ?? null };
  });
}
