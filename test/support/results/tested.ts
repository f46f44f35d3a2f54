import { expect } from '@jest/globals';
import { goalsOfTest, reactionMillis } from '../../../src/analytics/domain/count-plan.js';
import { CountPlans } from '../../../src/analytics/plans.js';
import { Counters } from '../../../src/analytics/verdicts/counter.js';
import { cohortOf } from '../../../src/analytics/verdicts/look-at.js';
import { accountCounts } from '../../../src/analytics/verdicts/reads/accounts.read.js';
import { experimentCounts } from '../../../src/analytics/verdicts/reads/counts.read.js';
import { accountReactions, reactionCells } from '../../../src/analytics/verdicts/reads/reactions.read.js';
import { testedOf } from '../../../src/analytics/verdicts/store/experiments.store.js';
import { inTransaction, rows } from '../../../src/platform/database/db.js';
import type { TestApp } from '../app.js';

/** Zones whose weeks end in the middle of an hour of UTC, and at its end. */
const ZONES = ['Asia/Seoul', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns'];
const byArm = <T extends { variant: string }>(cells: readonly T[]) => cells.toSorted((a, b) => (a.variant < b.variant ? -1 : 1));

/**
 * What verdicts count by kept rows is what the ledger says, cell by cell: every goal and the reactions of every planned experiment, in several zones, and at moments at which
 * somebody has just matured, or will in a millisecond. @returns how many numbers of people were compared
 */
export async function expectVerdictCounts(app: TestApp, campaignId: string, now: Date): Promise<number> {
  let compared = 0;
  await inTransaction(app.db, async (tx) => {
    await rows(tx, 'set transaction isolation level repeatable read, read only');
    const counter = await new Counters(new CountPlans()).of(tx, campaignId, now, false);
    for (const [place, tested] of (await testedOf(tx, campaignId)).entries()) {
      const { plan } = tested;
      const cohort = cohortOf(tested);
      const some = await rows<{ at: Date }>(tx, 'select a.assigned_at as at from assignment as a where a.experiment_id = $1 order by md5(a.person_id::text) limit 6', [plan.experimentId]);
      for (const goal of goalsOfTest(plan.goal, tested)) {
        const moments = [now, ...some.flatMap(({ at }) => [0, 1].map((more) => new Date(at.getTime() + goal.windowMillis + more)))];
        for (const [turn, at] of moments.entries()) {
          const question = { cohort, goal, cap: plan.caps[goal.key] ?? null, now: at, zone: ZONES[(turn + place) % ZONES.length]! };
          const counted = await experimentCounts(tx, question);
          expect([goal.key, at, question.zone, await counter.counts(question)]).toEqual([goal.key, at, question.zone, counted]);
          if (tested.account !== null) expect(await counter.accounts(question)).toEqual(await accountCounts(tx, question));
          compared += counted.reduce((sum, { matured }) => sum + matured, 0);
        }
      }
      for (const at of [now, ...some.map((one) => new Date(one.at.getTime() + reactionMillis(plan.goal)))]) {
        const question = { cohort, reactionMillis: reactionMillis(plan.goal), now: at };
        expect(byArm(await counter.reactions(question))).toEqual(byArm(await reactionCells(tx, question)));
        if (tested.account !== null) expect(await counter.accountReactions(question)).toEqual(await accountReactions(tx, question));
      }
    }
  });
  return compared;
}
