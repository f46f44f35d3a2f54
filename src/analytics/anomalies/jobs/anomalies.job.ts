import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { judgeEntrants } from '../domain/rule.js';
import { closeOthers, countEntrants, entrantsBefore, lastLook, openNote, takeLook } from '../store/anomalies.store.js';

const HOUR_MS = 3_600_000;
/** After an hour its sums have so long to be brought up to date. */
const GRACE_MS = 10 * 60_000;

/**
 * Looks once an hour whether campaigns take as many people as the weeks before let expect. One transaction: killed, it leaves nothing and is done again. It reads kept sums alone, but of a
 * campaign that looks unusual the one day from the ledger.
 */
@Injectable()
export class AnomaliesWorker extends Worker {
  readonly name = 'analytics.anomalies';
  /** The last look this process knows of: until the next hour it need not ask. */
  private known: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const end = new Date(Math.floor((now.getTime() - GRACE_MS) / HOUR_MS) * HOUR_MS);
    if (this.known !== null && this.known >= end) return { done: 0 };
    this.known = await lastLook(this.db);
    if (this.known !== null && this.known >= end) return { done: 0 };
    return { done: (await this.look(end, now)) ? 1 : 0 };
  }

  private look(end: Date, now: Date): Promise<boolean> {
    return inTransaction(this.db, async (tx) => {
      if (!(await takeLook(tx, end))) return false;
      const unusual: string[] = [];
      for (const [campaignId, entrants] of await entrantsBefore(tx, end)) {
        if (!judgeEntrants(entrants)) continue;
        const seen = await countEntrants(tx, campaignId, end);
        const anomaly = judgeEntrants({ ...entrants, seen });
        if (!anomaly) continue;
        unusual.push(campaignId);
        await openNote(tx, campaignId, { ...anomaly, seen, end }, now);
      }
      await closeOthers(tx, unusual, now);
      return true;
    });
  }
}
