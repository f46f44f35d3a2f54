import type { LadderSuccess } from '../../../contract/campaign-steps.js';
import type { Channel } from '../../../contract/message.js';
import type { MessageClass } from '../../../contract/pacing.js';
import type { ReasonCode } from '../../../kernel/reason-codes.js';
import { alike } from '../../../platform/database/alike.js';
import { row, type Db } from '../../../platform/database/db.js';
import { write, type Statement } from '../../../platform/database/in-turn.js';
import { leaveTrail } from '../../../platform/tracing/trail.js';

/** A delivery as a campaign decides it: who, by which step of which version, what, and from when on. */
export interface NewDelivery {
  id: string;
  personId: string;
  campaignId: string;
  versionId: string;
  stepId: string;
  enrollmentId: string;
  channel: Channel;
  /** Published content to render; control deliveries carry the first variant's, so that they pass the same gates. */
  contentId: string | null;
  experimentId: string | null;
  variant: string;
  /** Passes every gate and is rendered, but nothing leaves: it ends as `ghost`. */
  isControl: boolean;
  topic: string;
  dueAt: Date;
  /** Of webhooks and chat notices: the endpoint of its content. */
  endpointId?: string | null;
  /** What its campaign says of how much it matters; `standard` and 50 when absent. */
  class?: MessageClass;
  priority?: number;
  /** After this moment it goes no more. */
  expiresAt?: Date | null;
  /** It stands in for another: an e-mail for an in-app message not seen within so many hours, or a rung of a ladder. */
  fallback?: { of: string; hours: number } | { of: string; seconds: number; unless: LadderSuccess };
}

/** The workers that send: wake them after commit when deliveries were queued. In-app first: somebody may be looking at the page. */
export const SENDERS = ['delivery.in_app', 'delivery.email', 'delivery.hooks'] as const;

const SAID = ['campaignId', 'versionId', 'stepId', 'channel', 'contentId', 'experimentId', 'variant', 'isControl', 'topic', 'dueAt', 'endpointId', 'class', 'priority', 'expiresAt'] as const;
const SAID_OF_RUNGS = ['fallbackHours', 'rungUnless', 'rungSeconds'] as const;

const withRung = ({ fallback, ...one }: NewDelivery) => ({
  ...one, fallbackHours: fallback && 'hours' in fallback ? fallback.hours : null, rungUnless: fallback && 'unless' in fallback ? fallback.unless : null, rungSeconds: fallback && 'seconds' in fallback ? fallback.seconds : null,
});

/**
 * Queues deliveries. The unique key (enrollment, step, channel, person) decides which are new, so a step that runs
 * twice queues once, whichever versions the run has been on. Wake {@link SENDERS} after commit.
 */
export const enqueueDeliveries = (tx: Db, deliveries: readonly NewDelivery[], now: Date): Promise<void> => write(tx, enqueuing(tx, deliveries, now));

/** The statement of {@link enqueueDeliveries}; null when there is nothing to queue. */
export function enqueuing(tx: Db, deliveries: readonly NewDelivery[], now: Date): Statement | null {
  if (deliveries.length === 0) return null;
  const rungs = deliveries.some(({ fallback }) => fallback);
  // Most differ in their ids alone, so what they have in common is sent once.
  const { said, places } = rungs ? alike(deliveries.map(withRung), [...SAID, ...SAID_OF_RUNGS]) : alike(deliveries, SAID);
  return {
    text: `insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, content_id, experiment_id, variant, is_control, topic, endpoint_id, fallback_of, fallback_hours, rung_unless, rung_seconds, class, priority, expires_at, state, due_at, queued_at)
     select r.id, r.person_id, n."campaignId", n."versionId", n."stepId", r.enrollment_id, n."channel", n."contentId", n."experimentId", n."variant", n."isControl", n."topic", n."endpointId", r.fallback_of, n."fallbackHours", n."rungUnless", n."rungSeconds", coalesce(n."class", 'standard'), coalesce(n."priority", 50), n."expiresAt", 'queued', n."dueAt", $1::timestamptz
       from unnest($2::uuid[], $3::uuid[], $4::uuid[], $7::uuid[], $5::int[]) as r (id, person_id, enrollment_id, fallback_of, place)
       join jsonb_to_recordset($6::jsonb) as n("place" int, "campaignId" uuid, "versionId" uuid, "stepId" text, "channel" text, "contentId" uuid, "experimentId" uuid, "variant" text, "isControl" boolean, "topic" text, "endpointId" uuid, "fallbackHours" int, "rungUnless" text, "rungSeconds" int, "class" text, "priority" smallint, "expiresAt" timestamptz, "dueAt" timestamptz) on n."place" = r.place
      order by r.id
     on conflict (enrollment_id, step_id, channel, person_id) do nothing`,
    values: [now, deliveries.map(({ id }) => id), deliveries.map(({ personId }) => personId), deliveries.map(({ enrollmentId }) => enrollmentId), places, said, rungs ? deliveries.map(({ fallback }) => fallback?.of ?? null) : []],
    done: () => leaveTrail(tx, () => deliveries.map(({ id, personId }) => ({ kind: 'queued', id, personId }))),
  };
}

/** Which queued deliveries to cancel. */
export type CancelScope = { enrollmentIds: string[] } | { campaignId: string } | { personIds: string[] };

/**
 * Cancels what is still queued; what a sender has already claimed is past recall (its own claim asked the dispatch gate).
 *
 * @returns how many were cancelled
 */
export async function cancelPending(tx: Db, scope: CancelScope, reason: ReasonCode, now: Date): Promise<number> {
  const [column, value] =
    'enrollmentIds' in scope ? ['d.enrollment_id = any($1::uuid[])', scope.enrollmentIds]
    : 'personIds' in scope ? ['d.person_id = any($1::uuid[])', scope.personIds]
    : ['d.campaign_id = $1::uuid', scope.campaignId];
  const cancelled = await row<{ count: number }>(
    tx,
    `with gone as (
       update delivery as d set state = 'cancelled', reason = $2, settled_at = $3::timestamptz
        where ${column} and d.state = 'queued'
       returning 1)
     select count(*)::int as count from gone`,
    [value, reason, now],
  );
  return cancelled!.count;
}
