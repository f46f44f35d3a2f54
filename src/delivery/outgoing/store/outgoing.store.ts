import { row, rows, type Db } from '../../../platform/database/db.js';
import type { OutgoingKind } from '../domain/kinds.js';

export type OutgoingState = 'waiting' | 'sent' | 'dead';
export interface NewOutgoing { id: string; endpointId: string; kind: OutgoingKind; refId: string; eventKey: string; personId: string; campaignId: string | null; at: Date; payload: object }
export interface ClaimedOutgoing { id: string; payload: object; attempts: number }
export interface OutgoingView { id: string; kind: OutgoingKind; personId: string; campaignId: string | null; at: Date; state: OutgoingState; attempts: number; madeAt: Date; dueAt: Date; settledAt: Date | null; detail: string | null; payload: object }

/** What is known already stays as it is. */
export async function insertOutgoing(tx: Db, made: readonly NewOutgoing[], now: Date): Promise<void> {
  if (made.length === 0) return;
  await rows(tx, `
    insert into outgoing_event (id, endpoint_id, kind, ref_id, event_key, person_id, campaign_id, at, payload, made_at, due_at)
    select n."id", n."endpointId", n."kind", n."refId", n."eventKey", n."personId", n."campaignId", n."at", n."payload", $2::timestamptz, $2::timestamptz
      from jsonb_to_recordset($1::jsonb) as n("id" uuid, "endpointId" uuid, "kind" text, "refId" uuid, "eventKey" text, "personId" uuid, "campaignId" uuid, "at" timestamptz, "payload" jsonb)
    on conflict on constraint outgoing_event_once do nothing`, [JSON.stringify(made), now]);
}

/** The one question of an idle installation: are there notes, and when is the next event of an endpoint that takes some due? */
export async function waitingOutgoing(db: Db): Promise<{ notes: boolean; endpoints: { id: string; dueAt: Date }[] }> {
  const found = await row<{ notes: boolean; endpoints: { id: string; dueAt: string }[] }>(db, `
    select exists (select from outgoing_note) as notes, coalesce((
      select jsonb_agg(jsonb_build_object('id', e.id, 'dueAt', greatest(e.open_until, e.next_at, w.due)))
        from webhook_endpoint as e join event_subscription as s on s.endpoint_id = e.id
        cross join lateral (select min(greatest(o.due_at, o.lease_until)) as due from outgoing_event as o where o.endpoint_id = e.id and o.state = 'waiting') as w
       where e.enabled and w.due is not null), '[]') as endpoints`);
  return { notes: found!.notes, endpoints: found!.endpoints.map(({ id, dueAt }) => ({ id, dueAt: new Date(dueAt) })) };
}

/** Takes due events of an endpoint that is locked, oldest first. They are ours until the lease runs out. */
export function claimOutgoing(tx: Db, { endpointId, limit, leaseUntil, now }: { endpointId: string; limit: number; leaseUntil: Date; now: Date }): Promise<ClaimedOutgoing[]> {
  return rows(tx, `
    with due as materialized (
      select o.id from outgoing_event as o
       where o.endpoint_id = $1 and o.state = 'waiting' and o.due_at <= $3::timestamptz and (o.lease_until is null or o.lease_until <= $3::timestamptz)
       order by o.due_at, o.id limit $2 for update skip locked)
    update outgoing_event as o set lease_until = $4::timestamptz from due where o.id = due.id
    returning o.id, o.payload, o.attempts`, [endpointId, limit, now, leaseUntil]);
}

export interface OutgoingEnd { id: string; state: OutgoingState; dueAt: Date | null; detail: string | null }

/** Ends attempts of events whose lease is still ours. */
export async function settleOutgoing(tx: Db, ends: readonly OutgoingEnd[], leaseUntil: Date, now: Date): Promise<void> {
  await rows(tx, `
    update outgoing_event as o
       set state = e."state", attempts = o.attempts + 1, due_at = coalesce(e."dueAt", o.due_at), detail = e."detail", lease_until = null, settled_at = case e."state" when 'waiting' then null else $3::timestamptz end
      from jsonb_to_recordset($1::jsonb) as e("id" uuid, "state" text, "dueAt" timestamptz, "detail" text)
     where o.id = e."id" and o.state = 'waiting' and o.lease_until = $2::timestamptz`, [JSON.stringify(ends), leaseUntil, now]);
}

/** Newest first. */
export function listOutgoing(db: Db, { endpointId, state, limit, before }: { endpointId: string; state: OutgoingState | null; limit: number; before: { at: string; id: string } | null }): Promise<OutgoingView[]> {
  return rows(db, `
    select o.id, o.kind, o.person_id as "personId", o.campaign_id as "campaignId", o.at, o.state, o.attempts, o.made_at as "madeAt", o.due_at as "dueAt", o.settled_at as "settledAt", o.detail, o.payload
      from outgoing_event as o
     where o.endpoint_id = $1 and ($2::text is null or o.state = $2) and ($4::timestamptz is null or (o.made_at, o.id) < ($4::timestamptz, $5::uuid))
     order by o.made_at desc, o.id desc limit $3`, [endpointId, state, limit, before?.at ?? null, before?.id ?? null]);
}

export async function countOutgoing(db: Db, endpointId: string): Promise<{ waiting: number; dead: number }> {
  return (await row<{ waiting: number; dead: number }>(db, `
    select (select count(*) from outgoing_event as o where o.endpoint_id = $1 and o.state = 'waiting')::int as waiting, (select count(*) from outgoing_event as o where o.endpoint_id = $1 and o.state = 'dead')::int as dead`, [endpointId]))!;
}

/** A new start under the old id: what was given up, or with an id one that was sent too. @returns how many */
export async function requeueOutgoing(tx: Db, endpointId: string, id: string | null, now: Date): Promise<number> {
  return (await rows(tx, `
    update outgoing_event as o set state = 'waiting', attempts = 0, due_at = $3::timestamptz, settled_at = null, detail = null, lease_until = null
     where o.endpoint_id = $1 and ($2::uuid is null or o.id = $2::uuid) and (o.state = 'dead' or (o.state = 'sent' and $2::uuid is not null)) returning 1`, [endpointId, id, now])).length;
}

/** What waited too long behind an endpoint that is switched off, or that nobody subscribes any more. */
export async function giveUpOutgoing(tx: Db, before: Date, now: Date): Promise<number> {
  return (await rows(tx, `
    update outgoing_event as o set state = 'dead', settled_at = $2::timestamptz, detail = 'The endpoint was switched off for too long.'
      from webhook_endpoint as e where e.id = o.endpoint_id and not e.enabled and e.updated_at < $1::timestamptz and o.state = 'waiting' and o.due_at < $1::timestamptz returning 1`, [before, now])).length;
}

export async function forgetOutgoing(tx: Db, before: Date, limit: number): Promise<number> {
  return (await rows(tx, `delete from outgoing_event as o where o.id in (select x.id from outgoing_event as x where x.state <> 'waiting' and x.settled_at < $1::timestamptz limit $2) returning 1`, [before, limit])).length;
}
