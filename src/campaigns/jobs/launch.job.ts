import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SENDERS } from '../../delivery/sending/store/deliveries.store.js';
import { Clock } from '../../kernel/clock.js';
import { inPeopleTransaction } from '../../people/people-writer.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { launchNext } from '../engine/launch.js';
import { eachApart } from './apart.js';
import { dueLaunches, firstLaunch, nextLaunch } from '../store/launches.store.js';

const PAGE = 2_000;

/** Takes in the people a launch meant, page by page. */
@Injectable()
export class LaunchWorker extends Worker {
  readonly name = 'campaigns.launch';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const first = await firstLaunch(this.db);
    if (first === null || first > now) return { done: 0, next: first };
    const due = await dueLaunches(this.db, now);
    const zone = due.length > 0 ? (await loadWorkspace(this.db)).timeZone : 'UTC';
    // A page of each, so that a small launch does not stand behind a large one.
    const done = await eachApart(due, (id) => inPeopleTransaction(this.db, (tx) => launchNext(tx, id, PAGE, { now, zone })), (taken) => {
      if (taken === 0) return;
      for (const worker of ['campaigns.ramps', 'campaigns.advance', 'segments.membership', ...SENDERS]) this.runner.wake(worker);
    });
    return done > 0 ? { done } : { done, next: await nextLaunch(this.db, now) };
  }
}
