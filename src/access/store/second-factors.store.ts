import { row, rows, type Db } from '../../platform/database/db.js';
import { vaultOf } from '../../platform/secrets/vault.js';

/** The secret of a colleague's app. It counts from its confirmation on. */
export interface Factor { id: string; userId: string; secret: string; lastStep: number; confirmedAt: Date | null }

type Stored = Omit<Factor, 'lastStep'> & { lastStep: string };
const COLUMNS = 'f.id, f.user_id as "userId", f.secret, f.last_step as "lastStep", f.confirmed_at as "confirmedAt"';
const opened = (db: Db, stored: Stored): Factor => ({ ...stored, secret: vaultOf(db).open('second_factor.secret', stored.id, stored.secret), lastStep: Number(stored.lastStep) });

export async function findFactor(db: Db, userId: string): Promise<Factor | null> {
  const stored = await row<Stored>(db, `select ${COLUMNS} from second_factor as f where f.user_id = $1`, [userId]);
  return stored && opened(db, stored);
}

/** Keeps a secret that waits for its confirmation, unless one is there already. */
export async function startFactor(tx: Db, factor: { id: string; userId: string; secret: string }, now: Date): Promise<void> {
  const secret = await vaultOf(tx).seal(tx, 'second_factor.secret', factor.id, factor.secret);
  await rows(tx, `
    insert into second_factor (id, user_id, secret, started_at) values ($1, $2, $3, $4::timestamptz) on conflict (user_id) do nothing`, [factor.id, factor.userId, secret, now]);
}

/** Uses a step up: false when it, or a later one, was used before. */
export async function useStep(tx: Db, id: string, step: number): Promise<boolean> {
  return (await row(tx, 'update second_factor as f set last_step = $2 where f.id = $1 and f.last_step < $2 returning f.id', [id, step])) !== null;
}

export async function confirmFactor(tx: Db, id: string, now: Date): Promise<boolean> {
  return (await row(tx, 'update second_factor as f set confirmed_at = $2::timestamptz where f.id = $1 and f.confirmed_at is null returning f.id', [id, now])) !== null;
}

/** Forgets secret, recovery codes and sign-ins under way; false when there was nothing confirmed. */
export async function deleteFactor(tx: Db, userId: string): Promise<boolean> {
  await rows(tx, 'delete from recovery_code as r where r.user_id = $1', [userId]);
  await rows(tx, 'delete from login_step as l where l.user_id = $1', [userId]);
  const gone = await row<{ confirmedAt: Date | null }>(tx, 'delete from second_factor as f where f.user_id = $1 returning f.confirmed_at as "confirmedAt"', [userId]);
  return gone?.confirmedAt != null;
}

/** Replaces all recovery codes of a person. */
export async function putRecoveryCodes(tx: Db, userId: string, hashes: readonly string[]): Promise<void> {
  await rows(tx, 'delete from recovery_code as r where r.user_id = $1', [userId]);
  await rows(tx, 'insert into recovery_code (user_id, code_hash) select $1, h.hash from unnest($2::text[]) as h (hash)', [userId, hashes]);
}

/** Uses a recovery code up; of two at once one wins. */
export async function useRecoveryCode(tx: Db, userId: string, hash: string, now: Date): Promise<boolean> {
  return (await row(tx, 'update recovery_code as r set used_at = $3::timestamptz where r.user_id = $1 and r.code_hash = $2 and r.used_at is null returning r.user_id', [userId, hash, now])) !== null;
}

export async function recoveryCodesLeft(db: Db, userId: string): Promise<number> {
  return (await row<{ count: number }>(db, 'select count(*)::int as count from recovery_code as r where r.user_id = $1 and r.used_at is null', [userId]))!.count;
}

/** A password was right; the code is asked for on the next page. */
export async function insertLoginStep(tx: Db, step: { tokenHash: string; userId: string; expiresAt: Date }, now: Date): Promise<void> {
  await rows(tx, 'delete from login_step as l where l.expires_at <= $1::timestamptz', [now]);
  await rows(tx, 'insert into login_step (token_hash, user_id, expires_at) values ($1, $2, $3::timestamptz)', [step.tokenHash, step.userId, step.expiresAt]);
}

/** Whose sign-in waits behind the token; null when it ran out, or the person may not sign in any more. */
export function findLoginStep(db: Db, tokenHash: string, now: Date): Promise<{ userId: string; email: string } | null> {
  return row(db, `
    select u.id as "userId", u.email from login_step as l join app_user as u on u.id = l.user_id
     where l.token_hash = $1 and l.expires_at > $2::timestamptz and u.disabled_at is null and u.password_hash is not null`, [tokenHash, now]);
}

export async function deleteLoginStepsOf(tx: Db, userId: string): Promise<void> {
  await rows(tx, 'delete from login_step as l where l.user_id = $1', [userId]);
}
