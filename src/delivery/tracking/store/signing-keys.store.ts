import { rows, type Db } from '../../../platform/database/db.js';
import type { SigningKey } from '../link-token.js';

/** Keys that still verify, newest first; the first signs. */
export function loadSigningKeys(db: Db): Promise<SigningKey[]> {
  return rows<SigningKey>(db, `select k.id, k.secret from signing_key as k where k.retired_at is null order by k.id desc`);
}

/** Adds a key unless `onlyFirst` and there is one already: processes that start together agree on one. */
export async function addSigningKey(tx: Db, secret: Buffer, now: Date, { onlyFirst }: { onlyFirst: boolean }): Promise<void> {
  await rows(tx, `lock table signing_key in share row exclusive mode`);
  await rows(tx, `
    insert into signing_key (secret, created_at)
    select $1, $2::timestamptz where not $3::boolean or not exists (select from signing_key as k where k.retired_at is null)`, [secret, now, onlyFirst]);
}

export interface KeyAge { id: number; createdAt: Date }

/** The keys in use without their secrets, newest first. */
export function listSigningKeys(db: Db): Promise<KeyAge[]> {
  return rows<KeyAge>(db, `select k.id, k.created_at as "createdAt" from signing_key as k where k.retired_at is null order by k.id desc`);
}

/** Retires a key unless it is the newest, under the lock that {@link addSigningKey} takes. */
export async function retireSigningKey(tx: Db, id: number, now: Date): Promise<'retired' | 'unknown' | 'newest'> {
  await rows(tx, `lock table signing_key in share row exclusive mode`);
  const keys = await listSigningKeys(tx);
  if (!keys.some((key) => key.id === id)) return 'unknown';
  if (keys[0]!.id === id) return 'newest';
  await rows(tx, `update signing_key as k set retired_at = $2::timestamptz where k.id = $1 and k.retired_at is null`, [id, now]);
  return 'retired';
}
