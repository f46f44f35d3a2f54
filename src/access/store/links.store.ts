import { row, type Db } from '../../platform/database/db.js';

export interface LinkRow {
  kind: 'setup' | 'invite';
  userId: string | null;
  expiresAt: Date;
  usedAt: Date | null;
}

export async function insertLink(db: Db, link: { tokenHash: string; kind: 'setup' | 'invite'; userId: string | null; expiresAt: Date }, now: Date): Promise<void> {
  await db.query(`
    insert into one_time_link (token_hash, kind, user_id, created_at, expires_at)
    values ($1, $2, $3, $4::timestamptz, $5::timestamptz)`, [link.tokenHash, link.kind, link.userId, now, link.expiresAt]);
}

export function findLink(db: Db, tokenHash: string, kind: 'setup' | 'invite'): Promise<LinkRow | null> {
  return row<LinkRow>(db, `
    select l.kind, l.user_id as "userId", l.expires_at as "expiresAt", l.used_at as "usedAt"
      from one_time_link as l where l.token_hash = $1 and l.kind = $2`, [tokenHash, kind]);
}

/** Uses a link up; false when it was used, or ran out, in the meantime. */
export async function spendLink(db: Db, tokenHash: string, now: Date): Promise<boolean> {
  const spent = await row(db, `
    update one_time_link as l set used_at = $2::timestamptz
     where l.token_hash = $1 and l.used_at is null and l.expires_at > $2::timestamptz
    returning l.token_hash`, [tokenHash, now]);
  return spent !== null;
}

/** A new invite replaces the person's earlier ones. */
export async function deleteInvitesOf(db: Db, userId: string): Promise<void> {
  await db.query(`delete from one_time_link as l where l.user_id = $1 and l.kind = 'invite' and l.used_at is null`, [userId]);
}

export async function deleteExpiredSetupLinks(db: Db, now: Date): Promise<void> {
  await db.query(`delete from one_time_link as l where l.kind = 'setup' and l.used_at is null and l.expires_at <= $1::timestamptz - interval '30 days'`, [now]);
}
