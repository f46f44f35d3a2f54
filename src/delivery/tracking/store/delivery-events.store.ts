import { row, rows, type Db } from '../../../platform/database/db.js';
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

/**
 * Appends events; one that is there already is left as it is. One statement, so that opens need no transaction around it.
 *
 * @returns whether somebody reads what people did with messages: wake `segments.membership` after commit
 */
export async function insertDeliveryEvents(db: Db, events: readonly NewDeliveryEvent[]): Promise<boolean> {
  if (events.length === 0) return false;
  const column = <T>(of: (event: NewDeliveryEvent) => T) => events.map(of);
  const human = events.filter(({ kind, verdict, campaignId }) => campaignId !== undefined && verdict === 'human' && ENGAGING.has(kind));
  const stored = await row<{ announced: boolean }>(db, `
    with stored as (
      insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
      select e.delivery_id, e.person_id, e.kind, e.event_key, e.at, e.verdict, e.evidence::jsonb, e.data::jsonb
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[])
          as e (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
      on conflict do nothing)
    select announce_engagement($9::timestamptz, $10::uuid[], $11::uuid[]) as announced`, [
    column((e) => e.deliveryId), column((e) => e.personId), column((e) => e.kind), column((e) => e.eventKey), column((e) => e.at),
    column((e) => e.verdict), column((e) => JSON.stringify(e.evidence)), column((e) => JSON.stringify(e.data)),
    human[0]?.at ?? null, human.map(({ personId }) => personId), human.map(({ campaignId }) => campaignId),
  ]);
  return stored!.announced;
}

export interface SentDelivery { id: string; personId: string; campaignId: string; sentAt: Date | null }

/** Whose the deliveries are now (people merge) and when the mail server took them. */
export async function loadSent(db: Db, deliveryIds: readonly string[]): Promise<Map<string, SentDelivery>> {
  const found = await rows<SentDelivery>(db, `
    select d.id, d.person_id as "personId", d.campaign_id as "campaignId", d.sent_at as "sentAt" from delivery as d where d.id = any($1::uuid[])`, [deliveryIds]);
  return new Map(found.map((delivery) => [delivery.id, delivery]));
}

export interface RecordedClick { deliveryId: string; personId: string; eventKey: string; at: Date; link: number; reasons: string[]; verdict: Verdict }

/** Clicks of these deliveries at or after `since`. */
export function loadClicks(db: Db, deliveryIds: readonly string[], since: Date): Promise<RecordedClick[]> {
  return rows<RecordedClick>(db, `
    select e.delivery_id as "deliveryId", e.person_id as "personId", e.event_key as "eventKey", e.at, e.verdict,
           (e.data ->> 'link')::int as link, coalesce(e.evidence -> 'reasons', '[]') as reasons
      from delivery_event as e
     where e.delivery_id = any($1::uuid[]) and e.kind = 'click' and e.at >= $2::timestamptz
     order by e.at, e.event_key`, [deliveryIds, since]);
}

/** Gives recorded clicks another verdict, with what was learned since. */
export async function relabelClicks(db: Db, clicks: readonly RecordedClick[], verdict: Verdict, reason: string): Promise<void> {
  await rows(db, `
    update delivery_event as e
       set verdict = $5, evidence = jsonb_set(e.evidence, '{reasons}', coalesce(e.evidence -> 'reasons', '[]') || to_jsonb($6::text))
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as c (delivery_id, person_id, event_key, at)
     where e.delivery_id = c.delivery_id and e.person_id = c.person_id and e.kind = 'click' and e.event_key = c.event_key and e.at = c.at`, [
    clicks.map((click) => click.deliveryId), clicks.map((click) => click.personId), clicks.map((click) => click.eventKey), clicks.map((click) => click.at), verdict, reason,
  ]);
}
