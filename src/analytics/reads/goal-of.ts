import type { Goal } from '../../contract/campaign-goals.js';
import { rungsOf } from '../../contract/campaign-steps.js';
import type { VersionFacts } from './campaign.read.js';
import type { GoalQuestion } from './goals.read.js';

/** The goal that is asked about: by its key, else the primary one, else the first; null when the version has none such. */
export function goalOf({ definition: { goals } }: VersionFacts, key?: string): Goal | null {
  if (key !== undefined) return goals.find((goal) => goal.key === key) ?? null;
  return goals.find(({ primary }) => primary) ?? goals[0] ?? null;
}

/** How a goal of this version is met; null for a condition that is not maintained. */
export function metBy({ definition }: VersionFacts, goal: Goal): GoalQuestion['by'] | null {
  if (goal.event) return { event: goal.event.name, where: goal.event.where, valueProperty: goal.value?.property ?? null };
  const segmentId = definition.conditions[`goal:${goal.key}`];
  return segmentId === undefined ? null : { segmentId };
}

/** One message of one version, or the one experiment of an external broadcast. */
export interface Place { version: VersionFacts; stepId: string; channel: string | null; experimentId: string; external: boolean }

/** Messages in the order of the definition, each followed by its rungs; an external broadcast has no steps, only its experiment. */
export function placesOf(version: VersionFacts): Place[] {
  const { definition, steps, experiments } = version.definition;
  const order = definition.type === 'series' ? definition.steps.flatMap((step) => [step.id, ...(step.type === 'message' ? rungsOf(step).map(({ stepId }) => stepId) : [])]) : [];
  const messages = Object.entries(steps).filter(([, step]) => step.type === 'message').toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  if (messages.length > 0) return messages.map(([stepId, step]) => ({ version, stepId, channel: 'channel' in step ? step.channel : null, experimentId: experiments[stepId]!.experimentId, external: false }));
  return Object.entries(experiments).map(([stepId, { experimentId }]) => ({ version, stepId, channel: null, experimentId, external: true }));
}
