import { newId } from '../../src/kernel/ids.js';
import { personDates } from '../../src/people/domain/derived.js';
import type { JsonObject } from '../../src/people/domain/json.js';
import { rows, type Db } from '../../src/platform/database/db.js';
import type { Actor } from '../../src/platform/http/access.js';
import { noEngagement, storeEngagement, type WorldEngagement } from './segment-world-engagement.js';

/** The colleague who does whatever colleagues do in worlds. */
export const ACTOR = { kind: 'user', id: 'test', role: 'admin' } as unknown as Actor;

/** `type` is `track` and `receivedAt` is `at` when not said. */
export interface WorldEvent { id: string; name: string; properties: Record<string, unknown>; at: Date; type?: string; context?: Record<string, unknown>; receivedAt?: Date }
/** A person as the tables hold one; tests change it and call {@link storePerson}. */
export interface WorldPerson {
  id: string;
  attributes: Record<string, unknown>;
  tags: Set<string>;
  lists: Set<string>;
  /** By `channel:topic`. */
  consents: Map<string, 'subscribed' | 'unsubscribed'>;
  events: WorldEvent[];
  engagement: WorldEngagement;
  kind: 'visitor' | 'lead' | 'user';
  email: string | null;
  timeZone: string | null;
  language: string | null;
  externalId: string | null;
  signedUpAt: Date | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

export const newPerson = (given: Partial<WorldPerson> & { lastSeenAt: Date }): WorldPerson => ({ id: newId(), attributes: {}, tags: new Set(), lists: new Set(), consents: new Map(), events: [], engagement: noEngagement(), kind: 'user', email: null, timeZone: null, language: null, externalId: null, signedUpAt: null, firstSeenAt: given.lastSeenAt, ...given });

/** Writes people as they are now, their dates, tags and new events included. */
export async function storePeople(db: Db, people: readonly WorldPerson[]): Promise<void> {
  const ids = people.map((person) => person.id);
  const list = people.map((person) => ({ ...person, tags: undefined, lists: undefined, consents: undefined, events: undefined, engagement: undefined, signed: person.signedUpAt?.toISOString() ?? null, first: person.firstSeenAt.toISOString(), last: person.lastSeenAt.toISOString() }));
  await rows(db, `
    insert into person (id, external_id, kind, email, time_zone, language, attributes, signed_up_at, first_seen_at, last_seen_at, created_at, updated_at)
    select p.id, p."externalId", p.kind, p.email, p."timeZone", p.language, p.attributes, p.signed, p.first, p.last, p.first, p.last
      from jsonb_to_recordset($1::jsonb) as p (id uuid, "externalId" text, kind text, email text, "timeZone" text, language text, attributes jsonb, signed timestamptz, first timestamptz, last timestamptz)
    on conflict (id) do update set external_id = excluded.external_id, kind = excluded.kind, email = excluded.email, time_zone = excluded.time_zone, language = excluded.language, attributes = excluded.attributes, signed_up_at = excluded.signed_up_at, first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at`, [JSON.stringify(list)]);
  await rows(db, 'delete from person_date as d where d.person_id = any($1::uuid[])', [ids]);
  await rows(db, 'delete from person_tag as t where t.person_id = any($1::uuid[])', [ids]);
  const dates = people.flatMap((person) => [...personDates(person.attributes as JsonObject, person.signedUpAt)].map(([key, at]) => ({ person: person.id, key, at })));
  await rows(db, 'insert into person_date (person_id, key, at) select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])', [dates.map((d) => d.person), dates.map((d) => d.key), dates.map((d) => d.at)]);
  const tags = people.flatMap((person) => [...person.tags].map((tag) => ({ person: person.id, tag })));
  await rows(db, `insert into person_tag (person_id, tag, added_at) select t.p, t.tag, '2026-01-01Z' from unnest($1::uuid[], $2::text[]) as t (p, tag)`, [tags.map((t) => t.person), tags.map((t) => t.tag)]);
  await rows(db, 'delete from list_member as l where l.person_id = any($1::uuid[])', [ids]);
  const lists = people.flatMap((person) => [...person.lists].map((id) => ({ person: person.id, id })));
  await rows(db, `insert into list_member (list_id, person_id, added_at) select l.l, l.p, '2026-01-01Z' from unnest($1::uuid[], $2::uuid[]) as l (p, l)`, [lists.map((l) => l.person), lists.map((l) => l.id)]);
  await rows(db, 'delete from consent as c where c.person_id = any($1::uuid[])', [ids]);
  const consents = people.flatMap((person) => [...person.consents].map(([place, state]) => ({ person: person.id, channel: place.split(':')[0], topic: place.split(':')[1], state })));
  await rows(db, `insert into consent (person_id, channel, topic, state, at, source) select c.p, c.channel, c.topic, c.state, '2026-01-01Z', 'test' from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as c (p, channel, topic, state)`, [consents.map((c) => c.person), consents.map((c) => c.channel), consents.map((c) => c.topic), consents.map((c) => c.state)]);
  const events = people.flatMap((person) => person.events.map((event) => ({ ...event, person: person.id })));
  await rows(db, `
    insert into event (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)
    select e.id, e.p, e.type, e.name, e.properties::jsonb, e.context::jsonb, e.at, e.received, e.id::text
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::timestamptz[]) as e (id, p, name, properties, at, type, context, received)
    on conflict do nothing`, [events.map((e) => e.id), events.map((e) => e.person), events.map((e) => e.name), events.map((e) => JSON.stringify(e.properties)), events.map((e) => e.at), events.map((e) => e.type ?? 'track'), events.map((e) => JSON.stringify(e.context ?? {})), events.map((e) => e.receivedAt ?? e.at)]);
  await storeEngagement(db, people);
}

/** Queues one change row, as ingestion does in the transaction of its writes. */
export async function queueChange(db: Db, change: { kind?: 'changed' | 'merged' | 'deleted'; at: Date; people: string[]; keys?: string[]; events?: string[]; tags?: string[]; others?: string[]; into?: string }): Promise<void> {
  await rows(db, 'insert into person_change (kind, at, person_ids, attribute_keys, event_names, tags, other_keys, merged_into) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [change.kind ?? 'changed', change.at, change.people, change.keys ?? [], change.events ?? [], change.tags ?? [], change.others ?? [], change.into ?? null]);
}
