import { readDraft, type DraftDefinition } from '../../contract/campaign-draft.js';
import type { Db } from '../../platform/database/db.js';
import { planExperiments } from '../domain/experiments.js';
import { normalise } from '../domain/normalise.js';
import type { PublishedArm, PublishedDefinition } from '../domain/published.js';
import { giveByHand } from './give-by-hand.js';
import { listDraftOverrides, takeDraftOverrides } from '../store/draft-overrides.store.js';

type Arms = ReadonlyMap<string, readonly PublishedArm[]>;

/** Where a draft compares something, step by step; null while the draft has gaps. Steps with one arm compare nothing, and people of an external broadcast are assigned elsewhere. */
export function comparedArms(draft: DraftDefinition): Arms | null {
  const { definition } = readDraft(draft);
  if (!definition) return null;
  const plan = normalise(definition);
  if (plan.entry.type === 'external') return new Map();
  return new Map(planExperiments(plan, null, 1, () => '').filter(({ experiment }) => experiment.arms.length > 1).map(({ stepId, experiment }) => [stepId, experiment.arms]));
}

interface ComparedArm { stepId: string; experimentId: string; variant: string; isControl: boolean }

/** Arms of a version that can be given by hand; nobody is given any of an external broadcast. */
function givenArms({ entry, experiments }: PublishedDefinition): ComparedArm[] {
  if (entry.type === 'external') return [];
  return Object.entries(experiments).flatMap(([stepId, { experimentId, arms }]) => (arms.length > 1 ? arms.map(({ key, isControl }) => ({ stepId, experimentId, variant: key, isControl })) : []));
}

const armFor = (arms: readonly ComparedArm[], { stepId, variant }: { stepId: string; variant: string }): ComparedArm | undefined => arms.find((arm) => arm.stepId === stepId && arm.variant === variant);

/** An arm that publishing a draft would give somebody by hand. */
export interface DraftByHand { experimentId: string; personId: string; variant: string }

/** What publishing the draft would make hold by {@link applyDraftOverrides}. @param published the draft as it would be published */
export async function draftByHand(db: Db, campaignId: string, published: PublishedDefinition): Promise<DraftByHand[]> {
  const arms = givenArms(published);
  if (arms.length === 0) return [];
  return (await listDraftOverrides(db, campaignId)).flatMap((one) => {
    const arm = armFor(arms, one);
    return arm ? [{ experimentId: arm.experimentId, personId: one.personId, variant: one.variant }] : [];
  });
}

/**
 * What was given by hand on the draft holds from here on: in the transaction that publishes, before anybody is let in. What the draft has no arm
 * for any more is left where it is, and its list says so. Answers how many hold.
 */
export async function applyDraftOverrides(tx: Db, { campaignId, published }: { campaignId: string; published: PublishedDefinition }, now: Date): Promise<number> {
  const arms = givenArms(published);
  if (arms.length === 0) return 0;
  const taken = await takeDraftOverrides(tx, campaignId, arms);
  for (const { stepId, personId, variant, setBy } of taken.toSorted((one, other) => (one.personId < other.personId ? -1 : 1))) {
    const arm = armFor(arms, { stepId, variant })!;
    await giveByHand(tx, { experimentId: arm.experimentId, campaignId, personId, variant, isControl: arm.isControl, by: setBy }, now);
  }
  return taken.length;
}
