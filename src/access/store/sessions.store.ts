import { row, type Db } from '../../platform/database/db.js';
import type { Role } from '../domain/roles.js';

export interface SessionRow {
  userId: string;
  email: string;
  name: string;
  role: Role;
  /** The role may not do without a second factor, and there is none yet. */
  lacksFactor: boolean;
  createdAt: Date;
  lastSeenAt: Date;
}

export async function insertSession(db: Db, session: { tokenHash: string; userId: string; userAgent: string; expiresAt: Date }, now: Date): Promise<void> {
  await db.query(`
    insert into session (token_hash, user_id, created_at, last_seen_at, expires_at, user_agent)
    values ($1, $2, $3::timestamptz, $3::timestamptz, $4::timestamptz, $5)`, [session.tokenHash, session.userId, now, session.expiresAt, session.userAgent]);
}

/** The session and its user, if both are still good. */
export function findSession(db: Db, tokenHash: string, now: Date): Promise<SessionRow | null> {
  return row<SessionRow>(db, `
    select u.id as "userId", u.email, u.name, u.role, s.created_at as "createdAt",
           coalesce((select w.settings -> 'secondFactorRoles' ? u.role from workspace as w where w.id = 1), false)
             and not exists (select from second_factor as f where f.user_id = u.id and f.confirmed_at is not null) as "lacksFactor",
           s.last_seen_at as "lastSeenAt"
      from session as s join app_user as u on u.id = s.user_id
     where s.token_hash = $1 and s.expires_at > $2::timestamptz and u.disabled_at is null`, [tokenHash, now]);
}

export async function touchSession(db: Db, tokenHash: string, expiresAt: Date, now: Date): Promise<void> {
  await db.query('update session as s set last_seen_at = $2::timestamptz, expires_at = $3::timestamptz where s.token_hash = $1 and s.last_seen_at < $2::timestamptz', [tokenHash, now, expiresAt]);
}

export async function deleteSession(db: Db, tokenHash: string): Promise<void> {
  await db.query('delete from session as s where s.token_hash = $1', [tokenHash]);
}

/** Signs a person out everywhere, except on the session given; sign-ins that wait for a code end too. */
export async function deleteSessionsOf(db: Db, userId: string, exceptHash: string | null): Promise<void> {
  await db.query('delete from session as s where s.user_id = $1 and ($2::text is null or s.token_hash <> $2)', [userId, exceptHash]);
  await db.query('delete from login_step as l where l.user_id = $1', [userId]);
}

export async function deleteExpiredSessions(db: Db, now: Date): Promise<void> {
  await db.query('delete from session as s where s.expires_at <= $1::timestamptz', [now]);
}
