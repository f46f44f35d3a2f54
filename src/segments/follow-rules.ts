import type { Step } from './maintained.js';
import { requestRebuilds } from './store/segments.store.js';

/**
 * Builds anew what reads a rule that changed for everybody at once: whether a topic needs a yes first. Such a change names no
 * people. Call it last in a round, so that nothing of the round is written to the builds that start again. Answers how many
 * were asked for.
 */
export async function followRules({ tx, now, changes, maintained }: Step): Promise<number> {
  const rules = new Set(changes.flatMap(({ keys }) => keys).filter((key) => key.startsWith('topic:')));
  if (rules.size === 0) return 0;
  const readers = new Set(maintained.filter(({ plan }) => [...rules].some((rule) => plan.reads.has(rule))).map(({ id }) => id));
  await requestRebuilds(tx, [...readers], now);
  return readers.size;
}
