import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SENDERS } from '../../delivery/sending/store/deliveries.store.js';
import { Clock } from '../../kernel/clock.js';
import { inPeopleTransaction } from '../../people/people-writer.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { advanceBatch } from '../engine/advance.js';
import { eachApart } from './apart.js';
import { dueCampaigns, nextDue } from '../store/enrollments.store.js';

const BATCH = 2_000;

/** Moves due runs through their steps, a batch of one campaign at a time; each transaction is all or nothing. */
@Injectable()
export class AdvanceWorker extends Worker {
  readonly name = 'campaigns.advance';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await nextDue(this.db);
    if (next === null || next > now) return { done: 0, next };
    const due = await dueCampaigns(this.db, now);
    const zone = due.length > 0 ? (await loadWorkspace(this.db)).timeZone : 'UTC';
    const done = await eachApart(due, (campaignId) => inPeopleTransaction(this.db, (tx) => advanceBatch(tx, { campaignId, limit: BATCH, now, zone })), (moved) => {
      if (moved === 0) return;
      for (const worker of [...SENDERS, 'segments.membership']) this.runner.wake(worker);
    });
    return done > 0 ? { done } : { done, next: await nextDue(this.db) };
  }
}
