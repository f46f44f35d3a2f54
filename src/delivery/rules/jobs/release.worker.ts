import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { hasRelease, releaseWaiting } from '../store/rules.store.js';

const BATCH = 5_000;

/** After a rule of pacing was changed: what waits for it falls due now and is judged by the rule as it is, in bounded steps. */
@Injectable()
export class ReleaseWorker extends Worker {
  readonly name = 'delivery.release';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (!(await hasRelease(this.db))) return { done: 0 };
    const done = await inTransaction(this.db, (tx) => releaseWaiting(tx, BATCH, this.clock.now()));
    if (done > 0) for (const worker of ['delivery.email', 'delivery.in_app']) this.runner.wake(worker);
    return { done };
  }
}
