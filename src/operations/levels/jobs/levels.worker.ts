import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { anyHandedOver, countedUntil, countHandovers, lockWalk, moveWalk } from '../store/levels.store.js';

const EVERY_MS = 60_000;
/** Settlements are written in batches; what is written later than this (after a crash) is in no number. */
const LATE_MS = 30_000;
/** After a longer rest only so much is counted. */
const MOST_MS = 24 * 3_600_000;

/**
 * Counts once a minute how soon e-mails were handed over. One process counts; place and numbers move in one transaction, so that nothing is counted
 * twice. Where nothing was sent, nothing is written, and the next look begins at the same place.
 */
@Injectable()
export class LevelsWorker extends Worker {
  readonly name = 'operations.levels';
  private lookAt = -Infinity;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (now.getTime() < this.lookAt) return { done: 0 };
    this.lookAt = now.getTime() + EVERY_MS;
    const to = new Date(now.getTime() - LATE_MS);
    const known = await countedUntil(this.db);
    const start = new Date(to.getTime() - MOST_MS);
    const from = known !== null && known > start ? known : start;
    if (from >= to || !(await anyHandedOver(this.db, from, to))) return { done: 0 };
    const done = await inTransaction(this.db, async (tx) => {
      const until = await lockWalk(tx, start);
      if (until === null || until >= to) return 0;
      const counted = await countHandovers(tx, until > start ? until : start, to);
      if (counted > 0) await moveWalk(tx, to);
      return counted;
    });
    return { done };
  }
}
