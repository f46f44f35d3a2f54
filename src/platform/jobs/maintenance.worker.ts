import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { inTransaction } from '../database/db.js';
import { ensurePartitions } from '../database/prepare-db.js';
import { Worker, type Round } from './worker.js';

const EVERY_MS = 6 * 3_600_000;
const MAINTENANCE_LOCK = 7_305_005;

/** Keeps the months ahead partitioned in a process that runs for months; a start does the same. */
@Injectable()
export class MaintenanceWorker extends Worker {
  readonly name = 'platform.maintenance';
  private next: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (this.next !== null && now < this.next) return { done: 0, next: this.next };
    await inTransaction(this.db, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [MAINTENANCE_LOCK]);
      await ensurePartitions(tx, now);
    });
    this.next = new Date(now.getTime() + EVERY_MS);
    return { done: 0, next: this.next };
  }
}
