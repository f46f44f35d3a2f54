import { Injectable } from '@nestjs/common';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { REVIEW_WORKER, VerdictReviews } from '../reviews.service.js';

/** Goes through the opens and clicks of a period step by step. A step that was cut off is done again and changes nothing twice. */
@Injectable()
export class VerdictReviewWorker extends Worker {
  readonly name = REVIEW_WORKER;

  constructor(private readonly reviews: VerdictReviews) {
    super();
  }

  async runOnce(): Promise<Round> {
    const examined = await this.reviews.step();
    // The step that finds nothing more ends the review; another may wait behind it.
    return { done: examined === null ? 0 : Math.max(1, examined) };
  }
}
