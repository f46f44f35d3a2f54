import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { actorName, AuditLog, type AuditEntry } from '../platform/audit.js';
import type { LastChange } from '../kernel/errors.js';
import type { Db } from '../platform/database/db.js';
import { findLastChange, insertEntry, listEntries, type AuditFilter, type NamedRow } from './store/audit.store.js';

@Injectable()
export class StoredAuditLog extends AuditLog {
  constructor(private readonly db: DataSource) {
    super();
  }

  async record(db: Db, entry: AuditEntry, now: Date): Promise<void> {
    await insertEntry(db, { at: now, actor: actorName(entry.actor), action: entry.action, subject: entry.subject, detail: entry.detail ?? {} });
  }

  lastChange(db: Db, subject: string, actions: readonly string[]): Promise<LastChange | null> {
    return findLastChange(db, subject, actions);
  }

  /** The newest entry first; `before` is the last id of the page before. */
  list(asked: AuditFilter, before: string | null, limit: number): Promise<NamedRow[]> {
    return listEntries(this.db, asked, before, limit);
  }
}
