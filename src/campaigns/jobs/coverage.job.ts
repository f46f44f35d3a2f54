import { Injectable } from '@nestjs/common';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { Coverage } from '../lifecycle/coverage.service.js';

/** Looks at the messages of drafts for their whole audience, one page a round. */
@Injectable()
export class CoverageWorker extends Worker {
  readonly name = 'campaigns.coverage';

  constructor(private readonly coverage: Coverage) {
    super();
  }

  async runOnce(): Promise<Round> {
    return { done: await this.coverage.advance() };
  }
}
