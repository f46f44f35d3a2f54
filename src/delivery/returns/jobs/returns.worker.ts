import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { applyNotices } from '../apply-notices.js';
import { endOfDeaths, endOfReading, endOfTrouble, endWith, LEASE_MS, type Ending } from '../domain/ending.js';
import { apart, type ReadReport } from '../report-groups.js';
import { RETURN_READERS, ReviewNeeded, type ReturnReader } from '../readers.js';
import { claimInbound, nextInbound, settleInbound, type InboundEvent } from '../store/inbound-events.store.js';

/** A round takes so many reports, and so much of them: they are in memory together, and one may have 10 MB. */
const BATCH = { limit: 250, bytes: 8 * 1024 * 1024 };

/**
 * Reads what came back and lets it change deliveries, addresses and consents. Reports are rows; nothing is lost with the process.
 * Those of a round are one transaction; when it fails, each has its own, so that one does not hold up the others.
 */
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
    const next = await nextInbound(this.db);
    if (next === null || next > now) return { done: 0, next };
    const claimed = await claimInbound(this.db, BATCH, { now, until: new Date(now.getTime() + LEASE_MS) });
    if (claimed.length === 0) return { done: 0, next: await nextInbound(this.db) };
    const read: ReadReport[] = [];
    for (const event of claimed) {
      const notices = await this.read(event, now);
      if (notices) read.push({ event, notices });
    }
    for (const group of apart(read)) await this.settleTogether(group, now);
    this.runner.wake('segments.membership');
    return { done: claimed.length };
  }

  /** What a report says; null when it could not be read, which is written. */
  private async read(event: InboundEvent, now: Date): Promise<ReadReport['notices'] | null> {
    try {
      const dead = endOfDeaths(event.begun);
      if (dead) {
        await this.settle(event, dead, now);
        return null;
      }
      const reader = this.readers.get(event.source);
      if (!reader) throw new ReviewNeeded(`Nothing here reads reports of "${event.source}".`);
      return await reader.read(event);
    } catch (error) {
      await this.fail(event, error, now);
      return null;
    }
  }

  private async settleTogether(group: readonly ReadReport[], now: Date): Promise<void> {
    try {
      await inTransaction(this.db, async (tx) => {
        const applied = await applyNotices(tx, group.flatMap(({ notices }) => notices), now);
        let from = 0;
        const ends = group.map(({ event, notices }) => ({ id: event.id, ...endOfReading(applied.slice(from, (from += notices.length)), event, now) }));
        await settleInbound(tx, ends, now);
      });
    } catch (error) {
      if (group.length === 1) await this.fail(group[0]!.event, error, now);
      else for (const one of group) await this.settleTogether([one], now);
    }
  }

  private async fail(event: InboundEvent, error: unknown, now: Date): Promise<void> {
    if (error instanceof ReviewNeeded) return this.settle(event, endWith('review', error.message), now);
    this.log.warn({ err: error, report: event.id, attempts: event.attempts }, 'a report about sent messages could not be read');
    await this.settle(event, endOfTrouble(error, event, now), now);
  }

  private settle({ id }: InboundEvent, end: Ending, now: Date): Promise<void> {
    return settleInbound(this.db, [{ id, ...end }], now);
  }
}
