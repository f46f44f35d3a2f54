import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { lapseOver, nextLeaseEnd, purgeClaims } from '../store/claims.store.js';

const BATCH = 1_000;
const PURGE_EVERY_MS = 60 * 60_000;

/** Takes back slots of leases that are over, so that caps and the list of live rules tell the truth, and forgets old claims. */
@Injectable()
export class DisplaysWorker extends Worker {
  readonly name = 'campaigns.displays';
  private purgeAt: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await nextLeaseEnd(this.db);
    const over = next !== null && next <= now;
    if (!over && this.purgeAt !== null && now < this.purgeAt) return { done: 0, next };
    const done = await inTransaction(this.db, async (tx) => (await lapseOver(tx, null, BATCH, now)) + (await purgeClaims(tx, BATCH, now)));
    if (done > 0) return { done };
    this.purgeAt = new Date(now.getTime() + PURGE_EVERY_MS);
    return { done, next: await nextLeaseEnd(this.db) };
  }
}
