import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { settleBatch } from '../engine/settle.js';

const NEWS = 200;

/** Works off what segments settled: who enters, whose run ends, who has waited enough. */
@Injectable()
export class EntryWorker extends Worker {
  readonly name = 'campaigns.entry';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const done = await inTransaction(this.db, (tx) => settleBatch(tx, NEWS, moment));
    if (done > 0) this.runner.wake('campaigns.advance');
    return { done };
  }
}
