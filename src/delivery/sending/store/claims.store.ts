import type { Channel } from '../../../contract/message.js';
import type { MessageClass } from '../../../contract/pacing.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { row, rows, type Db } from '../../../platform/database/db.js';

/** A delivery taken by a sender, with what its message may say. */
export interface ClaimedDelivery {
  id: string;
  personId: string;
  campaignId: string;
  stepId: string;
  enrollmentId: string;
  contentId: string | null;
  isControl: boolean;
  topic: string;
  class: MessageClass;
  /** Among messages of one class the higher one goes first. */
  priority: number;
  /** After this moment it goes no more. */
  expiresAt: Date | null;
  queuedAt: Date;
  dueAt: Date;
  /** Kind of the topic is `transactional`. */
  transactional: boolean;
  attempts: number;
  firstAttemptAt: Date;
  /** Why it had to wait before, if it had. */
  reason: string | null;
  /** When it was first unknown whether it was accepted, if it was then queued once more. */
  uncertainAt: Date | null;
  fence: number;
  /** The in-app message it stands in for, if it does. */
  fallbackOf: string | null;
  /** Null when the person is gone. */
  person: ClaimedPerson | null;
  /** Properties of the event that started the person's run. */
  event: Record<string, unknown> | null;
}

export interface ClaimedPerson {
  externalId: string | null;
  email: string | null;
  timeZone: string | null;
  language: string | null;
  attributes: Record<string, unknown>;
}

export interface ClaimRequest {
  channel: Channel;
  /** Who holds the rows, and until when without renewal. */
  worker: string;
  leaseUntil: Date;
  limit: number;
  /** Only what goes to this endpoint. */
  endpointId?: string;
  /** Campaigns to leave alone. */
  held: readonly string[];
  /** Most messages of a campaign, by its id; not named: any number. */
  rooms?: Readonly<Record<string, number>>;
  now: Date;
}

/** How many campaigns one claim serves, in equal shares, so that a small campaign does not wait for a large one. */
export const CAMPAIGNS_AT_ONCE = 5;

/**
 * The campaigns with queued deliveries, found by jumping along the index: a paused campaign with a million queued rows costs
 * one step. `heads` are those that have one due, the longest waiting first.
 */
const heads = (lane: string) => `
  with recursive campaign_of (id) as (
    (select d.campaign_id from delivery as d where ${lane} and d.state = 'queued' order by d.campaign_id limit 1)
    union all
    select (select d.campaign_id from delivery as d where ${lane} and d.state = 'queued' and d.campaign_id > c.id order by d.campaign_id limit 1)
      from campaign_of as c where c.id is not null),
  heads as (
    select c.id, first.due_at from campaign_of as c
     cross join lateral (
       select d.due_at from delivery as d where ${lane} and d.campaign_id = c.id and d.state = 'queued' order by d.due_at limit 1) as first
     where c.id is not null and not (c.id = any($2::uuid[])))`;

/** The queue of a whole channel, or of one endpoint: each has its own index. */
const laneOf = (endpointId: string | undefined) => (endpointId === undefined ? 'd.channel = $1' : 'd.endpoint_id = $1::uuid');

/** Kept from the claim on, so that whatever comes back after a killed sender is judged by the address written to. */
const ADDRESS = '(select p.email from person as p where p.id = taken.person_id)';

/** Takes due deliveries: state `sending`, this worker's until settled or the lease passes, under a new fence. */
export async function claimDue(tx: Db, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const lane = laneOf(request.endpointId);
  return rows<ClaimedDelivery>(
    tx,
    `${heads(lane)},
     served as materialized (select h.id from heads as h where h.due_at <= $3::timestamptz order by h.due_at limit ${CAMPAIGNS_AT_ONCE}),
     due as materialized (
       select taken.id, taken.person_id, ${request.channel === 'email' ? ADDRESS : 'null::text'} as email from served as s
        cross join lateral (
          select d.id, d.person_id from delivery as d
           where ${lane} and d.campaign_id = s.id and d.state = 'queued' and d.due_at <= $3::timestamptz
           order by d.due_at, d.id
           limit (select least(ceil($4::numeric / greatest(count(*), 1)), ($7::jsonb ->> s.id::text)::numeric)::bigint from served)
           for update skip locked) as taken),
     claimed as (
       update delivery as d
          set state = 'sending', locked_by = $5, lease_until = $6::timestamptz, fence = d.fence + 1, first_attempt_at = coalesce(d.first_attempt_at, $3::timestamptz),
              address = due.email
         from due where d.id = due.id and d.person_id = due.person_id and d.state = 'queued'
       returning d.*)
     select c.id, c.person_id as "personId", c.campaign_id as "campaignId", c.step_id as "stepId", c.enrollment_id as "enrollmentId", c.content_id as "contentId",
            c.is_control as "isControl", c.topic, c.class, c.priority::int as priority, c.expires_at as "expiresAt", c.queued_at as "queuedAt", c.due_at as "dueAt", coalesce(t.kind = 'transactional', false) as transactional, c.attempts, c.reason, c.uncertain_at as "uncertainAt", c.first_attempt_at as "firstAttemptAt",
            c.fence::int as fence, c.fallback_of as "fallbackOf", e.entry -> 'properties' as event,
            case when p.id is not null then jsonb_build_object('externalId', p.external_id, 'email', p.email, 'timeZone', p.time_zone, 'language', p.language, 'attributes', p.attributes) end as person
       from claimed as c
       left join person as p on p.id = c.person_id
       left join topic as t on t.key = c.topic
       left join enrollment as e on e.id = c.enrollment_id and e.person_id = c.person_id
      order by c.due_at, c.id`,
    [request.endpointId ?? request.channel, request.held, request.now, request.limit, request.worker, request.leaseUntil, JSON.stringify(request.rooms ?? {})],
  );
}

