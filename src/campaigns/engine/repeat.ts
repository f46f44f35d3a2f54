import type { Db } from '../../platform/database/db.js';
import { visitedSteps } from '../store/migrations.store.js';
import type { Run } from '../store/enrollments.store.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';
import { runBranchStep, runSplitStep } from './route-steps.js';

/** What moved runs have visited, by run. */
export type Visited = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/** Only a run that was moved to another version can come to a step again: the way through one version has no loops. */
export async function visitedBefore(tx: Db, runs: readonly Run[]): Promise<Visited> {
  const moved = runs.filter((run) => run.moved).map(({ id }) => id);
  return moved.length === 0 ? new Map() : visitedSteps(tx, moved);
}

/** Those of a group that come to the step for the first time, or stand there; and those that have passed it before. */
export function byFirstVisit({ runs, ...place }: StepGroup, visited: Visited): { first: StepGroup; again: StepGroup } {
  const repeats = (run: Run): boolean => run.arrivedAt === null && visited.get(run.id)?.has(place.step.id) === true;
  return { first: { ...place, runs: runs.filter((run) => !repeats(run)) }, again: { ...place, runs: runs.filter(repeats) } };
}

/** Passes a step by that was visited before: no message, no wait and no action twice. Branches are asked again, an arm stays the same. */
export async function passBy(context: BatchContext, { version, step, runs }: StepGroup, visited: Visited): Promise<StepResult[]> {
  if (runs.length === 0) return [];
  if (step.type === 'branch') return runBranchStep(context, { version, step, runs });
  if (step.type === 'split') return runSplitStep(context, { version, step, runs });
  return runs.map((run): StepResult => ({ run, kind: 'move', outcome: 'passed', next: onward(step, visited.get(run.id)?.get(step.id) ?? null) }));
}

function onward(step: Exclude<StepGroup['step'], { type: 'branch' | 'split' }>, outcome: string | null): string | null {
  switch (step.type) {
    case 'wait_until': return outcome === 'met' ? step.next : step.onTimeout;
    case 'wait': return outcome === 'missed' ? step.onMissed ?? null : step.next;
    case 'exit': return null;
    default: return step.next;
  }
}
