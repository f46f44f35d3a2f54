import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { eachApart } from '../../jobs/apart.js';
import { Canaries } from '../canaries.service.js';
import { dueChecks } from '../store/canaries.store.js';

/** Each canary is asked about in each live campaign so often. */
const EVERY_MS = 10 * 60_000;
/** Asked about in one round: about a second. */
const ROUND = 20;

/** Asks explain about canary people, one by one. Two processes may ask about the same one; what the first wrote stays. */
@Injectable()
export class CanariesWorker extends Worker {
  readonly name = 'campaigns.canaries';

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly canaries: Canaries) {
    super();
  }

  async runOnce(): Promise<Round> {
    const due = new Map((await dueChecks(this.db, new Date(this.clock.now().getTime() - EVERY_MS), ROUND)).map((one) => [`${one.campaignId} ${one.personId}`, one]));
    return { done: await eachApart([...due.keys()], async (key) => { await this.canaries.check(due.get(key)!); return 1; }, () => {}) };
  }
}
