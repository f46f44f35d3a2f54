import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { applyNotices } from '../apply-notices.js';
import { endOfReading, endOfTrouble, LEASE_MS } from '../domain/ending.js';
import { RETURN_READERS, ReviewNeeded, type ReturnReader } from '../readers.js';
import { claimInbound, nextInbound, settleInbound, type InboundEvent } from '../store/inbound-events.store.js';

/** Few: the raw reports of a batch are in memory together, and one may have 10 MB. */
const BATCH = 8;

/** Reads what came back and lets it change deliveries, addresses and consents. Reports are rows; nothing is lost with the process. */
@Injectable()
export class ReturnsWorker extends Worker {
  readonly name = 'delivery.returns';
  private readonly readers: ReadonlyMap<string, ReturnReader>;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log, @Inject(RETURN_READERS) readers: ReturnReader[]) {
    super();
    this.readers = new Map(readers.map((reader) => [reader.source, reader]));
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const claimed = await claimInbound(this.db, BATCH, { now, until: new Date(now.getTime() + LEASE_MS) });
    for (const event of claimed) await this.handle(event, now);
    if (claimed.length === 0) return { done: 0, next: await nextInbound(this.db) };
    this.runner.wake('segments.membership');
    return { done: claimed.length };
  }

  private async handle(event: InboundEvent, now: Date): Promise<void> {
    try {
      const reader = this.readers.get(event.source);
      if (!reader) throw new ReviewNeeded(`Nothing here reads reports of "${event.source}".`);
      const notices = await reader.read(event);
      await inTransaction(this.db, async (tx) => {
        const applied = await applyNotices(tx, notices, now);
        await settleInbound(tx, { id: event.id, now, ...endOfReading(applied, event, now) });
      });
    } catch (error) {
      if (!(error instanceof ReviewNeeded)) this.log.warn({ err: error, report: event.id, attempts: event.attempts }, 'a report about sent messages could not be read');
      const end = error instanceof ReviewNeeded ? { state: 'review' as const, detail: error.message, nextAt: null } : endOfTrouble(error, event, now);
      await settleInbound(this.db, { id: event.id, now, notices: [], ...end });
    }
  }
}
