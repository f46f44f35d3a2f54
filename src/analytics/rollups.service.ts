import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { inTransaction, rows, type Db } from '../platform/database/db.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/tokens.js';
import { CountPlans } from './plans.js';
import { recount } from './store/cells.store.js';
import { foldMarks } from './store/fold.store.js';
import { beginGoals, changeGoals, loadGoals, nextByGoals } from './store/goals.store.js';
import { nameGoals } from './store/goal-names.store.js';
import { duePeople, hasWork, markPeople, noteWorked, takeMarks, takeTurn, whomMarksMean, type Marked } from './store/marks.store.js';

/**
 * People of one round: so that no statement is long, a kill repeats a second's work, and a process that lives no longer than that on a busy machine gets
 * on all the same.
 */
const PEOPLE = 4_000;
/** A campaign that can not be counted is tried again after so long; the others do not wait for it. */
const REST_MS = 60_000;

/**
 * Keeps what each person adds to the results of each campaign, and the sums, equal to the ledger. A round takes marks and
 * moves the cells in one transaction: killed at any moment, it has done both or neither.
 */
@Injectable()
export class RollupsService {
  /** Campaigns that could not be counted, and until when they rest. */
  private readonly resting = new Map<string, number>();
  /** Which kind of people comes first in the next round. */
  private first = 0;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly plans: CountPlans, @Inject(LOG) private readonly log: Log) {}

  hasWork(): Promise<boolean> {
    return hasWork(this.db, this.clock.now());
  }

  /** @returns whether there is more to do at once */
  async work(): Promise<boolean> {
    if (!(await this.hasWork())) return false;
    const now = this.clock.now();
    for (const [campaignId, until] of this.resting) if (until <= now.getTime()) this.resting.delete(campaignId);
    return inTransaction(this.db, async (tx) => {
      if (!(await takeTurn(tx))) return false;
      // Statements over some thousand people are over before they would be compiled.
      await rows(tx, 'set local jit = off');
      const folded = await foldMarks(tx, PEOPLE, [...this.resting.keys()]);
      if (folded === 'made') return true;
      const { meant, more } = await this.take(tx, now, folded === 'kept');
      let goes = more;
      for (const [campaignId, people] of meant) goes = (await this.countAlone(tx, campaignId, [...people], now)) || goes;
      if (!goes) await noteWorked(tx, now);
      return goes;
    });
  }

  /**
   * Whom to count in this round, about {@link PEOPLE}: who was marked (`folded`: of folded marks), whom the time has come for, and who has still
   * to be counted by edited goals. Each of these comes first in every third round, so none waits for another to end.
   */
  private async take(tx: Db, now: Date, folded: boolean): Promise<{ meant: Marked; more: boolean }> {
    const except = [...this.resting.keys()];
    const kinds: readonly ((limit: number) => Promise<{ people: Marked; full: boolean }>)[] = [
      async (limit) => {
        const { marks, full } = await takeMarks(tx, limit, { except, folded });
        return { people: await whomMarksMean(tx, marks), full: full || folded };
      },
      async (limit) => {
        const people = await duePeople(tx, now, limit, except);
        return { people, full: countOf(people) === limit };
      },
      async (limit) => {
        const next = await nextByGoals(tx, limit, except);
        return { people: next ? new Map([[next.campaignId, new Set(next.personIds)]]) : new Map(), full: next !== null };
      },
    ];
    const meant: Marked = new Map();
    let [left, more] = [PEOPLE, false];
    for (const kind of [...kinds.slice(this.first), ...kinds.slice(0, this.first)]) {
      if (left <= 0) {
        more = true;
        break;
      }
      const { people, full } = await kind(left);
      left -= countOf(people);
      more ||= full;
      add(meant, people);
    }
    this.first = (this.first + 1) % kinds.length;
    return { meant, more };
  }

  /** Counts people of one campaign; when that fails, the others go on, and these people are marked again. */
  private async countAlone(tx: Db, campaignId: string, personIds: readonly string[], now: Date): Promise<boolean> {
    if (this.resting.has(campaignId)) return markPeople(tx, campaignId, personIds).then(() => false);
    await rows(tx, 'savepoint campaign');
    try {
      const goes = await this.count(tx, campaignId, personIds, now);
      await rows(tx, 'release savepoint campaign');
      return goes;
    } catch (err) {
      await rows(tx, 'rollback to savepoint campaign');
      this.resting.set(campaignId, now.getTime() + REST_MS);
      this.log.error({ err, campaign: campaignId, people: personIds.length }, 'the results of a campaign can not be counted; they stay as they were and are tried again in a minute');
      await markPeople(tx, campaignId, personIds);
      return false;
    }
  }

  /** @returns whether everybody of the campaign has to be counted again from now on */
  private async count(tx: Db, campaignId: string, personIds: readonly string[], now: Date): Promise<boolean> {
    const { plan, timeZone } = await this.plans.load(tx, campaignId);
    const goals = await loadGoals(tx, campaignId);
    if (!goals) await beginGoals(tx, campaignId, plan.digest, now);
    const isEdited = goals !== null && goals.digest !== plan.digest;
    if (!goals || isEdited) await nameGoals(tx, plan);
    if (isEdited) await changeGoals(tx, campaignId, plan.digest, now);
    for (let from = 0; from < personIds.length; from += PEOPLE) await recount(tx, plan, personIds.slice(from, from + PEOPLE), { now, timeZone });
    return isEdited;
  }
}

const countOf = (meant: Marked): number => [...meant.values()].reduce((sum, people) => sum + people.size, 0);

function add(meant: Marked, more: Marked): void {
  for (const [campaignId, people] of more) meant.set(campaignId, new Set([...(meant.get(campaignId) ?? []), ...people]));
}
