import { rows, type Db } from '../../../platform/database/db.js';
import type { Bucket } from '../domain/rate.js';

/** The empty domain is the relay as a whole. */
export interface RateKey { relayId: string; domain: string }
export interface LoweredRate { domain: string; rate: number; at: Date; because: string }
export type StoredBucket = Bucket & RateKey;

/** Lowered rates by relay, as they were at the last lowering. */
export async function lowered(db: Db): Promise<Map<string, LoweredRate[]>> {
  const found = await rows<LoweredRate & { relayId: string }>(
    db,
    `select r.relay_id as "relayId", r.domain, r.lowered_to as rate, r.lowered_at as at, coalesce(r.lowered_because, '') as because from relay_rate as r where r.lowered_to is not null order by r.relay_id, r.domain limit 1000`,
  );
  const by = new Map<string, LoweredRate[]>();
  for (const { relayId, ...each } of found) by.set(relayId, [...(by.get(relayId) ?? []), each]);
  return by;
}

/** Locks the buckets until the transaction ends, in one order for everybody; new ones are empty and fill from the moment before. */
export async function lockBuckets(tx: Db, keys: readonly RateKey[], now: Date): Promise<StoredBucket[]> {
  const values = [keys.map(({ relayId }) => relayId), keys.map(({ domain }) => domain)];
  await rows(
    tx,
    `insert into relay_rate (relay_id, domain, tokens, at, promised_until)
     select k.relay_id, k.domain, 0, $3::timestamptz - interval '1 hour', $3::timestamptz from unnest($1::text[], $2::text[]) as k (relay_id, domain) order by 1, 2
     on conflict (relay_id, domain) do nothing`,
    [...values, now],
  );
  const buckets = await rows<StoredBucket>(
    tx,
    `select r.relay_id as "relayId", r.domain, r.tokens, r.at, r.promised_until as "promisedUntil", r.lowered_to as "loweredTo", r.lowered_from as "loweredFrom", r.lowered_at as "loweredAt"
       from relay_rate as r join unnest($1::text[], $2::text[]) as k (relay_id, domain) on k.relay_id = r.relay_id and k.domain = r.domain
      order by r.relay_id, r.domain for update of r`,
    values,
  );
  // One that was there may have been forgotten just now.
  return buckets.length < keys.length ? lockBuckets(tx, keys, now) : buckets;
}

/** Writes what became of locked buckets. `because`: the words that lowered the rate; absent, they stay as long as it is lowered. */
export async function saveBuckets(tx: Db, buckets: readonly (StoredBucket & { because?: string })[]): Promise<void> {
  await rows(
    tx,
    `update relay_rate as r
        set tokens = b."tokens", at = b."at", promised_until = b."promisedUntil", lowered_to = b."loweredTo", lowered_from = b."loweredFrom", lowered_at = b."loweredAt",
            lowered_because = case when b."loweredTo" is not null then coalesce(b."because", r.lowered_because) end
       from jsonb_to_recordset($1::jsonb) as b("relayId" text, "domain" text, "tokens" double precision, "at" timestamptz, "promisedUntil" timestamptz, "loweredTo" double precision, "loweredFrom" double precision, "loweredAt" timestamptz, "because" text)
      where r.relay_id = b."relayId" and r.domain = b."domain"`,
    [JSON.stringify(buckets)],
  );
}

/** Gives back tokens that were leased and not used. */
export async function returnTokens(db: Db, relayId: string, tokens: number): Promise<void> {
  await rows(db, `update relay_rate as r set tokens = r.tokens + $2 where r.relay_id = $1 and r.domain = ''`, [relayId, tokens]);
}

/** Forgets buckets that nobody has used since: a full one is like none. A rate that was lowered longer ago than a day has risen again. */
export async function forgetIdle(db: Db, before: Date): Promise<void> {
  await rows(db, `delete from relay_rate as r where r.at < $1::timestamptz and r.promised_until < $1::timestamptz and (r.lowered_at is null or r.lowered_at < $1::timestamptz)`, [before]);
}
