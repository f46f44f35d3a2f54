import { Injectable } from '@nestjs/common';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { BuildService } from '../build.service.js';

/** Builds new and edited segments, one page a round, so that changes keep flowing between pages. */
@Injectable()
export class BuildWorker extends Worker {
  readonly name = 'segments.build';

  constructor(private readonly builds: BuildService, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const done = await this.builds.advance();
    if (done > 0) this.runner.wake('campaigns.entry');
    return { done };
  }
}
