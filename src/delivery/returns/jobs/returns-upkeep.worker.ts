import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { forgetInbound } from '../store/inbound-events.store.js';

const EVERY_MS = 3_600_000;
const BATCH = 1_000;

/** Keeps what came back from growing for ever: words of old reports go, later the reports themselves. */
@Injectable()
export class ReturnsUpkeepWorker extends Worker {
  readonly name = 'delivery.returns-upkeep';
  private nextAt: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    if (this.nextAt !== null && now < this.nextAt) return { done: 0 };
    const done = await forgetInbound(this.db, now, BATCH);
    // More than one statement took may be there.
    this.nextAt = done >= BATCH ? null : new Date(now.getTime() + EVERY_MS);
    return { done };
  }
}
