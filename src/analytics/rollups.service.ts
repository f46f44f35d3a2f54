import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { inTransaction, rows, type Db } from '../platform/database/db.js';
import { CountPlans } from './plans.js';
import { recount } from './store/cells.store.js';
import { beginGoals, changeGoals, loadGoals, nextByGoals } from './store/goals.store.js';
import { nameGoals } from './store/goal-names.store.js';
import { duePeople, hasWork, noteWorked, takeMarks, takeTurn, whomMarksMean, type Marked } from './store/marks.store.js';

/** People of one round: some thousand, so that a kill repeats little and nobody waits long for a plan of a statement. */
const PEOPLE = 4_000;

/**
 * Keeps what each person adds to the results of each campaign, and the sums, equal to the ledger. A round takes marks and
 * moves the cells in one transaction: killed at any moment, it has done both or neither.
 */
@Injectable()
export class RollupsService {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly plans: CountPlans) {}

  /** @returns whether there is more to do at once */
  async work(): Promise<boolean> {
    const now = this.clock.now();
    if (!(await hasWork(this.db, now))) return false;
    return inTransaction(this.db, async (tx) => {
      if (!(await takeTurn(tx))) return false;
      // Statements over some thousand people are over before they would be compiled.
      await rows(tx, 'set local jit = off');
      const { marks, full } = await takeMarks(tx, PEOPLE);
      const meant = await whomMarksMean(tx, marks);
      const due = await duePeople(tx, now, PEOPLE);
      add(meant, due);
      const byGoals = await nextByGoals(tx, PEOPLE);
      if (byGoals) add(meant, new Map([[byGoals.campaignId, new Set(byGoals.personIds)]]));
      let goes = full || byGoals !== null || [...due.values()].reduce((sum, people) => sum + people.size, 0) === PEOPLE;
      for (const [campaignId, people] of meant) goes = (await this.count(tx, campaignId, [...people], now)) || goes;
      if (!goes) await noteWorked(tx, now);
      return goes;
    });
  }

  /** @returns whether everybody of the campaign has to be counted again from now on */
  private async count(tx: Db, campaignId: string, personIds: readonly string[], now: Date): Promise<boolean> {
    const { plan, timeZone } = await this.plans.load(tx, campaignId);
    const goals = await loadGoals(tx, campaignId);
    if (!goals) await beginGoals(tx, campaignId, plan.digest);
    const isEdited = goals !== null && goals.digest !== plan.digest;
    if (!goals || isEdited) await nameGoals(tx, plan);
    if (isEdited) await changeGoals(tx, campaignId, plan.digest, now);
    for (let from = 0; from < personIds.length; from += PEOPLE) await recount(tx, plan, personIds.slice(from, from + PEOPLE), { now, timeZone });
    return isEdited;
  }
}

function add(meant: Marked, more: Marked): void {
  for (const [campaignId, people] of more) meant.set(campaignId, new Set([...(meant.get(campaignId) ?? []), ...people]));
}
