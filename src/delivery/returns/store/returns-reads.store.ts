import { row, rows, type Db } from '../../../platform/database/db.js';
import type { InboundState } from '../domain/ending.js';
import type { Envelope } from './inbound-events.store.js';

/** A report as people see it in the list. */
export interface ReturnListed {
  id: string;
  source: string;
  contentType: string;
  receivedAt: Date;
  state: InboundState;
  detail: string;
  attempts: number;
  nextAt: Date | null;
  settledAt: Date | null;
  bytes: number;
  envelope: Envelope | null;
  notices: StoredNotice[];
}

/** A notice as it was stored with its report. */
export interface StoredNotice { kind: string; outcome: string; deliveryId: string | null; recipient: string | null; diagnostic: string; category: string | null; status: string | null }

const COLUMNS = `e.id, e.source, e.content_type as "contentType", e.received_at as "receivedAt", e.state, e.detail, e.attempts, e.next_at as "nextAt", e.settled_at as "settledAt",
  octet_length(e.body) as bytes, e.envelope, e.notices`;

export interface ReturnsFilter { state: InboundState | null; source: string | null; limit: number; before: { at: string; id: string } | null }

/** Newest first. */
export function listReturns(db: Db, { state, source, limit, before }: ReturnsFilter): Promise<ReturnListed[]> {
  return rows<ReturnListed>(db, `
    select ${COLUMNS} from inbound_event as e
     where ($1::text is null or e.state = $1) and ($2::text is null or e.source = $2)
       and ($4::timestamptz is null or (e.received_at, e.id) < ($4::timestamptz, $5::uuid))
     order by e.received_at desc, e.id desc limit $3`, [state, source, limit, before?.at ?? null, before?.id ?? null]);
}

/** One report with the beginning of its body. */
export function findReturn(db: Db, id: string, bodyBytes: number): Promise<(ReturnListed & { body: Buffer }) | null> {
  return row<ReturnListed & { body: Buffer }>(db, `select ${COLUMNS}, substring(e.body from 1 for $2) as body from inbound_event as e where e.id = $1`, [id, bodyBytes]);
}

/** Locks a report that a person may decide about; null when there is none. */
export function lockReturn(tx: Db, id: string): Promise<Pick<ReturnListed, 'id' | 'state' | 'notices'> | null> {
  return row<Pick<ReturnListed, 'id' | 'state' | 'notices'>>(tx, `select e.id, e.state, e.notices from inbound_event as e where e.id = $1 for update`, [id]);
}

/** Gives a locked report back to the worker, due at once. */
export async function reopenReturn(tx: Db, id: string, now: Date): Promise<void> {
  await rows(tx, `update inbound_event as e set state = 'pending', attempts = 0, begun = 0, next_at = $2::timestamptz, settled_at = null, detail = '' where e.id = $1`, [id, now]);
}

/** How messages fared, of one campaign with one recipient domain. */
export interface ReturnRate { campaignId: string; domain: string; sent: number; hard: number; soft: number; block: number; complaints: number }

/** What came back of the e-mail sent in a half-open period, most sent first. Each message counts once under each heading. */
export function returnRates(db: Db, period: { from: Date; to: Date; campaignId: string | null; limit: number }): Promise<ReturnRate[]> {
  return rows<ReturnRate>(db, `
    select d.campaign_id as "campaignId", lower(split_part(d.address, '@', -1)) as domain, count(*)::int as sent,
           count(*) filter (where b.hard)::int as hard, count(*) filter (where b.soft and not b.hard)::int as soft,
           count(*) filter (where b.block and not b.hard and not b.soft)::int as block, count(*) filter (where b.complaint)::int as complaints
      from delivery as d
      left join lateral (
        select bool_or(e.kind = 'bounce' and coalesce(e.data ->> 'kind', 'hard') = 'hard') as hard, bool_or(e.kind = 'bounce' and e.data ->> 'kind' = 'soft') as soft,
               bool_or(e.kind = 'bounce' and e.data ->> 'kind' = 'block') as block, bool_or(e.kind = 'complaint') as complaint
          from delivery_event as e where e.delivery_id = d.id and e.person_id = d.person_id and e.kind in ('bounce', 'complaint')) as b on true
     where d.channel = 'email' and not d.is_control and d.address is not null and d.sent_at >= $1::timestamptz and d.sent_at < $2::timestamptz
       and ($3::uuid is null or d.campaign_id = $3)
     group by 1, 2 order by sent desc, 1, 2 limit $4`, [period.from, period.to, period.campaignId, period.limit]);
}
