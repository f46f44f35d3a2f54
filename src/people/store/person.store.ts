import { rows, type Db } from '../../platform/database/db.js';
import type { DerivedColumns } from '../domain/derived.js';
import type { PersonKind } from '../domain/identity-plan.js';
import type { JsonObject } from '../domain/json.js';
import { uuids } from './arrays.js';

/** A person as written by one batch. */
export interface PersonRow extends DerivedColumns {
  id: string;
  externalId: string | null;
  kind: PersonKind;
  attributes: JsonObject;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

/** When an existing person was seen (null: only raised), and what it is from now on. */
export interface Touched { id: string; first: Date | null; last: Date | null; externalId: string | null; kind: PersonKind; raised: boolean }

export async function insertPeople(tx: Db, people: PersonRow[], now: Date): Promise<void> {
  if (people.length === 0) return;
  await rows(tx, `
    insert into person (id, external_id, kind, email, time_zone, language, attributes, signed_up_at, first_seen_at, last_seen_at, created_at, updated_at)
    select p.id, p.external_id, p.kind, p.email, p.time_zone, p.language, p.attributes::jsonb, p.signed_up_at, p.first_seen_at, p.last_seen_at, $11::timestamptz, $11::timestamptz
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
        as p (id, external_id, kind, email, time_zone, language, attributes, signed_up_at, first_seen_at, last_seen_at)
     order by p.external_id`,
    [people.map((p) => p.id), people.map((p) => p.externalId), people.map((p) => p.kind), people.map((p) => p.email), people.map((p) => p.timeZone), people.map((p) => p.language),
      people.map((p) => JSON.stringify(p.attributes)), people.map((p) => p.signedUpAt), people.map((p) => p.firstSeenAt), people.map((p) => p.lastSeenAt), now]);
}

/** Widens the time somebody was seen (the end of it by the minute, see domain/seen.ts); sets the external id of those who just became users, and their kind. */
export async function touchPeople(tx: Db, seen: Touched[], now: Date): Promise<void> {
  if (seen.length === 0) return;
  await rows(tx, `
    update person as p
       set first_seen_at = least(p.first_seen_at, s.first_at),
           last_seen_at = greatest(date_trunc('minute', greatest(p.last_seen_at, s.last_at)), least(p.first_seen_at, s.first_at)),
           external_id = s.external_id, kind = s.kind, updated_at = case when s.raised then $7::timestamptz else p.updated_at end
      from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[], $6::boolean[]) as s (id, first_at, last_at, external_id, kind, raised)
     where p.id = s.id and (s.raised or s.first_at < p.first_seen_at or date_trunc('minute', s.last_at) > p.last_seen_at)`,
    [seen.map((s) => s.id), seen.map((s) => s.first), seen.map((s) => s.last), seen.map((s) => s.externalId), seen.map((s) => s.kind), seen.map((s) => s.raised), now]);
}

export async function updateAttributes(tx: Db, people: ({ id: string; attributes: JsonObject } & DerivedColumns)[], now: Date): Promise<void> {
  if (people.length === 0) return;
  await rows(tx, `
    update person as p
       set attributes = n.attributes::jsonb, email = n.email, time_zone = n.time_zone, language = n.language, signed_up_at = n.signed_up_at, updated_at = $7::timestamptz
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) as n (id, attributes, email, time_zone, language, signed_up_at)
     where p.id = n.id`,
    [people.map((p) => p.id), people.map((p) => JSON.stringify(p.attributes)), people.map((p) => p.email), people.map((p) => p.timeZone), people.map((p) => p.language), people.map((p) => p.signedUpAt), now]);
}

export async function loadAttributes(tx: Db, ids: string[]): Promise<Map<string, JsonObject>> {
  if (ids.length === 0) return new Map();
  const found = await rows<{ id: string; attributes: JsonObject }>(tx, 'select p.id, p.attributes from person as p where p.id = any($1::uuid[])', [ids]);
  return new Map(found.map(({ id, attributes }) => [id, attributes]));
}

/** Makes the stored instants of these people exactly `dates`; keys of `owned` not in it go away. */
export async function replaceDates(tx: Db, personIds: string[], dates: { personId: string; key: string; at: Date }[]): Promise<void> {
  if (personIds.length === 0) return;
  const values = [dates.map((d) => d.personId), dates.map((d) => d.key), dates.map((d) => d.at)];
  await rows(tx, `
    delete from person_date as d
     where d.person_id = any($3::uuid[]) and d.key not in ('$first_seen_at', '$last_seen_at')
       and not exists (select 1 from unnest($1::uuid[], $2::text[]) as n (person_id, key) where n.person_id = d.person_id and n.key = d.key)`, [values[0], values[1], personIds]);
  await upsertDates(tx, dates);
}

export async function upsertDates(tx: Db, dates: { personId: string; key: string; at: Date }[]): Promise<void> {
  if (dates.length === 0) return;
  await rows(tx, `
    insert into person_date (person_id, key, at)
    select n.person_id, n.key, n.at from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as n (person_id, key, at)
    on conflict (person_id, key) do update set at = excluded.at where person_date.at <> excluded.at`,
    [dates.map((d) => d.personId), dates.map((d) => d.key), dates.map((d) => d.at)]);
}

export async function addTags(tx: Db, tags: { personId: string; tag: string; at: Date }[]): Promise<{ personId: string; tag: string }[]> {
  if (tags.length === 0) return [];
  return rows(tx, `
    insert into person_tag (person_id, tag, added_at)
    select t.person_id, t.tag, min(t.at) from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as t (person_id, tag, at) group by t.person_id, t.tag
    on conflict (person_id, tag) do nothing returning person_id as "personId", tag`, [tags.map((t) => t.personId), tags.map((t) => t.tag), tags.map((t) => t.at)]);
}

export async function removeTags(tx: Db, tags: { personId: string; tag: string }[]): Promise<{ personId: string; tag: string }[]> {
  if (tags.length === 0) return [];
  return rows(tx, `
    delete from person_tag as t using unnest($1::uuid[], $2::text[]) as gone (person_id, tag)
     where t.person_id = gone.person_id and t.tag = gone.tag returning t.person_id as "personId", t.tag`, [tags.map((t) => t.personId), tags.map((t) => t.tag)]);
}

/** Locks people in id order, as every writer does, so that none is merged or erased meanwhile; answers who is there. */
export async function lockPeople(tx: Db, personIds: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(tx, 'select p.id from person as p where p.id = any($1::uuid[]) order by p.id for no key update', [uuids(personIds)]);
  return found.map(({ id }) => id);
}
