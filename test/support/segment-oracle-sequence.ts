import type { SequenceCondition, SequenceStep } from '../../src/contract/segment-conditions.js';
import { windowMillis } from '../../src/kernel/local-time.js';
import { countedEvents } from './segment-oracle-event.js';
import type { Oracle, OracleContext } from './segment-oracle.js';
import type { WorldPerson } from './segment-world.js';

/** Tries every chain there is. */
export const sequenceMatches: Oracle<SequenceCondition> = (leaf, person, context) => {
  const [first, ...later] = leaf.steps as [SequenceStep, ...SequenceStep[]];
  return countedEvents({ ...first, within: leaf.within }, person, context).some(({ at }) => goesOn(at, later, person, context));
};

function goesOn(since: Date, [step, ...later]: SequenceStep[], person: WorldPerson, context: OracleContext): boolean {
  if (!step) return true;
  const until = step.within ? since.getTime() + windowMillis(step.within) : Number.POSITIVE_INFINITY;
  const next = countedEvents({ event: step.event, where: step.where }, person, context).filter(({ at }) => at > since && at.getTime() <= until);
  if (step.not) return next.length === 0 && until <= context.now.getTime();
  return next.some(({ at }) => goesOn(at, later, person, context));
}
