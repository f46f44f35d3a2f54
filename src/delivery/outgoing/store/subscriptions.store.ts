import { row, rows, type Db } from '../../../platform/database/db.js';
import type { OutgoingFormat, OutgoingKind } from '../domain/kinds.js';

/** What an endpoint wants to hear. `since`: nothing older is told; `failingSince`: since when nothing got through. */
export interface Subscription { endpointId: string; format: OutgoingFormat; kinds: OutgoingKind[]; campaignIds: string[] | null; since: Date; failingSince: Date | null }

const SELECT = `select s.endpoint_id as "endpointId", s.format, s.kinds, s.campaign_ids as "campaignIds", s.since, s.failing_since as "failingSince" from event_subscription as s`;

export const listSubscriptions = (db: Db): Promise<Subscription[]> => rows(db, SELECT);
export const findSubscription = (db: Db, endpointId: string): Promise<Subscription | null> => row(db, `${SELECT} where s.endpoint_id = $1`, [endpointId]);

/** `since` stays that of the first time. */
export async function saveSubscription(tx: Db, { endpointId, format, kinds, campaignIds }: Pick<Subscription, 'endpointId' | 'format' | 'kinds' | 'campaignIds'>, now: Date): Promise<void> {
  await rows(tx, `
    insert into event_subscription (endpoint_id, format, kinds, campaign_ids, since, updated_at) values ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz)
    on conflict (endpoint_id) do update set format = excluded.format, kinds = excluded.kinds, campaign_ids = excluded.campaign_ids, updated_at = excluded.updated_at`, [endpointId, format, kinds, campaignIds, now]);
}

/** Ends it with what waited; what was posted stays in the list. */
export async function deleteSubscription(tx: Db, endpointId: string): Promise<boolean> {
  await rows(tx, `delete from outgoing_event as o where o.endpoint_id = $1 and o.state = 'waiting'`, [endpointId]);
  return (await rows(tx, 'delete from event_subscription as s where s.endpoint_id = $1 returning 1', [endpointId])).length > 0;
}

/** @param since null: something got through */
export async function noteFailing(tx: Db, endpointId: string, since: Date | null): Promise<void> {
  await rows(tx, 'update event_subscription as s set failing_since = $2::timestamptz where s.endpoint_id = $1 and s.failing_since is distinct from $2::timestamptz', [endpointId, since]);
}
