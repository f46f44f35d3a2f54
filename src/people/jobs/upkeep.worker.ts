import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { ensurePartitions } from '../../platform/database/prepare-db.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { foldTallies, purgeImportRejections, purgeReceipts, purgeRejections } from '../store/upkeep.store.js';

const EVERY_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** How long a messageId is remembered: longer than any published client keeps an event for a retry. */
const RECEIPTS_DAYS = 30;
const REJECTIONS_DAYS = 7;
const IMPORT_REJECTIONS_DAYS = 30;

/** Forgets old receipts and refusals, folds counts together, and makes next month's partitions in good time. */
@Injectable()
export class PeopleUpkeep extends Worker {
  readonly name = 'people.upkeep';
  private ranAt = -Infinity;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (now.getTime() - this.ranAt < EVERY_MS) return { done: 0 };
    const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
    const gone = (await purgeReceipts(this.db, daysAgo(RECEIPTS_DAYS))) + (await purgeRejections(this.db, daysAgo(REJECTIONS_DAYS))) + (await purgeImportRejections(this.db, daysAgo(IMPORT_REJECTIONS_DAYS)));
    if (gone > 0) return { done: gone };
    await foldTallies(this.db);
    await ensurePartitions(this.db, now);
    this.ranAt = now.getTime();
    return { done: 0 };
  }
}
