import { row, rows, type Db } from '../../../platform/database/db.js';

export interface DeliveryView {
  id: string;
  personId: string;
  campaignId: string;
  versionId: string;
  stepId: string;
  enrollmentId: string;
  channel: string;
  contentId: string | null;
  experimentId: string | null;
  variant: string;
  isControl: boolean;
  topic: string;
  state: string;
  reason: string | null;
  detail: string | null;
  dueAt: Date;
  queuedAt: Date;
  attempts: number;
  address: string | null;
  language: string | null;
  relay: string | null;
  sentAt: Date | null;
  settledAt: Date | null;
}

export interface DeliveryEventView { kind: string; at: Date; verdict: 'human' | 'machine' | 'unknown'; evidence: unknown; data: unknown }

export interface DeliveryQuery {
  limit: number;
  state?: string;
  channel?: string;
  campaignId?: string;
  personId?: string;
  reason?: string;
  before: { queuedAt: string; id: string } | null;
}

const COLUMNS = `d.id, d.person_id as "personId", d.campaign_id as "campaignId", d.version_id as "versionId", d.step_id as "stepId", d.enrollment_id as "enrollmentId",
  d.channel, d.content_id as "contentId", d.experiment_id as "experimentId", d.variant, d.is_control as "isControl", d.topic, d.state, d.reason, d.detail,
  d.due_at as "dueAt", d.queued_at as "queuedAt", d.attempts, d.address, d.language, d.relay, d.sent_at as "sentAt", d.settled_at as "settledAt"`;

/** Newest first; one more than asked when there are more. Only the filters given are in the statement, so that each finds its index. */
export function listDeliveries(db: Db, { limit, state, channel, campaignId, personId, reason, before }: DeliveryQuery): Promise<DeliveryView[]> {
  const values: unknown[] = [limit + 1];
  const filter = (sql: (place: string) => string, value: unknown) => (value === undefined ? [] : [sql(`$${values.push(value)}`)]);
  const filters = [
    ...filter((place) => `d.state = ${place}`, state),
    ...filter((place) => `d.channel = ${place}`, channel),
    ...filter((place) => `d.campaign_id = ${place}::uuid`, campaignId),
    ...filter((place) => `d.person_id = ${place}::uuid`, personId),
    ...filter((place) => `d.reason = ${place}`, reason),
    ...(before ? [`(d.queued_at, d.id) < ($${values.push(before.queuedAt)}::timestamptz, $${values.push(before.id)}::uuid)`] : []),
  ];
  return rows(db, `select ${COLUMNS} from delivery as d ${filters.length > 0 ? `where ${filters.join(' and ')}` : ''} order by d.queued_at desc, d.id desc limit $1`, values);
}

export interface DeliveryRest { campaignName: string | null; version: number | null; firstAttemptAt: Date | null; fallbackOf: string | null; class: string; priority: number; expiresAt: Date | null; pacing: Paced | null }
interface Winner { campaignId: string; campaignName: string | null; stepId: string | null; deliveryId: string | null; at: string | null; kept: boolean }
interface Paced { rule: string | null; cap: string | null; winner: Winner | null }

/** What only the page of one delivery says. */
export function restOf(db: Db, id: string): Promise<DeliveryRest | null> {
  return row(db, `
    select c.name as "campaignName", v.number as version, d.first_attempt_at as "firstAttemptAt", d.fallback_of as "fallbackOf", d.class, d.priority::int as priority, d.expires_at as "expiresAt",
           case when d.gate_facts ? 'rule' then jsonb_build_object('rule', d.gate_facts -> 'rule', 'cap', d.gate_facts -> 'cap', 'winner',
             case when d.gate_facts ? 'winner' then (d.gate_facts -> 'winner') || jsonb_build_object('campaignName', (select w.name from campaign as w where w.id = (d.gate_facts #>> '{winner,campaignId}')::uuid)) end) end as pacing
      from delivery as d left join campaign as c on c.id = d.campaign_id left join campaign_version as v on v.id = d.version_id where d.id = $1`, [id]);
}

export interface DeliveryDecisionView { at: Date; stage: string; code: string; facts: Record<string, unknown>; nextCheckAt: Date | null }

const MOST_DECISIONS = 100;

/** What the gates said of one delivery, in order of time; of a thousand tries the last ones. */
export async function decisionsOf(db: Db, { id, personId, campaignId, queuedAt }: DeliveryView): Promise<DeliveryDecisionView[]> {
  const found = await rows<DeliveryDecisionView>(db, `
    select c.at, c.stage, c.code, c.facts, c.next_check_at as "nextCheckAt" from decision as c
     where c.person_id = $1 and c.campaign_id = $2 and c.at >= $3::timestamptz and c.delivery_id = $4 order by c.at desc, c.id desc limit $5`, [personId, campaignId, queuedAt, id, MOST_DECISIONS]);
  return found.toReversed();
}

export interface PostView { at: Date; attempt: number; fate: 'delivered' | 'retry' | 'dead' | 'uncertain' | 'test'; status: number | null; error: string | null; response: string; durationMs: number; nextAt: Date | null }

/** The POSTs of one webhook or chat notice that are still remembered, in order of time. */
export function postsOf(db: Db, deliveryId: string): Promise<PostView[]> {
  return rows(db, `
    select a.at, a.attempt, a.fate, a.status, a.error, a.response, a.duration_ms as "durationMs", a.next_at as "nextAt" from webhook_attempt as a
     where a.delivery_id is not null and a.delivery_id = $1 order by a.at, a.id limit 200`, [deliveryId]);
}

export function findDelivery(db: Db, id: string): Promise<DeliveryView | null> {
  return row(db, `select ${COLUMNS} from delivery as d where d.id = $1`, [id]);
}

/** What came of one delivery, in order of time. */
export function eventsOf(db: Db, deliveryId: string, personId: string): Promise<DeliveryEventView[]> {
  return rows(db, `select e.kind, e.at, e.verdict, e.evidence, e.data from delivery_event as e where e.delivery_id = $1 and e.person_id = $2 order by e.at, e.event_key`, [deliveryId, personId]);
}
