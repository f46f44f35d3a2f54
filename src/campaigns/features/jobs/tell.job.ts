import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { loadWorkspace } from '../../../platform/workspace.js';
import { eachApart } from '../../jobs/apart.js';
import { featuresToTell } from '../store/askers.store.js';
import { tellSome } from '../tell.js';

/** Tells people that what they asked for is there: those who asked before it was shipped, and whoever asks later. */
@Injectable()
export class TellWorker extends Worker {
  readonly name = 'campaigns.features';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const waiting = await featuresToTell(this.db);
    if (waiting.length === 0) return { done: 0 };
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const done = await eachApart(waiting.map(({ key }) => key), (key) => tellSome(this.db, key, moment), (told) => {
      if (told > 0) this.runner.wake('campaigns.advance');
    });
    return { done };
  }
}
