import { isDeepStrictEqual } from 'node:util';
import type { SegmentNode } from '../../contract/segment.js';
import { conditionPlace, type PublishedDefinition } from './published.js';

export interface PlacedCondition {
  place: string;
  condition: SegmentNode;
}

/** The conditions whose membership is maintained for a version, so that their coming true is news. */
export function maintainedConditions({ entry, audience, goals, exitRules, steps }: Pick<PublishedDefinition, 'entry' | 'audience' | 'goals' | 'exitRules' | 'steps'>): PlacedCondition[] {
  return [
    ...(entry.type === 'display' && audience ? [{ place: conditionPlace.audience, condition: audience }] : []),
    ...goals.flatMap(({ key, condition }) => (condition ? [{ place: conditionPlace.goal(key), condition }] : [])),
    ...exitRules.flatMap(({ key, condition }) => (condition ? [{ place: conditionPlace.exit(key), condition }] : [])),
    ...Object.values(steps).flatMap((step) => (step.type === 'wait_until' && step.condition ? [{ place: conditionPlace.wait(step.id), condition: step.condition }] : [])),
  ];
}

/** The hidden segment that already maintains exactly this condition at this place, or null. */
export function maintainedBefore({ place, condition }: PlacedCondition, before: PublishedDefinition | null): string | null {
  const same = before && maintainedConditions(before).find((other) => other.place === place && isDeepStrictEqual(other.condition, condition));
  return same ? (before.conditions[place] ?? null) : null;
}
