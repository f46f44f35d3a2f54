import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { Lifecycle } from '../lifecycle/lifecycle.service.js';
import { earliestClosing, unfinishedClosings } from '../store/closing.store.js';

/** The request that stopped a campaign has this long to finish by itself. */
const GRACE_MS = 60_000;

/** Finishes the stopping of campaigns whose process died in the middle of it. */
@Injectable()
export class ClosingWorker extends Worker {
  readonly name = 'campaigns.closing';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly lifecycle: Lifecycle) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const due = await this.nextClosing();
    if (due === null || due > now) return { done: 0, next: due };
    const left = await unfinishedClosings(this.db, new Date(now.getTime() - GRACE_MS));
    for (const id of left) await this.lifecycle.close(id);
    return { done: left.length, next: await this.nextClosing() };
  }

  private async nextClosing(): Promise<Date | null> {
    const earliest = await earliestClosing(this.db);
    return earliest && new Date(earliest.getTime() + GRACE_MS);
  }
}
