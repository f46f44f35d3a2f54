import { Injectable } from '@nestjs/common';
import type { Cell } from './domain/cell.js';
import type { Db } from '../platform/database/db.js';
import type { Counting } from './plans.js';
import { countPeople, readCells, readDifference } from './store/cells.store.js';
import { loadGoals } from './store/goals.store.js';
import { countPending, pendingPeople, workedUntil } from './store/marks.store.js';
import { readSubset, type AtEntry } from './store/subset.store.js';

/** So many people are counted while somebody waits for the answer. */
const AT_ONCE = 1_000;
/** With most of the campaign not worked off yet, up to so many are: a number that is late is better than none, and these take no second. */
const AT_MOST = 10_000;

/** Totals of a campaign. */
export interface Totals {
  cells: Cell[];
  /** The moment whose ledger they equal. */
  asOf: Date;
  /** People not worked off since then. */
  pending: number;
  /** Earlier people are being counted by edited goals. */
  recount: { done: number; total: number; since: Date | null } | null;
  /** Of a subset: how many people there are in it. */
  people: number | null;
}

/** Reads the sums of a campaign in the snapshot of a transaction, whose isolation is repeatable read. */
@Injectable()
export class Cells {
  async read(tx: Db, { plan, reads, timeZone }: Counting, now: Date, asked: AtEntry | null): Promise<Totals> {
    const { campaignId } = plan;
    const at = { now, timeZone };
    const { waiting, isExact, pending } = await this.pending(tx, { plan, reads }, now);
    const goals = await loadGoals(tx, campaignId);
    const recount = goals && (goals.cursor !== null || goals.digest !== plan.digest) ? { done: goals.digest === plan.digest ? goals.done : 0, total: goals.total, since: goals.startedAt } : null;
    const rest = { asOf: isExact ? now : ((await workedUntil(tx)) ?? now), pending: isExact ? 0 : waiting, recount };
    if (asked) return { ...rest, ...(await readSubset(tx, plan, asked, pending, at)) };
    const cells = await readCells(tx, campaignId);
    return { ...rest, people: null, cells: pending.length > 0 ? [...cells, ...(await readDifference(tx, plan, pending, at))] : cells };
  }

  /** Who waits to be counted again; `isExact`: few enough that an answer counts them there and then, `pending`. */
  async pending(tx: Db, { plan: { campaignId }, reads }: Pick<Counting, 'plan' | 'reads'>, now: Date): Promise<{ waiting: number; isExact: boolean; pending: string[] }> {
    const waiting = await countPending(tx, campaignId, reads, now, AT_MOST);
    const isExact = waiting <= AT_ONCE || (waiting <= AT_MOST && waiting >= (await countPeople(tx, campaignId, waiting)));
    return { waiting, isExact, pending: isExact && waiting > 0 ? await pendingPeople(tx, campaignId, reads, now) : [] };
  }
}
