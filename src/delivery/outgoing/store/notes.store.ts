import { rows, type Db } from '../../../platform/database/db.js';
import type { OutgoingKind } from '../domain/kinds.js';
import type { OutgoingFact } from '../domain/say.js';

interface Note { kind: OutgoingKind; deliveryId: string | null; enrollmentId: string | null; personId: string; campaignId: string | null; stepId: string | null; eventKey: string; at: Date; data: Record<string, unknown> }
/** A note with what is known around it; `refId` and `eventKey`: what makes it one of a kind. */
export interface NotedFact { refId: string; eventKey: string; fact: OutgoingFact }

/** Takes the oldest notes: they are gone when the transaction commits, with what was made of them. */
export function takeNotes(tx: Db, limit: number): Promise<Note[]> {
  return rows(tx, `
    with oldest as materialized (select n.id from outgoing_note as n order by n.id limit $1 for update skip locked),
         taken as (delete from outgoing_note as n using oldest as o where n.id = o.id returning n.*)
    select t.kind, t.delivery_id as "deliveryId", t.enrollment_id as "enrollmentId", t.person_id as "personId", t.campaign_id as "campaignId", t.step_id as "stepId", t.event_key as "eventKey", t.at, t.data from taken as t order by t.id`, [limit]);
}

interface Around { deliveryId: string; channel: string; variant: string; topic: string; address: string | null; campaignId: string; stepId: string; enrollmentId: string; personId: string }

/** The same with deliveries, campaigns and people. Whoever was erased meanwhile is not told of. */
export async function aroundNotes(tx: Db, notes: readonly Note[]): Promise<NotedFact[]> {
  const deliveries = new Map((await rows<Around>(tx, `
    select d.id as "deliveryId", d.channel, d.variant, d.topic, d.address, d.campaign_id as "campaignId", d.step_id as "stepId", d.enrollment_id as "enrollmentId", d.person_id as "personId"
      from delivery as d where d.id = any($1::uuid[])`, [idsOf(notes, ({ deliveryId }) => deliveryId)])).map((one) => [one.deliveryId, one]));
  const personOf = (note: Note) => deliveries.get(note.deliveryId ?? '')?.personId ?? note.personId;
  const campaignOf = (note: Note) => deliveries.get(note.deliveryId ?? '')?.campaignId ?? note.campaignId;
  const people = new Map((await rows<OutgoingFact['person']>(tx, `
    select p.id, p.external_id as "userId", p.email, (select i.value from person_identity as i where i.person_id = p.id and i.kind = 'anonymous_id' order by i.value limit 1) as "anonymousId"
      from person as p where p.id = any($1::uuid[])`, [idsOf(notes, personOf)])).map((one) => [one.id, one]));
  const campaigns = new Map((await rows<{ id: string; name: string }>(tx, 'select c.id, c.name from campaign as c where c.id = any($1::uuid[])', [idsOf(notes, campaignOf)])).map((one) => [one.id, one]));
  return notes.flatMap((note) => {
    const [person, delivery, campaign] = [people.get(personOf(note)), deliveries.get(note.deliveryId ?? ''), campaigns.get(campaignOf(note) ?? '')];
    if (!person || (note.deliveryId !== null && !delivery)) return [];
    const told = delivery && { id: delivery.deliveryId, channel: delivery.channel, variant: delivery.variant, topic: delivery.topic, address: delivery.channel === 'email' ? delivery.address : null };
    return [{ refId: (note.deliveryId ?? note.enrollmentId)!, eventKey: note.eventKey, fact: { kind: note.kind, at: note.at, delivery: told ?? null, campaign: campaign ?? null, stepId: delivery?.stepId ?? note.stepId, enrollmentId: delivery?.enrollmentId ?? note.enrollmentId, person, data: note.data } }];
  });
}

const idsOf = (notes: readonly Note[], of: (note: Note) => string | null): string[] => [...new Set(notes.flatMap((note) => of(note) ?? []))];
