import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { forgetIdle } from '../store/rates.store.js';

const EVERY_MS = 6 * 3_600_000;
const IDLE_MS = 24 * 3_600_000;

/** Forgets the rates of relays and recipient domains that nobody has written to for a day; any process, any number of times. */
@Injectable()
export class IdleRatesWorker extends Worker {
  readonly name = 'delivery.idle_rates';
  private next: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (this.next === null || now >= this.next) {
      await forgetIdle(this.db, new Date(now.getTime() - IDLE_MS));
      this.next = new Date(now.getTime() + EVERY_MS);
    }
    return { done: 0 };
  }
}
