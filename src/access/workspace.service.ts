import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { loadWorkspace, type Workspace } from '../platform/workspace.js';
import { upsertWorkspace } from './store/workspace.store.js';

/** The installation's own settings. */
@Injectable()
export class Workspaces {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  load(): Promise<Workspace> {
    return loadWorkspace(this.db);
  }

  update(change: Partial<Workspace>, actor: Actor): Promise<Workspace> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      await upsertWorkspace(tx, change, now);
      await this.audit.record(tx, { actor, action: 'workspace.update', subject: 'workspace', detail: { changed: Object.keys(change) } }, now);
      return loadWorkspace(tx);
    });
  }
}
