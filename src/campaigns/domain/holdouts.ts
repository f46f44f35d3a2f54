import { bucketOf } from '../../kernel/bucket.js';

/** A holdout that keeps people out now. */
export interface ActiveHoldout {
  id: string;
  name: string;
  basisPoints: number;
  salt: string;
  /** Null: every campaign. */
  campaignIds: readonly string[] | null;
  exceptIds: readonly string[];
}

/** Whether a campaign is one that a holdout keeps people out of. */
export const concerns = ({ campaignIds, exceptIds }: ActiveHoldout, campaignId: string): boolean =>
  (campaignIds === null || campaignIds.includes(campaignId)) && !exceptIds.includes(campaignId);

/** The side of somebody who was not considered before: the first buckets of the holdout's own salt are kept out (statistics design, section 7). */
export const isHeld = ({ salt, basisPoints }: Pick<ActiveHoldout, 'salt' | 'basisPoints'>, personId: string): boolean => bucketOf(salt, personId) < basisPoints;

/** On which side of each holdout a person is, and which of them keeps them out (the oldest, when several do). */
export interface Sides { sides: readonly { holdout: ActiveHoldout; held: boolean; isNew: boolean }[]; heldBy: ActiveHoldout | null }

/** @param recorded by holdout; what is on record wins over the bucket */
export function sidesOf(holdouts: readonly ActiveHoldout[], personId: string, recorded: ReadonlyMap<string, boolean>): Sides {
  const sides = holdouts.map((holdout) => ({ holdout, held: recorded.get(holdout.id) ?? isHeld(holdout, personId), isNew: !recorded.has(holdout.id) }));
  return { sides, heldBy: sides.find(({ held }) => held)?.holdout ?? null };
}
