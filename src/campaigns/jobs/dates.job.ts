import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { minuteOf } from '../domain/next-due.js';
import { dateTick, nextDateEntry } from '../engine/dates.js';
import { eachApart } from './apart.js';
import { dueTicks, hasTicks } from '../store/date-entry.store.js';

/** Lets people in by dates of theirs, once a minute: entry times are whole minutes in every zone. */
@Injectable()
export class DatesWorker extends Worker {
  readonly name = 'campaigns.dates';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (!(await hasTicks(this.db))) return { done: 0, next: null };
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const behind = await dueTicks(this.db, minuteOf(moment.now));
    const done = await eachApart(behind.map((tick) => tick.versionId), (id) => inTransaction(this.db, (tx) => dateTick(tx, id, moment)), (entered) => {
      if (entered > 0) this.runner.wake('campaigns.advance');
    });
    return { done, next: await nextDateEntry(this.db, moment) };
  }
}
