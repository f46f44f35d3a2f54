import { row, type Db } from '../../../platform/database/db.js';
import { keepPlanForOne } from '../../../platform/database/kept-plans.js';
import type { Verdict } from '../domain/classify.js';

export type DeliveryEventKind = 'open' | 'click' | 'unsubscribe' | 'bounce' | 'complaint' | 'impression' | 'dismiss' | 'reply';

export interface NewDeliveryEvent {
  deliveryId: string;
  personId: string;
  /** Of opens, clicks and impressions: segments read those. */
  campaignId?: string;
  kind: DeliveryEventKind;
  /** Unique among the events of this delivery, kind and moment. */
  eventKey: string;
  at: Date;
  verdict: Verdict;
  /** Why the verdict is what it is. */
  evidence: object;
  data: object;
}

/** What segments read: an impression makes an in-app message a received one. */
const ENGAGING: ReadonlySet<DeliveryEventKind> = new Set(['open', 'click', 'impression']);

const append = keepPlanForOne(`
  with stored as (
    insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
    select e.delivery_id, e.person_id, e.kind, e.event_key, e.at, e.verdict, e.evidence::jsonb, e.data::jsonb
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[])
        as e (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
    on conflict do nothing)
  select announce_engagement($9::timestamptz, $10::uuid[], $11::uuid[]) as announced, end_ladders($12::timestamptz, $1::uuid[], $2::uuid[], $3::text[], $6::text[]) as ended`);

/**
 * Appends events; one that is there already is left as it is. A success ends the ladder that waits for it. One statement, so that opens need no transaction around it.
 *
 * @returns whether somebody reads what people did with messages: wake `segments.membership` after commit
 */
export async function insertDeliveryEvents(db: Db, events: readonly NewDeliveryEvent[]): Promise<boolean> {
  if (events.length === 0) return false;
  const column = <T>(of: (event: NewDeliveryEvent) => T) => events.map(of);
  const human = events.filter(({ kind, verdict, campaignId }) => campaignId !== undefined && verdict === 'human' && ENGAGING.has(kind));
  const stored = await row<{ announced: boolean }>(db, append(events.length), [
    column((e) => e.deliveryId), column((e) => e.personId), column((e) => e.kind), column((e) => e.eventKey), column((e) => e.at),
    column((e) => e.verdict), column((e) => JSON.stringify(e.evidence)), column((e) => JSON.stringify(e.data)),
    human[0]?.at ?? null, human.map(({ personId }) => personId), human.map(({ campaignId }) => campaignId),
    events[0]!.at,
  ]);
  return stored!.announced;
}
