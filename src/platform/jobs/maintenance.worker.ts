import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { keepPartitions } from '../database/prepare-db.js';
import { Worker, type Round } from './worker.js';

const EVERY_MS = 6 * 3_600_000;

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
    await keepPartitions(this.db, now);
    this.next = new Date(now.getTime() + EVERY_MS);
    return { done: 0, next: this.next };
  }
}
