import { Injectable } from '@nestjs/common';
import { AuditLog, type AuditEntry } from '../platform/audit.js';
import type { Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { insertEntry } from './store/audit.store.js';

/** The name of an actor as kept in rows: `user:0193…`, `server_key:0193…`, `system`. */
export const actorName = (actor: Actor | 'system' | 'setup'): string => (typeof actor === 'string' ? actor : `${actor.kind}:${actor.id}`);

@Injectable()
export class StoredAuditLog extends AuditLog {
  async record(db: Db, entry: AuditEntry, now: Date): Promise<void> {
    await insertEntry(db, { at: now, actor: actorName(entry.actor), action: entry.action, subject: entry.subject, detail: entry.detail ?? {} });
  }
}
