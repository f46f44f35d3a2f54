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
  campaignId?: string;
  personId?: string;
  reason?: string;
  before: { queuedAt: string; id: string } | null;
}

const COLUMNS = `d.id, d.person_id as "personId", d.campaign_id as "campaignId", d.version_id as "versionId", d.step_id as "stepId", d.enrollment_id as "enrollmentId",
  d.channel, d.content_id as "contentId", d.experiment_id as "experimentId", d.variant, d.is_control as "isControl", d.topic, d.state, d.reason, d.detail,
  d.due_at as "dueAt", d.queued_at as "queuedAt", d.attempts, d.address, d.language, d.relay, d.sent_at as "sentAt", d.settled_at as "settledAt"`;

/** Newest first; one more than asked when there are more. Only the filters given are in the statement, so that each finds its index. */
export function listDeliveries(db: Db, { limit, state, campaignId, personId, reason, before }: DeliveryQuery): Promise<DeliveryView[]> {
  const values: unknown[] = [limit + 1];
  const filter = (sql: (place: string) => string, value: unknown) => (value === undefined ? [] : [sql(`$${values.push(value)}`)]);
  const filters = [
    ...filter((place) => `d.state = ${place}`, state),
    ...filter((place) => `d.campaign_id = ${place}::uuid`, campaignId),
    ...filter((place) => `d.person_id = ${place}::uuid`, personId),
    ...filter((place) => `d.reason = ${place}`, reason),
    ...(before ? [`(d.queued_at, d.id) < ($${values.push(before.queuedAt)}::timestamptz, $${values.push(before.id)}::uuid)`] : []),
  ];
  return rows(db, `select ${COLUMNS} from delivery as d ${filters.length > 0 ? `where ${filters.join(' and ')}` : ''} order by d.queued_at desc, d.id desc limit $1`, values);
}

export function findDelivery(db: Db, id: string): Promise<DeliveryView | null> {
  return row(db, `select ${COLUMNS} from delivery as d where d.id = $1`, [id]);
}

/** What came of one delivery, in order of time. */
export function eventsOf(db: Db, deliveryId: string, personId: string): Promise<DeliveryEventView[]> {
  return rows(db, `select e.kind, e.at, e.verdict, e.evidence, e.data from delivery_event as e where e.delivery_id = $1 and e.person_id = $2 order by e.at, e.event_key`, [deliveryId, personId]);
}
