import { Injectable } from '@nestjs/common';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { RollupsService } from '../rollups.service.js';

/**
 * Works off whose results may have changed. Nothing wakes it but the look of each second: what happens to one person within
 * a second is then counted once, and the results page adds by itself what is not worked off yet.
 */
@Injectable()
export class RollupWorker extends Worker {
  readonly name = 'analytics.rollups';

  constructor(private readonly rollups: RollupsService) {
    super();
  }

  async runOnce(): Promise<Round> {
    return { done: (await this.rollups.work()) ? 1 : 0 };
  }
}
