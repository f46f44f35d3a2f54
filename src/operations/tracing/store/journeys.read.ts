import { rows, type Db } from '../../../platform/database/db.js';

type Keys = readonly { id: string; personId: string }[];
const columns = (keys: Keys) => [keys.map(({ id }) => id), keys.map(({ personId }) => personId)];

/** An event as its span tells it. */
export interface TracedEvent { id: string; name: string; type: string; receivedAt: Date }

export const tracedEvents = (db: Db, keys: readonly { id: string; personId: string; occurredAt: Date }[]): Promise<TracedEvent[]> => rows(db, `
  select e.id, e.name, e.type, e.received_at as "receivedAt"
    from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as k (id, person_id, at)
    join event as e on e.person_id = k.person_id and e.occurred_at = k.at and e.id = k.id`, [...columns(keys), keys.map(({ occurredAt }) => occurredAt)]);

/** A run: somebody was let in. */
export interface TracedRun { id: string; campaignId: string; eventId: string | null; enteredAt: Date; receivedAt: Date | null }

export const tracedRuns = (db: Db, keys: Keys): Promise<TracedRun[]> => rows(db, `
  select e.id, e.campaign_id as "campaignId", e.entry ->> 'eventId' as "eventId", e.entered_at as "enteredAt", ev.received_at as "receivedAt"
    from unnest($1::uuid[], $2::uuid[]) as k (id, person_id) join enrollment as e on e.id = k.id and e.person_id = k.person_id
    left join event as ev on ev.person_id = e.person_id and ev.occurred_at = (e.entry ->> 'at')::timestamptz and ev.id = (e.entry ->> 'eventId')::uuid`, columns(keys));

/** A delivery, with what its run began with. */
export interface TracedDelivery { id: string; runId: string; eventId: string | null; campaignId: string; stepId: string; channel: string; enteredAt: Date; queuedAt: Date; sentAt: Date | null }

export const tracedDeliveries = (db: Db, keys: Keys): Promise<TracedDelivery[]> => rows(db, `
  select d.id, e.id as "runId", e.entry ->> 'eventId' as "eventId", d.campaign_id as "campaignId", d.step_id as "stepId", d.channel, e.entered_at as "enteredAt", d.queued_at as "queuedAt", d.sent_at as "sentAt"
    from unnest($1::uuid[], $2::uuid[]) as k (id, person_id) join delivery as d on d.id = k.id and d.person_id = k.person_id
    join enrollment as e on e.id = d.enrollment_id and e.person_id = d.person_id`, columns(keys));
