import { row, rows, type Db } from '../../../platform/database/db.js';
import { vaultOf } from '../../../platform/secrets/vault.js';

export type SecretKind = 'shared' | 'ed25519';
/** A secret as it is shown: never its value. */
export interface SecretRecord { id: string; kind: SecretKind; name: string; hint: string; createdBy: string; createdAt: Date; revokedAt: Date | null }

const COLUMNS = 's.id, s.kind, s.name, s.hint, s.created_by as "createdBy", s.created_at as "createdAt", s.revoked_at as "revokedAt"';

/** Active ones first, then the newest; revoked ones stay as a record. */
export const listSecrets = (db: Db): Promise<SecretRecord[]> =>
  rows<SecretRecord>(db, `select ${COLUMNS} from identity_secret as s order by s.revoked_at is not null, s.created_at desc, s.id limit 100`);

/** What active secrets prove with. */
export async function activeSecrets(db: Db): Promise<{ kind: SecretKind; value: string }[]> {
  const stored = await rows<{ id: string; kind: SecretKind; value: string }>(db, 'select s.id, s.kind, s.value from identity_secret as s where s.revoked_at is null order by s.created_at, s.id');
  return stored.map(({ id, kind, value }) => ({ kind, value: vaultOf(db).open('identity_secret.value', id, value) }));
}

export async function insertSecret(tx: Db, secret: { id: string; kind: SecretKind; name: string; value: string; hint: string; createdBy: string }, now: Date): Promise<SecretRecord> {
  const value = await vaultOf(tx).seal(tx, 'identity_secret.value', secret.id, secret.value);
  return (await row<SecretRecord>(tx, `
    insert into identity_secret as s (id, kind, name, value, hint, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7::timestamptz) returning ${COLUMNS}`,
    [secret.id, secret.kind, secret.name, value, secret.hint, secret.createdBy, now]))!;
}

/** Forgets the value of an active secret; null when it is not active. */
export const revokeSecret = (tx: Db, id: string, now: Date): Promise<SecretRecord | null> =>
  row<SecretRecord>(tx, `update identity_secret as s set revoked_at = $2::timestamptz, value = null where s.id = $1::uuid and s.revoked_at is null returning ${COLUMNS}`, [id, now]);

export const loadSecret = (db: Db, id: string): Promise<SecretRecord | null> => row<SecretRecord>(db, `select ${COLUMNS} from identity_secret as s where s.id = $1::uuid`, [id]);
