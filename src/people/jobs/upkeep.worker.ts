import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { purgeSourceDeliveries } from '../sources/store/source-deliveries.store.js';
import { foldTallies, purgeImportRejections, purgeReceipts, purgeRejections } from '../store/upkeep.store.js';

const TALLIES_EVERY_MS = 10 * 60_000;
const PURGE_EVERY_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** How long a messageId is remembered: longer than any published client keeps an event for a retry. */
const RECEIPTS_DAYS = 30;
const REJECTIONS_DAYS = 7;
const IMPORT_REJECTIONS_DAYS = 30;
const SOURCE_BODIES_DAYS = 7;

/** Forgets old receipts and refusals, and folds counts together. Housekeeping is never due, so it names no moment. */
@Injectable()
export class PeopleUpkeep extends Worker {
  readonly name = 'people.upkeep';
  private foldedAt = -Infinity;
  private purgedAt = -Infinity;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const gone = now.getTime() - this.purgedAt < PURGE_EVERY_MS ? 0 : await this.purge(now);
    if (gone > 0) return { done: gone };
    if (now.getTime() - this.foldedAt >= TALLIES_EVERY_MS) {
      await foldTallies(this.db);
      this.foldedAt = now.getTime();
    }
    return { done: 0 };
  }

  /** One bounded step; how many rows went. */
  private async purge(now: Date): Promise<number> {
    const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
    const gone = (await purgeReceipts(this.db, daysAgo(RECEIPTS_DAYS))) + (await purgeRejections(this.db, daysAgo(REJECTIONS_DAYS))) + (await purgeImportRejections(this.db, daysAgo(IMPORT_REJECTIONS_DAYS))) + (await purgeSourceDeliveries(this.db, daysAgo(SOURCE_BODIES_DAYS)));
    if (gone === 0) this.purgedAt = now.getTime();
    return gone;
  }
}
