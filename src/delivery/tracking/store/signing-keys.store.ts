import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import { keyIdOf } from '../../../platform/secrets/sealing.js';
import { vaultOf } from '../../../platform/secrets/vault.js';
import type { SigningKey } from '../link-token.js';

/** Keys that still verify, newest first; the first signs. */
export async function loadSigningKeys(db: Db): Promise<SigningKey[]> {
  const stored = await rows<SigningKey>(db, `select k.id, k.secret from signing_key as k where k.retired_at is null order by k.id desc`);
  return stored.map(({ id, secret }) => ({ id, secret: opened(db, id, secret) }));
}

/** Sealed text as bytes; what an earlier release wrote are the 32 bytes themselves. */
function opened(db: Db, id: number, stored: Buffer): Buffer {
  const text = stored.toString('latin1');
  return keyIdOf(text) !== null ? Buffer.from(vaultOf(db).open('signing_key.secret', String(id), text), 'base64url') : stored;
}

/** Adds a key unless `onlyFirst` and there is one already: processes that start together agree on one. */
export async function addSigningKey(tx: Db, secret: Buffer, now: Date, { onlyFirst }: { onlyFirst: boolean }): Promise<void> {
  await rows(tx, `lock table signing_key in share row exclusive mode`);
  if (onlyFirst && (await exists(tx, 'select from signing_key as k where k.retired_at is null'))) return;
  const { id } = (await row<{ id: string }>(tx, `select nextval(pg_get_serial_sequence('signing_key', 'id')) as id`))!;
  const sealed = await vaultOf(tx).seal(tx, 'signing_key.secret', id, secret.toString('base64url'));
  await rows(tx, 'insert into signing_key (id, secret, created_at) overriding system value values ($1, $2, $3::timestamptz)', [id, Buffer.from(sealed), now]);
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
