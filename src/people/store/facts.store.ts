import { newId } from '../../kernel/ids.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { HistoryRow } from '../domain/attribute-fold.js';
import type { WriteContext } from '../domain/person-write.js';
import type { JsonValue } from '../domain/json.js';
import { uuids } from './arrays.js';
import { appendHistory } from './attribute.store.js';

/** What became true of a person, under a reserved key (`$list:ID`, `$consent:CHANNEL:TOPIC`); null: it is no more. */
export interface Fact { personId: string; key: string; value: JsonValue | null }

/** Facts as rows of the history: true from the moment they are written. */
export const factRows = (facts: readonly Fact[], now: Date): HistoryRow[] => facts.map((fact) => ({ ...fact, at: now, lastAt: now, id: newId() }));

/**
 * Keeps facts in the history and announces them with one `person_change` row, in the transaction that made them true. Wake
 * `segments.membership` after commit.
 */
export async function recordFacts(tx: Db, facts: readonly Fact[], context: WriteContext): Promise<void> {
  if (facts.length === 0) return;
  await appendHistory(tx, factRows(facts, context.now), context);
  await announce(tx, [...new Set(facts.map(({ personId }) => personId))], [...new Set(facts.map(({ key }) => key.slice(1)))], context.now);
}

/** Tells the other modules that something changed that is neither attribute, event nor tag: `list:ID`, `topic:KEY`. */
export async function announce(tx: Db, personIds: readonly string[], keys: readonly string[], now: Date): Promise<void> {
  await rows(tx, `insert into person_change (kind, at, person_ids, other_keys) values ('changed', $1::timestamptz, $2::uuid[], $3::text[])`, [now, uuids(personIds), keys]);
}

/** What somebody becomes in a batch. */
export interface Raise { id: string; kind: string; externalId: string | null }

/**
 * Keeps the kinds and external ids that are about to change. The first change also keeps what was true until then, dated to
 * when the person was made; of people whose kind never changed nothing is kept. Call it before the change.
 */
export async function recordRaises(tx: Db, raises: readonly Raise[], { now, source }: WriteContext): Promise<void> {
  if (raises.length === 0) return;
  await rows(tx, `
    with changed as materialized (
      select r.id, v.key, v.before, v.after, v.first_id, v.next_id, p.created_at
        from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[]) as r (id, kind, external_id, id1, id2, id3, id4)
        join person as p on p.id = r.id
       cross join lateral (values ('$kind', p.kind, r.kind, r.id1, r.id2), ('$external_id', p.external_id, r.external_id, r.id3, r.id4)) as v (key, before, after, first_id, next_id)
       where v.before is distinct from v.after)
    insert into attribute_history (person_id, key, at, id, value, last_at, source, recorded_at)
    select c.id, c.key, c.created_at, c.first_id, to_jsonb(c.before), c.created_at, $8, c.created_at from changed as c
     where not exists (select 1 from attribute_history as h where h.person_id = c.id and h.key = c.key and h.from_id is null)
    union all
    select c.id, c.key, $9::timestamptz, c.next_id, to_jsonb(c.after), $9::timestamptz, $8, $9::timestamptz from changed as c`,
    [uuids(raises.map(({ id }) => id)), raises.map(({ kind }) => kind), raises.map(({ externalId }) => externalId), ...[1, 2, 3, 4].map(() => uuids(raises.map(() => newId()))), source, now]);
}
