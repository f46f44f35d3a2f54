import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { nextDue } from '../store/experiments.store.js';
import { Verdicts } from '../verdicts.service.js';

/** Looks at running tests, hourly while something changes, and at their read-outs. */
@Injectable()
export class VerdictsWorker extends Worker {
  readonly name = 'analytics.verdicts';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly verdicts: Verdicts) {
    super();
  }

  async runOnce(): Promise<Round> {
    const due = await nextDue(this.db);
    if (due === null || due > this.clock.now()) return { done: 0, next: due };
    // Without one to take, another process is at it.
    return (await this.verdicts.lookAtNext()) ? { done: 1, next: await nextDue(this.db) } : { done: 0 };
  }
}
