import { rows, type Db } from '../../platform/database/db.js';
import type { Head, HistoryRow } from '../domain/attribute-fold.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import { RESERVED_PATTERN } from '../domain/reserved-keys.js';
import { instants, uuids } from './arrays.js';

const ORDER = '(h.from_id is null) desc, h.last_at desc, h.id desc';

/** The rows that give the current values of these (person, key) pairs. */
export async function loadHeads(tx: Db, persons: string[], keys: string[]): Promise<Head[]> {
  if (persons.length === 0) return [];
  return rows<Head>(tx, `
    select wanted.person_id as "personId", wanted.key, head.*
      from unnest($1::uuid[], $2::text[]) as wanted (person_id, key)
     cross join lateral (
       select h.value, h.at, h.last_at as "lastAt", h.id, h.from_id is null as own
         from attribute_history as h where h.person_id = wanted.person_id and h.key = wanted.key
        order by ${ORDER} limit 1) as head`, [uuids(persons), keys]);
}

/** Current attributes as the history gives them; needed only after a merge has joined two histories. */
export async function attributesFromHistory(tx: Db, persons: string[]): Promise<Map<string, JsonObject>> {
  if (persons.length === 0) return new Map();
  const found = await rows<{ personId: string; attributes: JsonObject }>(tx, `
    select head.person_id as "personId", coalesce(jsonb_object_agg(head.key, head.value) filter (where head.value is not null), '{}') as attributes
      from (select distinct on (h.person_id, h.key) h.person_id, h.key, h.value
              from attribute_history as h where h.person_id = any($1::uuid[]) and h.key !~ $2
             order by h.person_id, h.key, ${ORDER}) as head
     group by head.person_id`, [persons, RESERVED_PATTERN]);
  return new Map(found.map(({ personId, attributes }) => [personId, attributes]));
}

const jsonOrNull = (value: JsonValue | null): string | null => (value === null ? null : JSON.stringify(value));

export async function appendHistory(tx: Db, inserted: HistoryRow[], context: { now: Date; source: string }): Promise<void> {
  if (inserted.length === 0) return;
  await rows(tx, `
    insert into attribute_history (person_id, key, at, id, value, last_at, source, recorded_at)
    select r.person_id, r.key, r.at, r.id, r.value::jsonb, r.last_at, $7, $8::timestamptz
      from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::timestamptz[]) as r (person_id, key, at, id, value, last_at)`,
    [uuids(inserted.map((r) => r.personId)), inserted.map((r) => r.key), instants(inserted.map((r) => r.at)), uuids(inserted.map((r) => r.id)), inserted.map((r) => jsonOrNull(r.value)), instants(inserted.map((r) => r.lastAt)), context.source, context.now]);
}

export async function confirmHistory(tx: Db, confirmed: HistoryRow[]): Promise<void> {
  if (confirmed.length === 0) return;
  await rows(tx, `
    update attribute_history as h set last_at = greatest(h.last_at, r.last_at)
      from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::timestamptz[]) as r (person_id, key, at, id, last_at)
     where h.person_id = r.person_id and h.key = r.key and h.at = r.at and h.id = r.id`,
    [confirmed.map((r) => r.personId), confirmed.map((r) => r.key), confirmed.map((r) => r.at), confirmed.map((r) => r.id), confirmed.map((r) => r.lastAt)]);
}
