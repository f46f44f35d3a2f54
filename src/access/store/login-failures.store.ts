import { rows, type Db } from '../../platform/database/db.js';

/**
 * Counts one try for each key before the password is looked at, so that tries made at once cannot slip under the limit.
 * Answers the tries in the window that began at or after `windowStart`, in the order of the keys.
 */
export async function countTries(db: Db, keyHashes: readonly string[], now: Date, windowStart: Date): Promise<number[]> {
  await db.query(`
    delete from login_failure as f
     where f.key_hash in (select o.key_hash from login_failure as o where o.since < $1::timestamptz limit 1000 for update skip locked)`, [windowStart]);
  const counted = await rows<{ keyHash: string; failures: number }>(db, `
    insert into login_failure as f (key_hash, failures, since)
    select k.key_hash, 1, $2::timestamptz from unnest($1::text[]) as k (key_hash) order by k.key_hash
    on conflict (key_hash) do update
      set failures = case when f.since < $3::timestamptz then 1 else f.failures + 1 end,
          since = case when f.since < $3::timestamptz then excluded.since else f.since end
    returning f.key_hash as "keyHash", f.failures`, [keyHashes, now, windowStart]);
  const byKey = new Map(counted.map((entry) => [entry.keyHash, entry.failures]));
  return keyHashes.map((key) => byKey.get(key) ?? 0);
}

/** What was right clears what was held against it. */
export const forgetTries = (db: Db, keyHash: string): Promise<unknown> => db.query('delete from login_failure as f where f.key_hash = $1', [keyHash]);

/** A good sign-in clears what was held against the pair and takes its own try back from the address. */
export async function forgiveTries(db: Db, pairHash: string, addressHash: string): Promise<void> {
  await forgetTries(db, pairHash);
  await db.query('update login_failure as f set failures = f.failures - 1 where f.key_hash = $1 and f.failures > 0', [addressHash]);
}
