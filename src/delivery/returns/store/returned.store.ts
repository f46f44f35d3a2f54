import { rows, type Db } from '../../../platform/database/db.js';
import { leaveTrail } from '../../../platform/tracing/trail.js';
import { lockPeople } from '../../preferences/store/preferences.store.js';

/** A message that something came back about, locked. */
export interface Returned {
  id: string;
  personId: string;
  campaignId: string;
  state: string;
  /** The address we wrote to, since the claim; null when it was not e-mail or never taken. */
  address: string | null;
  sentAt: Date | null;
  /** The person was erased. */
  isErased: boolean;
}

/** What there is of the deliveries that were named. */
export interface Found {
  locked: Map<string, Returned>;
  /** They exist, and somebody else is writing them: come again. */
  busy: Set<string>;
}

/**
 * Locks the named deliveries after their people (the order of merging and of consents). A row that the sender is settling
 * at this moment is not waited for.
 */
export async function lockReturned(tx: Db, ids: readonly string[]): Promise<Found> {
  const known = await rows<{ id: string; personId: string }>(tx, `select d.id, d.person_id as "personId" from delivery as d where d.id = any($1::uuid[])`, [ids]);
  await lockPeople(tx, known.map(({ personId }) => personId));
  const held = await rows<Returned>(tx, `
    select d.id, d.person_id as "personId", d.campaign_id as "campaignId", d.state, d.address, d.sent_at as "sentAt",
           exists (select from erased_person as x where x.person_id = d.person_id) as "isErased"
      from unnest($1::uuid[], $2::uuid[]) as k (id, person_id)
      join delivery as d on d.id = k.id and d.person_id = k.person_id
     order by d.id for update of d skip locked`, [known.map(({ id }) => id), known.map(({ personId }) => personId)]);
  const locked = new Map(held.map((each) => [each.id, each]));
  return { locked, busy: new Set(known.map(({ id }) => id).filter((id) => !locked.has(id))) };
}

export interface StateChange { id: string; personId: string; state: 'delivered' | 'bounced'; at: Date; detail: string }

/** Moves locked deliveries on. What was in doubt has left after all: it counts as sent from then on. */
export async function moveOn(tx: Db, changes: readonly StateChange[], now: Date): Promise<void> {
  if (changes.length === 0) return;
  await rows(tx, `
    update delivery as d
       set state = c."state", settled_at = $2::timestamptz, locked_by = null, lease_until = null,
           sent_at = coalesce(d.sent_at, least(d.first_attempt_at, c."at"), c."at"),
           reason = case c."state" when 'bounced' then 'PROVIDER_REJECTED' end, detail = case c."state" when 'bounced' then c."detail" end
      from jsonb_to_recordset($1::jsonb) as c("id" uuid, "personId" uuid, "state" text, "at" timestamptz, "detail" text)
     where d.id = c."id" and d.person_id = c."personId"`, [JSON.stringify(changes), now]);
  leaveTrail(tx, () => changes.filter(({ state }) => state === 'delivered').map(({ id, personId, state, at }) => ({ kind: 'report', id, personId, what: state, at })));
}

export interface ReturnEvent { deliveryId: string; personId: string; kind: string; key: string; at: Date; verdict: string; evidence: object; data: object }

/** Appends events of locked deliveries, one of a kind and key whatever its moment; answers those that are new, as `delivery kind key`. */
export async function addReturnEvents(tx: Db, events: readonly ReturnEvent[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const added = await rows<{ key: string }>(tx, `
    insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, evidence, data)
    select distinct on (n."deliveryId", n."kind", n."key") n."deliveryId", n."personId", n."kind", n."key", n."at", n."verdict", n."evidence", n."data"
      from jsonb_to_recordset($1::jsonb) as n("deliveryId" uuid, "personId" uuid, "kind" text, "key" text, "at" timestamptz, "verdict" text, "evidence" jsonb, "data" jsonb)
     where not exists (select from delivery_event as e where e.delivery_id = n."deliveryId" and e.person_id = n."personId" and e.kind = n."kind" and e.event_key = n."key")
     order by n."deliveryId", n."kind", n."key", n."at"
    returning delivery_id || ' ' || kind || ' ' || event_key as key`, [JSON.stringify(events)]);
  leaveTrail(tx, () => {
    const fresh = new Set(added.map(({ key }) => key));
    return events.filter(({ deliveryId, kind, key }) => fresh.has(`${deliveryId} ${kind} ${key}`)).map(({ deliveryId: id, personId, kind, at }) => ({ kind: 'report', id, personId, what: kind, at }));
  });
  return new Set(added.map(({ key }) => key));
}
