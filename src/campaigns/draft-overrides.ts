import { readDraft, type DraftDefinition } from '../contract/campaign-draft.js';
import type { Db } from '../platform/database/db.js';
import { planExperiments } from './domain/experiments.js';
import { normalise } from './domain/normalise.js';
import type { PublishedArm, PublishedDefinition } from './domain/published.js';
import { giveByHand } from './give-by-hand.js';
import { takeDraftOverrides } from './store/draft-overrides.store.js';

type Arms = ReadonlyMap<string, readonly PublishedArm[]>;

/** Where a draft compares something, step by step; null while the draft has gaps. Steps with one arm compare nothing, and people of an external broadcast are assigned elsewhere. */
export function comparedArms(draft: DraftDefinition): Arms | null {
  const { definition } = readDraft(draft);
  if (!definition) return null;
  const plan = normalise(definition);
  if (plan.entry.type === 'external') return new Map();
  return new Map(planExperiments(plan, null, 1, () => '').filter(({ experiment }) => experiment.arms.length > 1).map(({ stepId, experiment }) => [stepId, experiment.arms]));
}

/**
 * What was given by hand on the draft holds from here on: in the transaction that publishes, before anybody is let in. What the draft has no arm
 * for any more is left where it is, and its list says so. Answers how many hold.
 */
export async function applyDraftOverrides(tx: Db, { campaignId, published }: { campaignId: string; published: PublishedDefinition }, now: Date): Promise<number> {
  if (published.entry.type === 'external') return 0;
  const arms = Object.entries(published.experiments).flatMap(([stepId, { experimentId, arms: all }]) => (all.length > 1 ? all.map(({ key, isControl }) => ({ stepId, experimentId, variant: key, isControl })) : []));
  const taken = await takeDraftOverrides(tx, campaignId, arms);
  for (const { stepId, personId, variant, setBy } of taken.toSorted((one, other) => (one.personId < other.personId ? -1 : 1))) {
    const arm = arms.find((one) => one.stepId === stepId && one.variant === variant)!;
    await giveByHand(tx, { experimentId: arm.experimentId, campaignId, personId, variant, isControl: arm.isControl, by: setBy }, now);
  }
  return taken.length;
}
