import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { NEWS } from '../../../people/store/news.store.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { expireUnseen, nextExpiry } from '../store/inbox.store.js';

const BATCH = 2_000;

/** Settles in-app messages that expired before anybody saw them, so that they do not count as in progress for ever. */
@Injectable()
export class InboxExpiryWorker extends Worker {
  readonly name = 'delivery.inbox_expiry';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await nextExpiry(this.db);
    if (next === null || next > now) return { done: 0, next };
    const done = await inTransaction(this.db, (tx) => expireUnseen(tx, BATCH, now));
    if (done > 0) this.runner.wake(NEWS);
    return done > 0 ? { done } : { done, next: await nextExpiry(this.db) };
  }
}
