import { row, rows, type Db } from '../platform/database/db.js';
import { deriveColumns, personDates } from './domain/derived.js';
import type { PersonKind } from './domain/identity-plan.js';
import type { JsonValue } from './domain/json.js';
import { isReservedKey, RESERVED_PATTERN } from './domain/reserved-keys.js';
import { keptSpan } from './domain/seen.js';
import type { PersonSnapshot } from './people.store.js';

/** A person as we knew them at a moment: nothing that was recorded, or came by a merge, later than that. */
export interface PastPerson extends PersonSnapshot {
  at: Date;
  firstSeenAt: Date;
  lastSeenAt: Date;
  createdAt: Date;
  /** What `person_date` held. */
  dates: Map<string, Date>;
  /** Values of reserved keys (`$tag:…`, `$list:…`, `$consent:…`), removed ones left out. */
  reserved: Map<string, { value: JsonValue; at: Date }>;
}

interface Present { externalId: string | null; kind: PersonKind; createdAt: Date; firstSeenAt: Date; lastSeenAt: Date }

/** When recording of this person began; null when there is no such person. */
export async function recordedSince(db: Db, id: string): Promise<Date | null> {
  return (await row<{ at: Date }>(db, 'select p.created_at as at from person as p where p.id = $1::uuid', [id]))?.at ?? null;
}

/** The person as of `at`; null when there is none now. Exact from `recordedSince` on. */
export async function loadPastPerson(db: Db, id: string, at: Date): Promise<PastPerson | null> {
  const present = await row<Present>(db, `
    select p.external_id as "externalId", p.kind, p.created_at as "createdAt", p.first_seen_at as "firstSeenAt", p.last_seen_at as "lastSeenAt" from person as p where p.id = $1::uuid`, [id]);
  if (!present) return null;
  const { attributes, reserved, said } = await loadValues(db, id, at);
  const columns = deriveColumns(attributes);
  const seen = (await loadSeen(db, id, at)) ?? { first: present.firstSeenAt, last: present.lastSeenAt };
  // Kept from their first change on: without a row they are what they always were.
  const text = (key: string, always: string | null): string | null => (said.has(key) ? ((reserved.get(key)?.value ?? null) as string | null) : always);
  return {
    id, at, ...columns, attributes, reserved, createdAt: present.createdAt, firstSeenAt: seen.first, lastSeenAt: seen.last,
    externalId: text('$external_id', present.externalId), kind: text('$kind', present.kind) as PersonKind, dates: personDates(attributes, columns.signedUpAt),
  };
}

/**
 * The latest row of each key by the order of the history (store/attribute.store.ts). Reserved keys say what was done, in the
 * order in which we did it; what a merge brings of them is written anew for the survivor.
 */
async function loadValues(db: Db, id: string, at: Date): Promise<Pick<PastPerson, 'attributes' | 'reserved'> & { said: ReadonlySet<string> }> {
  const found = await rows<{ key: string; value: JsonValue; at: Date }>(db, `
    select distinct on (h.key) h.key, h.value, h.at
      from (select o.*, o.key ~ $3 as reserved from attribute_history as o where o.person_id = $1::uuid and o.recorded_at <= $2::timestamptz) as h
     where case when h.reserved then h.from_id is null
                else h.from_id is null or exists (select 1 from person_merge as m where m.from_id = h.from_id and m.at <= $2::timestamptz) end
     order by h.key, (h.from_id is null) desc, case when h.reserved then h.recorded_at end desc, h.last_at desc, h.id desc`, [id, at, RESERVED_PATTERN]);
  const kept = found.filter(({ value }) => value !== null);
  return {
    attributes: Object.fromEntries(kept.filter((one) => !isReservedKey(one.key)).map(({ key, value }) => [key, value])),
    reserved: new Map(kept.filter(({ key }) => isReservedKey(key)).map((one) => [one.key, { value: one.value, at: one.at }])),
    said: new Set(found.map(({ key }) => key)),
  };
}

/**
 * When they had been seen: from the events, and for whoever was made without one (by hand, by an import) from the time given
 * then. Each person merged by then counts like the person.
 */
async function loadSeen(db: Db, id: string, at: Date): Promise<{ first: Date; last: Date } | null> {
  const span = await row<{ first: Date | null; last: Date | null }>(db, `
    with origin as (
      select null::uuid as id, p.created_at as made from person as p where p.id = $1::uuid
      union all
      select m.from_id, (select min(h.recorded_at) from attribute_history as h where h.person_id = $1::uuid and h.from_id = m.from_id)
        from person_merge as m where m.into_id = $1::uuid and m.at <= $2::timestamptz),
    seen as (
      select o.id, o.made, min(e.occurred_at) as first, max(e.occurred_at) as last, min(e.received_at) as received
        from origin as o left join event as e on e.person_id = $1::uuid and e.from_id is not distinct from o.id and e.received_at <= $2::timestamptz
       group by o.id, o.made),
    made as (
      select coalesce((select min(h.at) from attribute_history as h where h.person_id = $1::uuid and h.from_id is not distinct from s.id and h.recorded_at = s.made), s.made) as at
        from seen as s where s.received is null or s.received > s.made)
    select least(min(s.first), (select min(m.at) from made as m)) as first, greatest(max(s.last), (select max(m.at) from made as m)) as last from seen as s`, [id, at]);
  return span?.first && span.last ? keptSpan({ first: span.first, last: span.last }) : null;
}
