import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { lapseOver, nextLeaseEnd, purgeClaims } from '../store/claims.store.js';

const BATCH = 1_000;

/** Takes back slots of leases that are over, so that caps and the list of live rules tell the truth, and forgets old claims. */
@Injectable()
export class DisplaysWorker extends Worker {
  readonly name = 'campaigns.displays';

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const done = await inTransaction(this.db, async (tx) => (await lapseOver(tx, null, BATCH, now)) + (await purgeClaims(tx, BATCH, now)));
    return done > 0 ? { done } : { done, next: await nextLeaseEnd(this.db) };
  }
}
