import { newId } from '../../kernel/ids.js';
import type { Db } from '../../platform/database/db.js';
import { payloadOf } from './domain/say.js';
import { aroundNotes, takeNotes, type NotedFact } from './store/notes.store.js';
import { insertOutgoing, type NewOutgoing } from './store/outgoing.store.js';
import { listSubscriptions, type Subscription } from './store/subscriptions.store.js';

/**
 * Turns notes into events of those who want to hear them, in one transaction: killed in between, the notes are still there.
 *
 * @returns how many notes were taken
 */
export async function makeEvents(tx: Db, limit: number, now: Date): Promise<number> {
  const notes = await takeNotes(tx, limit);
  if (notes.length === 0) return 0;
  const subscriptions = await listSubscriptions(tx);
  const wanted = notes.filter(({ kind, at }) => subscriptions.some(({ kinds, since }) => kinds.includes(kind) && at >= since));
  const facts = wanted.length === 0 ? [] : await aroundNotes(tx, wanted);
  await insertOutgoing(tx, subscriptions.flatMap((subscription) => facts.filter((one) => isWanted(subscription, one)).map((one) => eventOf(subscription, one))), now);
  return notes.length;
}

const isWanted = ({ kinds, campaignIds, since }: Subscription, { fact: { kind, at, campaign } }: NotedFact): boolean =>
  kinds.includes(kind) && at >= since && (campaignIds === null || (campaign !== null && campaignIds.includes(campaign.id)));

function eventOf({ endpointId, format }: Subscription, { refId, eventKey, fact }: NotedFact): NewOutgoing {
  const id = newId();
  return { id, endpointId, kind: fact.kind, refId, eventKey, personId: fact.person.id, campaignId: fact.campaign?.id ?? null, at: fact.at, payload: payloadOf(format, id, fact) };
}
