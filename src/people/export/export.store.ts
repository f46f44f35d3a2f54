import { rows, type Db } from '../../platform/database/db.js';
import type { JsonObject } from '../domain/json.js';

export interface PeopleFilter { tag: string | null; q: string | null }

export interface ExportedPerson {
  id: string;
  externalId: string | null;
  anonymousIds: string[];
  kind: string;
  tags: string[];
  lists: { id: string; name: string }[];
  /** What they said about topics, oldest first, with how we know: the proof log. */
  consentProof: JsonObject[];
  attributes: JsonObject;
  signedUpAt: Date | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  createdAt: Date;
}

const MATCHES = `($1::text is null or exists (select 1 from person_tag as t where t.person_id = p.id and t.tag = $1))
   and ($2::text is null or p.email ilike $2 || '%' or p.external_id ilike $2 || '%' or p.attributes ->> 'name' ilike '%' || $2 || '%')`;

/** The same people as the list under the same filters. */
const filterValues = ({ tag, q }: PeopleFilter) => [tag, q === null ? null : q.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)];

/** One page of people in id order. */
export const pageOfPeople = (db: Db, filter: PeopleFilter, after: string | null, limit: number): Promise<ExportedPerson[]> =>
  rows<ExportedPerson>(db, `
    select p.id, p.external_id as "externalId", p.kind, p.attributes, p.signed_up_at as "signedUpAt", p.first_seen_at as "firstSeenAt", p.last_seen_at as "lastSeenAt", p.created_at as "createdAt",
           coalesce((select array_agg(t.tag order by t.tag) from person_tag as t where t.person_id = p.id), '{}') as tags,
           coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name) order by l.id) from list_member as m join list as l on l.id = m.list_id where m.person_id = p.id and l.archived_at is null), '[]') as lists,
           coalesce((select jsonb_agg(jsonb_build_object('channel', c.channel, 'topic', c.topic, 'state', c.state, 'at', c.at, 'recordedAt', c.recorded_at, 'method', c.method, 'source', c.source, 'actor', c.actor, 'wording', c.wording, 'policyVersion', c.policy_version, 'network', c.network, 'userAgent', c.user_agent) order by c.recorded_at, c.id) from consent_proof as c where c.person_id = p.id), '[]') as "consentProof",
           coalesce((select array_agg(i.value order by i.linked_at, i.value) from person_identity as i where i.person_id = p.id and i.kind = 'anonymous_id'), '{}') as "anonymousIds"
      from person as p
     where ${MATCHES} and ($3::uuid is null or p.id > $3::uuid)
     order by p.id limit $4`, [...filterValues(filter), after, limit]);

/** What the values of one attribute look like over all exported people: decides how its column is written. */
export interface AttributeShape {
  key: string;
  texts: boolean;
  numbers: boolean;
  booleans: boolean;
  /** A number that would not read back as itself when written plainly. */
  oddNumber: boolean;
  emptyText: boolean;
  /** A text that would read back as a number or a truth value. */
  ambiguousText: boolean;
  /** A text that is not a day or a UTC instant in the form Danbi writes. */
  notDate: boolean;
}

export const attributeShapes = (db: Db, filter: PeopleFilter): Promise<AttributeShape[]> =>
  rows<AttributeShape>(db, `
    select v.key, bool_and(v.type = 'string') as texts, bool_and(v.type = 'number') as numbers, bool_and(v.type = 'boolean') as booleans,
           bool_or(v.type = 'number' and (v.text !~ '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$' or length(v.text) > 15)) as "oddNumber",
           bool_or(v.type = 'string' and v.text = '') as "emptyText",
           bool_or(v.type = 'string' and (v.text in ('true', 'false') or v.text ~ '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$')) as "ambiguousText",
           bool_or(v.type <> 'string' or v.text !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z)?$') as "notDate"
      from (select a.key, jsonb_typeof(a.value) as type, a.value #>> '{}' as text
              from person as p cross join lateral jsonb_each(p.attributes) as a where ${MATCHES}) as v
     group by v.key order by v.key`, filterValues(filter));

export interface EventFilter { from: Date | null; to: Date | null; name: string | null }

export interface ExportedEvent {
  id: string;
  personId: string;
  externalId: string | null;
  type: string;
  name: string;
  properties: JsonObject;
  context: JsonObject;
  occurredAt: Date;
  /** The exact key for the next page: microseconds that a Date would lose. */
  occurredKey: string;
  receivedAt: Date;
  messageId: string;
}

/** One page of events, person by person in the order of time (the primary key). */
export const pageOfEvents = (db: Db, filter: EventFilter, after: [string, string, string] | null, limit: number): Promise<ExportedEvent[]> =>
  rows<ExportedEvent>(db, `
    select e.id, e.person_id as "personId", p.external_id as "externalId", e.type, e.name, e.properties, e.context,
           e.occurred_at as "occurredAt", e.occurred_at::text as "occurredKey", e.received_at as "receivedAt", e.message_id as "messageId"
      from event as e left join person as p on p.id = e.person_id
     where ($1::timestamptz is null or e.occurred_at >= $1::timestamptz) and ($2::timestamptz is null or e.occurred_at < $2::timestamptz)
       and ($3::text is null or e.name = $3)
       and ($4::uuid is null or (e.person_id, e.occurred_at, e.id) > ($4::uuid, $5::timestamptz, $6::uuid))
     order by e.person_id, e.occurred_at, e.id limit $7`, [filter.from, filter.to, filter.name, after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit]);
