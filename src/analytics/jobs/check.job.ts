import { Injectable } from '@nestjs/common';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { CheckService } from '../check.service.js';

/** Compares results with the ledger at night, or when somebody asked for it; one campaign a round. */
@Injectable()
export class CheckWorker extends Worker {
  readonly name = 'analytics.check';

  constructor(private readonly checks: CheckService) {
    super();
  }

  async runOnce(): Promise<Round> {
    return { done: (await this.checks.checkDue()) ? 1 : 0 };
  }
}
