import type { Move } from './landing.js';

/** The choice for people at one step of one version. */
export interface PlannedStep {
  versionId: string;
  stepId: string;
  move: Move;
  /** Of `migrate`: the step of the new version they come to, instead of the rule. */
  to?: string;
}

/** What becomes of people on earlier versions: of everybody, and of those at single steps. */
export interface MigrationPlan {
  move: Move;
  steps: PlannedStep[];
}

/** A step of a version that people stand at. */
export interface Place { versionId: string; stepId: string }

/** What the plan says of people who stand there. */
export function moveAt({ move, steps }: MigrationPlan, { versionId, stepId }: Place): Pick<PlannedStep, 'move' | 'to'> {
  const { move: own, to } = steps.find((step) => step.versionId === versionId && step.stepId === stepId) ?? { move };
  return { move: own, ...(to === undefined ? {} : { to }) };
}

/** Whether anybody is moved at all. */
export const movesSomebody = ({ move, steps }: MigrationPlan): boolean => move !== 'keep' || steps.some((step) => step.move !== 'keep');
