import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { conflict, notFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction, rows, type Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/tokens.js';
import { differences, type Difference } from './domain/compare.js';
import { CountPlans, type Counting } from './plans.js';
import { findCampaign } from './reads/campaign.read.js';
import { EVERYBODY, type PeopleRange } from './reads/ledger.read.js';
import { namedCells, recountLedger } from './reads/recount.read.js';
import { readDifference } from './store/cells.store.js';
import { askCheck, brokenSums, dueCheck, listChecks, mendSums, nextSlice, peopleWithin, recordCheck, sumParts, takeCheckTurn, type CheckRow } from './store/check.store.js';
import { awaitTurn, markPeople, pendingPeople } from './store/marks.store.js';

/** People of one slice; one statement reads no more. */
const SLICE = 10_000;
/** So few people are marked without looking closer. */
const FEW = 64;
/** One campaign may take so long in one night; the next night goes on where it ended. */
const CAMPAIGN_MS = 10 * 60_000;
/** Differences kept of one check. */
const KEPT = 50;

interface Found { people: number; reached: string | null; differences: Difference[]; wrong: Set<string>; sums: boolean }

/**
 * Compares the sums of a campaign with a recount of its ledger, and has whoever differs counted again. A difference means that
 * somebody wrote past the marks (by hand, or by a defect): the page is right again afterwards, and the log says that it was not.
 */
@Injectable()
export class CheckService {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly plans: CountPlans, private readonly audit: AuditLog, @Inject(LOG) private readonly log: Log) {}

  /** Checks, newest first. */
  list(asked: Parameters<typeof listChecks>[1]): ReturnType<typeof listChecks> {
    return listChecks(this.db, asked);
  }

  /** @throws campaign.not-found, results.nothing-to-check */
  ask(campaignId: string, actor: Actor): Promise<void> {
    return inTransaction(this.db, async (tx) => {
      if (!(await findCampaign(tx, campaignId))) throw notFound('campaign', campaignId);
      if (!(await askCheck(tx, campaignId))) throw conflict('results.nothing-to-check', 'Nobody has come into this campaign yet, so there are no results to compare with its ledger.');
      await this.audit.record(tx, { actor, action: 'results.check', subject: `campaign:${campaignId}` }, this.clock.now());
    });
  }

  /** Checks the campaign that is due. @returns whether there was one */
  async checkDue(): Promise<boolean> {
    if (!(await dueCheck(this.db, this.clock.now()))) return false;
    return inTransaction(this.db, async (tx) => {
      if (!(await takeCheckTurn(tx))) return false;
      const due = await dueCheck(tx, this.clock.now());
      if (!due) return false;
      await this.check(tx, due.campaignId, due.after);
      return true;
    });
  }

  private async check(tx: Db, campaignId: string, after: string | null): Promise<void> {
    const started = performance.now();
    const now = this.clock.now();
    const found = await this.compare(campaignId, after, now, started + CAMPAIGN_MS);
    const repairs = found.wrong.size > 0 || found.sums;
    if (repairs) await this.repair(tx, campaignId, found, now);
    const check: Omit<CheckRow, 'name'> = {
      id: newId(), campaignId, at: now, state: repairs ? 'repaired' : found.reached === null ? 'equal' : 'unfinished', people: found.people, differences: found.differences.slice(0, KEPT),
      repaired: found.wrong.size, milliseconds: Math.round(performance.now() - started), reached: found.reached,
    };
    await recordCheck(tx, check);
    if (repairs) this.log.error({ campaign: campaignId, people: found.wrong.size, differences: found.differences.slice(0, 5) }, 'results differed from the ledger; the people concerned are being counted again');
    else this.log.info({ campaign: campaignId, people: found.people, milliseconds: check.milliseconds }, 'results equal the ledger');
  }

  private async repair(tx: Db, campaignId: string, { wrong, sums, differences: all }: Found, now: Date): Promise<void> {
    if (wrong.size > 0) await markPeople(tx, campaignId, [...wrong]);
    if (sums) {
      await awaitTurn(tx);
      await mendSums(tx, campaignId);
    }
    await this.audit.record(tx, { actor: 'system', action: 'results.repair', subject: `campaign:${campaignId}`, detail: { people: wrong.size, sums, differences: all.length } }, now);
  }

  /** Everything of one campaign in one snapshot, slice by slice. */
  private compare(campaignId: string, after: string | null, now: Date, until: number): Promise<Found> {
    return inTransaction(this.db, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      const counting = await this.plans.load(tx, campaignId);
      const pending = await pendingPeople(tx, campaignId, counting.reads, now);
      const found: Found = { people: 0, reached: null, differences: [], wrong: new Set(), sums: false };
      for (let from = after ?? EVERYBODY.after; ;) {
        const slice = await nextSlice(tx, campaignId, from, SLICE);
        await this.compareSlice(tx, counting, slice, { now, pending, found, top: true });
        found.people += slice.people;
        if (slice.upTo === EVERYBODY.upTo) break;
        from = slice.upTo;
        if (performance.now() > until) return { ...found, reached: from };
      }
      const broken = await brokenSums(tx, campaignId);
      found.differences.push(...broken.map(({ id, measure, detail, count, sum }) => ({ number: `sum of cell ${id} ${measure} ${detail ?? ''}`.trim(), ledger: sum, cells: count })));
      return { ...found, sums: broken.length > 0 };
    });
  }

  /** Halves a slice that differs until it is clear who is concerned. */
  private async compareSlice(tx: Db, { plan, timeZone, ...rest }: Counting, range: PeopleRange, { now, pending, found, top }: { now: Date; pending: readonly string[]; found: Found; top: boolean }): Promise<void> {
    const at = { now, timeZone };
    const waiting = pending.filter((id) => id > range.after && id <= range.upTo);
    const cells = await sumParts(tx, plan.campaignId, range);
    const lacking = waiting.length > 0 ? await readDifference(tx, plan, waiting, at) : [];
    const differing = differences(await recountLedger(tx, plan, range, at), namedCells([...cells, ...lacking]));
    if (differing.length === 0) return;
    if (top) found.differences.push(...differing);
    const people = await peopleWithin(tx, plan.campaignId, range);
    if (people.length <= FEW) {
      for (const id of people) found.wrong.add(id);
      return;
    }
    const middle = people[Math.floor(people.length / 2)]!;
    const inside = { now, pending, found, top: false };
    await this.compareSlice(tx, { plan, timeZone, ...rest }, { after: range.after, upTo: middle }, inside);
    await this.compareSlice(tx, { plan, timeZone, ...rest }, { after: middle, upTo: range.upTo }, inside);
  }
}
