import { Injectable } from '@nestjs/common';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { MembershipService } from '../membership.service.js';

/** Follows changes and the clock. Woken by ingestion, by its alarm at the next boundary, and by the poll. */
@Injectable()
export class MembershipWorker extends Worker {
  readonly name = 'segments.membership';

  constructor(private readonly membership: MembershipService, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const step = await this.membership.advance();
    if (!step) return { done: 0, next: null };
    if (step.changes + step.flips > 0) this.runner.wake('campaigns.entry');
    if (step.rebuilds > 0) this.runner.wake('segments.build');
    return { done: step.changes + step.flips + (step.behind ? 1 : 0), next: step.next };
  }
}
