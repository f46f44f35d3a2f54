import { rows, type Db } from '../../../platform/database/db.js';
import type { JsonObject } from '../../domain/json.js';

/** One event as it came in: stored, or refused with the reason. */
export interface LiveEvent {
  id: string;
  /** When it was received. */
  at: Date;
  outcome: 'accepted' | 'refused';
  /** When it happened, as told; null of refused ones. */
  occurredAt: Date | null;
  type: string | null;
  name: string | null;
  personId: string | null;
  /** How the person is called, or what the refused event calls them. */
  person: string | null;
  /** Null when they are longer than is shown here. */
  properties: JsonObject | null;
  /** The library that sent it. */
  source: string | null;
  code: string | null;
  message: string | null;
}

export interface LiveQuery { from: Date; to: Date; limit: number; name?: string | undefined; personId?: string | undefined }

/** Longer properties are left out: a hundred of them would be megabytes every two seconds. */
const SHOWN_CHARACTERS = 2_000;

/**
 * The newest events that came in after `from`, and how many there were. Found by the times of blocks (`event_received`), so that it costs what came
 * in that time, whatever there is besides.
 */
export async function arrived(db: Db, { from, to, limit, name, personId }: LiveQuery): Promise<{ events: LiveEvent[]; count: number }> {
  const found = await rows<LiveEvent & { count: number }>(db, `
    with came as materialized (
      select e.id, e.received_at, e.occurred_at, e.type, e.name, e.person_id, e.properties, e.context #>> '{library,name}' as source, count(*) over ()::int as n
        from event as e
       where e.received_at > $1::timestamptz and e.received_at <= $2::timestamptz and ($3::text is null or e.name = $3) and ($4::uuid is null or e.person_id = $4)
       order by e.received_at desc, e.id desc limit $5)
    select c.id, c.received_at as at, 'accepted' as outcome, c.occurred_at as "occurredAt", c.type, c.name, c.person_id as "personId",
           coalesce(nullif(p.attributes ->> 'name', ''), p.email, p.external_id) as person,
           case when length(c.properties::text) <= ${SHOWN_CHARACTERS} then c.properties end as properties, c.source, null as code, null as message, c.n as count
      from came as c left join person as p on p.id = c.person_id order by c.received_at desc, c.id desc`, [from, to, name ?? null, personId ?? null, limit]);
  return { events: found.map(({ count: _count, ...event }) => event), count: found[0]?.count ?? 0 };
}

/** The newest refused events of that time. They belong to nobody, so a person's stream has none; what they call themselves is their word only. */
export async function refused(db: Db, { from, to, limit, name, personId }: LiveQuery): Promise<{ events: LiveEvent[]; count: number }> {
  if (personId !== undefined) return { events: [], count: 0 };
  const found = await rows<LiveEvent & { count: number }>(db, `
    with came as materialized (
      select r.id, r.at, r.code, r.message, r.payload, count(*) over ()::int as n from event_rejected as r
       where r.at > $1::timestamptz and r.at <= $2::timestamptz and ($3::text is null or r.payload ->> 'event' = $3)
       order by r.at desc, r.id desc limit $4)
    select c.id, c.at, 'refused' as outcome, null::timestamptz as "occurredAt", left(c.payload ->> 'type', 100) as type, left(coalesce(c.payload ->> 'event', c.payload ->> 'name'), 200) as name, null::uuid as "personId",
           left(coalesce(c.payload ->> 'userId', c.payload ->> 'anonymousId', c.payload #>> '{ref,userId}'), 256) as person,
           case when jsonb_typeof(c.payload -> 'properties') = 'object' and length(c.payload ->> 'properties') <= ${SHOWN_CHARACTERS} then c.payload -> 'properties' end as properties,
           left(c.payload #>> '{context,library,name}', 100) as source, c.code, c.message, c.n as count
      from came as c order by c.at desc, c.id desc`, [from, to, name ?? null, limit]);
  return { events: found.map(({ count: _count, ...event }) => event), count: found[0]?.count ?? 0 };
}