/** When the next queued delivery of a campaign that is not held falls due; null when nothing waits. `from`: some campaigns send nothing before that. */
export async function nextDue(db: Db, { channel, held, from, endpointId }: { channel: Channel; held: readonly string[]; from: Readonly<Record<string, Date>>; endpointId?: string }): Promise<Date | null> {
  const next = await row<{ at: Date | null }>(db, `${heads(laneOf(endpointId))} select min(greatest(h.due_at, ($3::jsonb ->> h.id::text)::timestamptz)) as at from heads as h`, [endpointId ?? channel, held, JSON.stringify(from)]);
  return next!.at;
}

/** A claimed delivery that a gate stopped, and what is kept of why: in words, and as facts. */
export interface Stopped { deliveryId: string; personId: string; code: ReasonCode; detail: string | null; facts: Record<string, unknown> | null }

/** Puts claimed deliveries back that have to wait, inside the claim's own transaction: nothing was tried. */
export async function deferClaimed(tx: Db, waiting: readonly (Stopped & { until: Date })[]): Promise<void> {
  if (waiting.length === 0) return;
  await rows(
    tx,
    `update delivery as d
        set state = 'queued', reason = w."code", detail = w."detail", gate_facts = w."facts", due_at = w."until", locked_by = null, lease_until = null,
            address = case when d.attempts = 0 then null else d.address end,
            first_attempt_at = case when d.attempts = 0 then null else d.first_attempt_at end
       from jsonb_to_recordset($1::jsonb) as w ("deliveryId" uuid, "personId" uuid, "code" text, "until" timestamptz, "detail" text, "facts" jsonb)
      where d.id = w."deliveryId" and d.person_id = w."personId" and d.state = 'sending'`,
    [JSON.stringify(waiting)],
  );
}

/** Cancels claimed deliveries that a gate refused, inside the claim's own transaction. What had put them off before stays known. */
export async function cancelClaimed(tx: Db, refused: readonly Stopped[], now: Date): Promise<void> {
  if (refused.length === 0) return;
  await rows(
    tx,
    `update delivery as d
        set state = 'cancelled', reason = r."code", settled_at = $2::timestamptz, detail = coalesce(r."detail", d.detail), gate_facts = coalesce(r."facts", d.gate_facts),
            locked_by = null, lease_until = null, address = case when d.attempts = 0 then null else d.address end
       from jsonb_to_recordset($1::jsonb) as r ("deliveryId" uuid, "personId" uuid, "code" text, "detail" text, "facts" jsonb)
      where d.id = r."deliveryId" and d.person_id = r."personId" and d.state = 'sending'`,
    [JSON.stringify(refused), now],
  );
}

/** Those of the missing people who live on in another profile. */
export async function mergedAway(db: Db, personIds: readonly string[]): Promise<Set<string>> {
  const merged = await rows<{ id: string }>(db, 'select m.from_id as id from person_merge as m where m.from_id = any($1::uuid[])', [personIds]);
  return new Set(merged.map(({ id }) => id));
}

/** Keeps everything this worker still holds for longer. */
export async function renewLeases(db: Db, worker: string, leaseUntil: Date): Promise<void> {
  await rows(db, `update delivery as d set lease_until = $2::timestamptz where d.locked_by = $1 and d.state = 'sending'`, [worker, leaseUntil]);
}
