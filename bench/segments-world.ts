import type { DataSource } from 'typeorm';
import { rows, type Db } from '../src/platform/database/db.js';
import { keepPartitions } from '../src/platform/database/prepare-db.js';

export const DAY = 86_400_000;
const EVENTS_EACH = 20;
const PIECE = 50_000;
/** What is built again after a load, so that the load does not keep it up to date row by row. */
const INDEXES = ['event_person_name', 'event_name_time'];

/** The id of a person by number; numbers go up with ids, as those of people who came one after the other. */
export const idOf = (i: string): string => `('018f0000-0000-7000-8000-' || lpad(to_hex(${i}), 12, '0'))::uuid`;
/** A number in (0, 1) that depends on nothing but its arguments. */
const chance = (of: string, salt: number) => `(((hashint8extended(${of}, ${salt}) & 1048575) + 1) / 1048577.0::float8)`;

/**
 * People with 20 events each on average over 85 days, some of them very busy, more of it lately; the same for every run but for
 * `now`. Tables and indexes are the product's own, durable; only the order (rows first, two indexes after) is that of a restore.
 */
export async function populate(db: DataSource, from: number, to: number, now: Date): Promise<void> {
  for (const days of [0, 31, 62, 93]) await keepPartitions(db, new Date(now.getTime() - days * DAY));
  const definitions = await rows<{ text: string }>(db, `select pg_get_indexdef(c.oid) as text from pg_class as c where c.relname = any($1::text[])`, [INDEXES]);
  for (const index of INDEXES) await rows(db, `drop index ${index}`);
  const pieces = Array.from({ length: Math.ceil((to - from) / PIECE) }, (_, piece) => [from + piece * PIECE, Math.min(to, from + (piece + 1) * PIECE)] as const);
  const lane = async () => {
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) await insertPiece(db, ...piece, now);
  };
  await Promise.all([lane(), lane()]);
  const build = async (sql: string) => db.transaction(async (tx) => {
    await rows(tx, `set local maintenance_work_mem = '1GB'`);
    await rows(tx, sql.replace(' ON ONLY ', ' ON '));
  });
  for (const { text } of definitions) await build(text);
  for (const table of ['person', 'person_tag', 'person_date', 'person_identity', 'event']) await rows(db, `vacuum analyze ${table}`);
}

async function insertPiece(db: Db, from: number, to: number, now: Date): Promise<void> {
  const people = `generate_series($1::bigint, $2::bigint - 1) as i`;
  await rows(db, `
    insert into person (id, external_id, kind, email, attributes, signed_up_at, first_seen_at, last_seen_at, created_at, updated_at)
    select ${idOf('i')}, 'bench-' || i, 'user', 'p' || i || '@example.com',
           jsonb_build_object('plan', (array['free','free','free','team','pro'])[1 + (i % 5)], 'name', 'Person ' || i, 'age', 18 + i % 60, 'city', 'City ' || (floor((${chance('i', 7)}) ^ 3 * 200))::int), s.at, s.at, $3::timestamptz, s.at, s.at
      from ${people}, lateral (select $3::timestamptz - ${chance('i', 1)} * interval '300 days' as at) as s`, [from, to, now]);
  await rows(db, `insert into person_identity (kind, value, person_id, linked_at) select 'user_id', 'bench-' || i, ${idOf('i')}, $3::timestamptz from ${people}`, [from, to, now]);
  await rows(db, `insert into person_tag (person_id, tag, added_at) select ${idOf('i')}, 'vip', $3::timestamptz from ${people} where i % 20 = 0`, [from, to, now]);
  // Everybody was brought in at one instant: three days of it end at one instant too.
  await rows(db, `insert into person_date (person_id, key, at) select ${idOf('i')}, 'brought_in', $3::timestamptz - interval '2 days 23 hours' from ${people}`, [from, to, now]);
  await rows(db, `
    insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
    select gen_random_uuid(), ${idOf('i')}, 'track', case when e.kind < 0.5 then 'login' when e.kind < 0.95 then 'view' else 'purchase' end, jsonb_build_object('amount', (e.kind * 1000)::int % 100), e.at, e.at, 'bench'
      from ${people},
           lateral generate_series(1, least(2000, 1 + floor(-ln(${chance('i', 2)}) * ${EVENTS_EACH - 1})::int)) as n,
           lateral (select ${chance('i * 4096 + n', 3)} as kind, $3::timestamptz - (${chance('i * 4096 + n', 4)}) ^ 1.5 * interval '85 days' as at) as e`, [from, to, now]);
}
