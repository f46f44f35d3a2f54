import { Injectable } from '@nestjs/common';
import type { Db } from '../platform/database/db.js';
import { ObservedCounts, type Observed } from '../platform/observed-counts.js';
import { loadWorkspace } from '../platform/workspace.js';
import { armInputs } from './domain/experiment-counts.js';
import { isRate } from './domain/statistics/outcome.js';
import { cohortOf } from './verdicts/look-at.js';
import { Counters } from './verdicts/counter.js';
import { findTested } from './verdicts/store/experiments.store.js';

/** Counts the people of a verdict, and what they did so far. */
@Injectable()
export class VerdictObservedCounts extends ObservedCounts {
  constructor(private readonly counters: Counters) {
    super();
  }

  async observe(db: Db, experimentId: string, now: Date): Promise<Observed | null> {
    const tested = await findTested(db, experimentId);
    if (!tested) return null;
    const { plan } = tested;
    // As if every window had passed: nobody has to have had all of theirs for what counts here.
    const later = new Date(now.getTime() + plan.goal.windowMillis);
    const { counts } = await this.counters.of(db, plan.campaignId, now, true);
    const cells = await counts({ cohort: cohortOf(tested), goal: plan.goal, cap: plan.caps[plan.goal.key] ?? null, now: later, zone: (await loadWorkspace(db)).timeZone });
    return { direction: plan.direction, arms: armInputs(plan, cells).map(({ key, outcome }) => ({ key, people: outcome.n, total: isRate(outcome) ? outcome.x : outcome.sum })) };
  }
}
