import { rows, type Db } from '../../../platform/database/db.js';
import type { IdentityFault } from '../../../kernel/identity.js';

export interface UnprovenCount { keyId: string; origin: string; reason: IdentityFault; seen: number; lastUser: string }
export interface UnprovenRecord extends UnprovenCount { day: string; lastAt: Date }

/** Rows of a day: more origins than that are counted together, because any page may invent one. */
const MOST_ROWS = 500;
const KEPT_DAYS = 30;

/** Adds to the counts of the day, in the order of their keys so that two requests never wait for each other. */
export async function countUnproven(db: Db, counts: readonly UnprovenCount[], now: Date): Promise<void> {
  const sorted = [...counts].sort((a, b) => keyText(a).localeCompare(keyText(b)));
  await rows(db, `
    with gone as (delete from unproven_identity as old where old.day < ($6::timestamptz at time zone 'UTC')::date - ${KEPT_DAYS}),
         full_day as (select count(*) >= ${MOST_ROWS} as is_full from unproven_identity as u where u.day = ($6::timestamptz at time zone 'UTC')::date)
    insert into unproven_identity as u (day, key_id, origin, reason, seen, last_at, last_user)
    select ($6::timestamptz at time zone 'UTC')::date, n.key_id, case when f.is_full then '…' else n.origin end, n.reason, sum(n.seen), $6::timestamptz, max(n.last_user)
      from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[]) as n (key_id, origin, reason, seen, last_user) cross join full_day as f
     group by n.key_id, 3, n.reason
     order by n.key_id, 3, n.reason
    on conflict (day, key_id, origin, reason) do update set seen = u.seen + excluded.seen, last_at = excluded.last_at, last_user = excluded.last_user`,
    [sorted.map((c) => c.keyId), sorted.map((c) => c.origin), sorted.map((c) => c.reason), sorted.map((c) => c.seen), sorted.map((c) => c.lastUser), now]);
}

const keyText = ({ keyId, origin, reason }: UnprovenCount): string => `${keyId}\n${origin}\n${reason}`;

/** The latest first. */
export function listUnproven(db: Db, limit: number): Promise<UnprovenRecord[]> {
  return rows<UnprovenRecord>(db, `
    select u.day::text as day, u.key_id as "keyId", u.origin, u.reason, u.seen, u.last_at as "lastAt", u.last_user as "lastUser"
      from unproven_identity as u order by u.last_at desc, u.key_id, u.origin, u.reason limit $1`, [limit]);
}
