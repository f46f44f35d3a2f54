import { Injectable } from '@nestjs/common';
import { Worker, type Round } from '../../platform/jobs/worker.js';
import { RollupsService } from '../rollups.service.js';

/** A round that left nothing is followed by a rest of so many times its length, at most {@link LONGEST_REST_MS}: few people of many campaigns cost nearly as much as many. */
const REST = 4;
const LONGEST_REST_MS = 2_000;

/**
 * Works off whose results may have changed. Nothing wakes it but the look of each second: what happens to one person within
 * a second is then counted once, and the results page adds by itself what is not worked off yet. With campaigns that always
 * have something to count it takes about a fifth of one connection's time.
 */
@Injectable()
export class RollupWorker extends Worker {
  readonly name = 'analytics.rollups';

  constructor(private readonly rollups: RollupsService) {
    super();
  }

  async runOnce(): Promise<Round> {
    const began = performance.now();
    if (await this.rollups.work()) return { done: 1 };
    return { done: 0, rest: Math.min(LONGEST_REST_MS, REST * (performance.now() - began)) };
  }
}
