import { rows, type Db } from '../../platform/database/db.js';
import type { SigningKey } from '../links/link-token.js';

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

/** Makes links signed with a key invalid from now on. */
export async function retireSigningKey(db: Db, id: number, now: Date): Promise<boolean> {
  const found = await rows(db, `update signing_key as k set retired_at = $2::timestamptz where k.id = $1 and k.retired_at is null returning k.id`, [id, now]);
  return found.length > 0;
}
