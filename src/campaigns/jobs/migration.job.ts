import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NEWS } from '../../people/store/news.store.js';
import { Clock } from '../../kernel/clock.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { migrateBatch } from '../engine/migrate.js';
import { openMigrations, type Migration } from '../store/migrations.store.js';
import { eachApart } from './apart.js';

/** Small, because nobody enters any campaign while a batch holds the entry lock. */
const BATCH = 1_000;

/** Somebody who can not be moved now (being merged or erased) is looked at again after this time. */
const AGAIN_MS = 5_000;

/** Moves people in flight to the version that was published, a batch of each migration at a time; each transaction is all or nothing. */
@Injectable()
export class MigrationWorker extends Worker {
  readonly name = 'campaigns.migration';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog) {
    super();
  }

  async runOnce(): Promise<Round> {
    const open = await openMigrations(this.db);
    if (open.length === 0) return { done: 0, next: null };
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    let left = false;
    const done = await eachApart(open, async (id) => {
      const round = await inTransaction(this.db, async (tx) => {
        const told = await migrateBatch(tx, id, BATCH, moment);
        if (told.finished) await this.tell(tx, told.finished, moment.now);
        return told;
      });
      left ||= round.open;
      return round.moved;
    }, (moved) => {
      if (moved > 0) for (const worker of ['campaigns.advance', NEWS]) this.runner.wake(worker);
    });
    return { done, next: left ? new Date(moment.now.getTime() + AGAIN_MS) : null };
  }

  /** Who chose is in the entry of the publishing; this one says what came of it. */
  private tell(tx: Db, { campaignId, number, people, kept, migrated, restarted, drained, ended, refused }: Migration, now: Date): Promise<void> {
    return this.audit.record(tx, { actor: 'system', action: 'campaign.migrate', subject: `campaign:${campaignId}`, detail: { version: number, people, kept, migrated, restarted, drained, ended, refused } }, now);
  }
}
