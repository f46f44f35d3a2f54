import type { Past } from './enter.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';

/** Whether the time of what a run comes to now was over when its launch started. */
export const isOver = (past: Past | undefined): boolean => past !== undefined && past.at < past.since;

/** Those of a group for whom the step is still due, and those who come to a message or an action whose time is over. */
export function byTime({ runs, ...place }: StepGroup): { first: StepGroup; over: StepGroup } {
  const does = place.step.type === 'message' || place.step.type === 'action';
  const passes = (past: Past | undefined): boolean => does && isOver(past);
  return { first: { ...place, runs: runs.filter(({ past }) => !passes(past)) }, over: { ...place, runs: runs.filter(({ past }) => passes(past)) } };
}

/** Passes by what is too late: each such message is one decision row, as of any message that does not go. Nobody is given an arm for it. */
export function passOver(context: BatchContext, { version, step, runs }: StepGroup): StepResult[] {
  if (step.type !== 'message' && step.type !== 'action') return [];
  if (step.type === 'message') {
    context.decisions.push(...runs.map((run) => ({
      personId: run.personId, campaignId: version.campaignId, versionId: version.id, stepId: step.id, enrollmentId: run.id, variant: null, stage: 'step' as const, code: 'EXPIRED' as const, nextCheckAt: null,
      facts: { lookedBack: true, wasDueAt: run.past!.at.toISOString(), launchedAt: run.past!.since.toISOString(), channel: step.channel, topic: step.topic },
    })));
  }
  return runs.map((run): StepResult => ({ run, kind: 'move', outcome: 'EXPIRED', next: step.next }));
}
