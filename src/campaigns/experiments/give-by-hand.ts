import { announceEngagement } from '../../people/store/change.store.js';
import type { Db } from '../../platform/database/db.js';
import { endOverride, insertOverride, lockAssigned, openOverride, storeApart } from '../store/overrides.store.js';

export interface GivenByHand { experimentId: string; campaignId: string; personId: string; variant: string; isControl: boolean; /** Name of the actor. */ by: string }

/** From now on the person gets this arm of the experiment, whatever they had, and is in no comparison of it. */
export async function giveByHand(tx: Db, { by, ...one }: GivenByHand, now: Date): Promise<void> {
  const open = await openOverride(tx, one.experimentId, one.personId);
  const had = await lockAssigned(tx, one.experimentId, one.personId);
  if (open) await endOverride(tx, open.id, by, now);
  await storeApart(tx, one, now);
  await insertOverride(tx, { ...one, by, beforeVariant: open ? open.beforeVariant : had?.variant ?? null }, now);
  await announceEngagement(tx, [{ personId: one.personId, campaignId: one.campaignId }], now);
}
