import { row, rows, type Db } from '../../../platform/database/db.js';

/** Enabled endpoints with something queued, and how much of their circuit and pace is needed to choose among them. */
export function waitingEndpoints(db: Db): Promise<{ id: string; readyAt: Date | null }[]> {
  return rows(db, `
    select e.id, greatest(e.open_until, e.next_at) as "readyAt" from webhook_endpoint as e
     where e.enabled and exists (select from delivery as d where d.endpoint_id = e.id and d.state = 'queued')`);
}

/**
 * Claims that ran out because their sender died or slept between claim and settlement. A webhook goes back to the queue:
 * receivers tell a repetition by its id. A chat notice that may have been posted is `uncertain`.
 */
export async function releaseExpired(tx: Db, now: Date): Promise<number> {
  const moved = await rows(tx, `
    update delivery as d
       set state = case d.channel when 'webhook' then 'queued' else 'uncertain' end,
           reason = case d.channel when 'webhook' then d.reason else 'PROVIDER_UNCERTAIN' end,
           detail = case d.channel when 'webhook' then d.detail else 'The sender stopped while it held this message.' end,
           attempts = d.attempts + 1,
           settled_at = case d.channel when 'webhook' then null else $1::timestamptz end,
           locked_by = case d.channel when 'webhook' then null else d.locked_by end, lease_until = null
     where d.state = 'sending' and d.channel in ('webhook', 'chat') and d.lease_until < $1::timestamptz
    returning 1`, [now]);
  return moved.length;
}

/** When the next claim of a webhook or notice runs out. */
export async function nextRelease(db: Db): Promise<Date | null> {
  const next = await row<{ at: Date | null }>(db, `select min(d.lease_until) as at from delivery as d where d.state = 'sending' and d.channel in ('webhook', 'chat')`);
  return next!.at;
}

/** What has waited too long behind an endpoint that is switched off: it becomes a dead letter. */
export async function expireBehindDisabled(tx: Db, before: Date, now: Date): Promise<number> {
  const ended = await rows(tx, `
    update delivery as d set state = 'failed', reason = 'EXPIRED', detail = 'The endpoint was switched off for too long.', settled_at = $2::timestamptz
      from webhook_endpoint as e
     where e.id = d.endpoint_id and not e.enabled and e.updated_at < $1::timestamptz and d.state = 'queued' and d.due_at < $1::timestamptz
    returning 1`, [before, now]);
  return ended.length;
}

/** A new start for dead letters of an endpoint: same id, attempts counted anew, due at once. @param deliveryId one of them; null: all */
export async function requeueDead(tx: Db, endpointId: string, deliveryId: string | null, now: Date): Promise<number> {
  const again = await rows(tx, `
    update delivery as d
       set state = 'queued', reason = null, detail = null, attempts = 0, first_attempt_at = null, due_at = $3::timestamptz, settled_at = null, locked_by = null, lease_until = null, fence = d.fence + 1
     where d.endpoint_id = $1 and ($2::uuid is null or d.id = $2::uuid) and (d.state = 'failed' or (d.state = 'uncertain' and $2::uuid is not null))
       and exists (select from person as p where p.id = d.person_id)
    returning 1`, [endpointId, deliveryId, now]);
  return again.length;
}

/** How many dead letters there are to redeliver. */
export async function countDead(db: Db, endpointId: string): Promise<number> {
  const found = await row<{ count: number }>(db, `
    select count(*)::int as count from delivery as d where d.endpoint_id = $1 and d.state = 'failed' and exists (select from person as p where p.id = d.person_id)`, [endpointId]);
  return found!.count;
}

export interface HookDelivery {
  id: string; personId: string; campaignId: string; stepId: string; state: string; reason: string | null; detail: string | null; attempts: number;
  queuedAt: Date; dueAt: Date; sentAt: Date | null; settledAt: Date | null;
  /** What the endpoint said last. */
  last: { at: Date; status: number | null; error: string | null; response: string } | null;
}

/** Deliveries of an endpoint, newest first; with `dead` only dead letters (failed, and uncertain ones), latest first. */
export function listHookDeliveries(db: Db, asked: { endpointId: string; dead: boolean; limit: number; before: { at: string; id: string } | null }): Promise<HookDelivery[]> {
  const by = asked.dead ? 'd.settled_at' : 'd.queued_at';
  return rows(db, `
    select d.id, d.person_id as "personId", d.campaign_id as "campaignId", d.step_id as "stepId", d.state, d.reason, d.detail, d.attempts,
           d.queued_at as "queuedAt", d.due_at as "dueAt", d.sent_at as "sentAt", d.settled_at as "settledAt",
           (select jsonb_build_object('at', a.at, 'status', a.status, 'error', a.error, 'response', a.response)
              from webhook_attempt as a where a.delivery_id = d.id order by a.at desc, a.id desc limit 1) as last
      from delivery as d
     where d.endpoint_id = $1 ${asked.dead ? `and d.state in ('failed', 'uncertain')` : ''}
       and ($3::timestamptz is null or (${by}, d.id) < ($3::timestamptz, $4::uuid))
     order by ${by} desc, d.id desc limit $2`, [asked.endpointId, asked.limit, asked.before?.at ?? null, asked.before?.id ?? null]);
}

/** How much waits for an endpoint and how much was given up. */
export async function backlogOf(db: Db, endpointIds: readonly string[]): Promise<Map<string, { waiting: number; dead: number }>> {
  const found = await rows<{ id: string; waiting: number; dead: number }>(db, `
    select e.id, (select count(*) from delivery as d where d.endpoint_id = e.id and d.state = 'queued')::int as waiting,
           (select count(*) from delivery as d where d.endpoint_id = e.id and d.state in ('failed', 'uncertain'))::int as dead
      from unnest($1::uuid[]) as e (id)`, [endpointIds]);
  return new Map(found.map(({ id, ...counts }) => [id, counts]));
}
