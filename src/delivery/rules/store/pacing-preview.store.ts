import type { MessageClass } from '../../../contract/pacing.js';
import { rows, type Db } from '../../../platform/database/db.js';

/** A message of a person, as pacing counts it. */
export interface PacedRow {
  id: string;
  campaignId: string;
  campaignName: string | null;
  enrollmentId: string;
  stepId: string;
  channel: 'email' | 'in_app';
  topic: string;
  transactional: boolean;
  class: MessageClass;
  priority: number;
  at: Date;
  expiresAt: Date | null;
  isDisplay: boolean;
}

/** Also what waits, and what was dropped because it had waited too long. What stands in for another message counts from when it went. */
const COLUMNS = `
  d.id, d.campaign_id as "campaignId", c.name as "campaignName", d.enrollment_id as "enrollmentId", d.step_id as "stepId", d.channel, d.topic, coalesce(t.kind = 'transactional', false) as transactional,
  d.class, d.priority::int as priority, d.expires_at as "expiresAt", coalesce(c.type = 'auto_message', false) as "isDisplay"
  from delivery as d left join campaign as c on c.id = d.campaign_id left join topic as t on t.key = d.topic`;

/** Messages of one person that were to go since a moment, the newest of them, oldest first. */
export async function messagesSince(db: Db, personId: string, since: Date, limit: number): Promise<PacedRow[]> {
  const found = await rows<PacedRow>(db, `
    select case when d.fallback_of is null then d.queued_at else coalesce(d.sent_at, d.due_at) end as at, ${COLUMNS}
     where d.person_id = $1::uuid and d.queued_at > $2::timestamptz and d.channel in ('email', 'in_app')
       and (d.state in ('sent', 'delivered', 'uncertain', 'ghost') or (d.state = 'queued' and d.reason in ('QUIET_HOURS_DEFERRED', 'CAP_DEFERRED') and d.fallback_of is null) or (d.state = 'cancelled' and d.reason in ('CAP_DROPPED', 'EXPIRED')))
     order by d.queued_at desc, d.id desc limit $3`, [personId, since, limit]);
  return found.toReversed();
}

export interface WaitingRow extends Omit<PacedRow, 'at'> { reason: 'QUIET_HOURS_DEFERRED' | 'CAP_DEFERRED'; dueAt: Date; facts: { rule?: string; cap?: string; winner?: { campaignId: string; stepId: string | null; deliveryId: string | null; at: string | null; kept: boolean } } | null }

/** What of a person's messages is put off by a gate of pacing. */
export const waitingOf = (db: Db, personId: string, limit: number): Promise<WaitingRow[]> => rows(db, `
  select d.reason, d.due_at as "dueAt", d.gate_facts as facts, ${COLUMNS}
   where d.person_id = $1::uuid and d.state = 'queued' and d.reason in ('QUIET_HOURS_DEFERRED', 'CAP_DEFERRED') order by d.due_at, d.id limit $2`, [personId, limit]);

/** Names of campaigns, by id. */
export async function campaignNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const found = ids.length === 0 ? [] : await rows<{ id: string; name: string }>(db, 'select c.id, c.name from campaign as c where c.id = any($1::uuid[])', [ids]);
  return new Map(found.map(({ id, name }) => [id, name]));
}

/** The zone of somebody who is there; null when they are gone. */
export async function personClock(db: Db, personId: string): Promise<{ timeZone: string | null } | null> {
  const [found] = await rows<{ timeZone: string | null }>(db, 'select p.time_zone as "timeZone" from person as p where p.id = $1::uuid', [personId]);
  return found ?? null;
}
