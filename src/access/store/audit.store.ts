import { rows, type Db } from '../../platform/database/db.js';

export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

export async function insertEntry(db: Db, entry: Omit<AuditRow, 'id'>): Promise<void> {
  await db.query(`
    insert into audit_entry (at, actor, action, subject, detail)
    values ($1::timestamptz, $2, $3, $4, $5::jsonb)`, [entry.at, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail)]);
}

/** The newest entry first; `before` is the last id of the page before. */
export function listEntries(db: Db, before: string | null, limit: number): Promise<AuditRow[]> {
  return rows<AuditRow>(db, `
    select a.id::text as id, a.at, a.actor, a.action, a.subject, a.detail
      from audit_entry as a
     where $1::bigint is null or a.id < $1::bigint
     order by a.id desc limit $2`, [before, limit]);
}
