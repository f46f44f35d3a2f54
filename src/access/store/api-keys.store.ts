import { row, rows, type Db } from '../../platform/database/db.js';
import type { KeyRole } from '../domain/roles.js';

export interface KeyRow {
  id: string;
  kind: 'server' | 'write';
  name: string;
  role: KeyRole;
  publicValue: string | null;
  allowedOrigins: string[];
  createdBy: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export interface NewKey {
  id: string;
  kind: 'server' | 'write';
  name: string;
  role: KeyRole;
  secretHash: string;
  publicValue: string | null;
  allowedOrigins: string[];
  createdBy: string;
}

const COLUMNS = `k.id, k.kind, k.name, k.role, k.public_value as "publicValue", k.allowed_origins as "allowedOrigins",
       k.created_by as "createdBy", k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"`;

export async function insertKey(db: Db, key: NewKey, now: Date): Promise<KeyRow> {
  const made = await row<KeyRow>(db, `
    insert into api_key as k (id, kind, name, role, secret_hash, public_value, allowed_origins, created_by, created_at)
    values ($1, $2, $3, $4, $5, $6, $7::text[], $8, $9::timestamptz)
    returning ${COLUMNS}`, [key.id, key.kind, key.name, key.role, key.secretHash, key.publicValue, key.allowedOrigins, key.createdBy, now]);
  return made!;
}

/** The newest key first; `before` is the last id of the page before (ids are time-ordered). */
export function listKeys(db: Db, before: string | null, limit: number): Promise<KeyRow[]> {
  return rows<KeyRow>(db, `select ${COLUMNS} from api_key as k where ($1::uuid is null or k.id < $1::uuid) order by k.id desc limit $2`, [before, limit]);
}

/** The usable key with this hash; also notes its use, at most once a minute. */
export async function useKey(db: Db, secretHash: string, now: Date): Promise<KeyRow | null> {
  const found = await row<KeyRow>(db, `select ${COLUMNS} from api_key as k where k.secret_hash = $1 and k.revoked_at is null`, [secretHash]);
  if (!found || (found.lastUsedAt && now.getTime() - found.lastUsedAt.getTime() < 60_000)) return found;
  await db.query(`
    update api_key as k set last_used_at = $2::timestamptz
     where k.id = $1 and (k.last_used_at is null or k.last_used_at <= $2::timestamptz - interval '1 minute')`, [found.id, now]);
  return found;
}

/** Revokes a key that is not revoked yet; null when there is none. */
export function revokeKey(db: Db, id: string, now: Date): Promise<KeyRow | null> {
  return row<KeyRow>(db, `update api_key as k set revoked_at = $2::timestamptz where k.id = $1 and k.revoked_at is null returning ${COLUMNS}`, [id, now]);
}

/** The key, as it stays until commit. */
export function lockKey(tx: Db, id: string): Promise<KeyRow | null> {
  return row<KeyRow>(tx, `select ${COLUMNS} from api_key as k where k.id = $1 for update`, [id]);
}

/** Sets the origins of a locked key. */
export async function saveOrigins(tx: Db, id: string, origins: readonly string[]): Promise<KeyRow> {
  return (await row<KeyRow>(tx, `update api_key as k set allowed_origins = $2::text[] where k.id = $1 returning ${COLUMNS}`, [id, origins]))!;
}

export function loadKey(db: Db, id: string): Promise<KeyRow | null> {
  return row<KeyRow>(db, `select ${COLUMNS} from api_key as k where k.id = $1`, [id]);
}
