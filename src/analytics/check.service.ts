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
import { addCounted, addTo, differences, type Difference, type Named } from './domain/compare.js';
import type { CountPlan } from './domain/count-plan.js';
import { CountPlans, type Counting } from './plans.js';
import { findCampaign } from './reads/campaign.read.js';
import { EVERYBODY, type PeopleRange } from './reads/ledger.read.js';
import { recountLedger, type Slice } from './reads/recount.read.js';
import { readDifference } from './store/cells.store.js';
import { brokenVerdictSums, keptForVerdicts, mendVerdictSums, wrongEntries } from './store/check-tested.store.js';
import { askCheck, brokenSums, dueCheck, listChecks, mendNames, mendSums, nextSlice, peopleWithin, recordCheck, sumParts, takeCheckTurn, wrongNames, type CheckRow } from './store/check.store.js';
import { awaitTurn, markPeople, pendingPeople } from './store/marks.store.js';

/** People of one slice; one statement reads no more. */
const SLICE = 10_000;
/** So few people are marked without looking closer. */
const FEW = 64;
/** One campaign may take so long in one night; the next night goes on where it ended. */
const CAMPAIGN_MS = 10 * 60_000;
/** Differences kept of one check. */
const KEPT = 50;

interface Found { plan: CountPlan; people: number; reached: string | null; differences: Difference[]; wrong: Set<string>; broken: { sums: boolean; verdicts: boolean; names: boolean } }

/** What one look at a slice shares with the others. */
interface Looking { counting: Counting; now: Date; pending: readonly string[]; until: number; found: Found }

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
    const repairs = found.wrong.size > 0 || Object.values(found.broken).some(Boolean);
    if (repairs) await this.repair(tx, campaignId, found, now);
    const check: Omit<CheckRow, 'name'> = {
      id: newId(), campaignId, at: now, state: repairs ? 'repaired' : found.reached === null ? 'equal' : 'unfinished', people: found.people, differences: found.differences.slice(0, KEPT),
      repaired: found.wrong.size, milliseconds: Math.round(performance.now() - started), reached: found.reached,
    };
    await recordCheck(tx, check);
    if (repairs) this.log.error({ campaign: campaignId, people: found.wrong.size, differences: found.differences.slice(0, 5) }, 'results differed from the ledger; the people concerned are being counted again');
    else this.log.info({ campaign: campaignId, people: found.people, milliseconds: check.milliseconds }, 'results equal the ledger');
  }

  private async repair(tx: Db, campaignId: string, { plan, wrong, broken, differences: all }: Found, now: Date): Promise<void> {
    if (wrong.size > 0) await markPeople(tx, campaignId, [...wrong]);
    if (Object.values(broken).some(Boolean)) await awaitTurn(tx);
    if (broken.names) await mendNames(tx, campaignId);
    if (broken.sums) await mendSums(tx, campaignId);
    if (broken.verdicts) await mendVerdictSums(tx, plan);
    await this.audit.record(tx, { actor: 'system', action: 'results.repair', subject: `campaign:${campaignId}`, detail: { people: wrong.size, ...broken, differences: all.length } }, now);
  }

  /** Everything of one campaign in one snapshot, slice by slice. */
  private compare(campaignId: string, after: string | null, now: Date, until: number): Promise<Found> {
    return inTransaction(this.db, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      await rows(tx, 'set local jit = off');
      const counting = await this.plans.load(tx, campaignId);
      const { plan } = counting;
      const pending = await pendingPeople(tx, campaignId, counting.reads, now);
      const found: Found = { plan, people: 0, reached: null, differences: [], wrong: new Set(), broken: { sums: false, verdicts: false, names: false } };
      const looking: Looking = { counting, now, pending, until, found };
      for (let from = after ?? EVERYBODY.after; ;) {
        const slice = await nextSlice(tx, campaignId, from, SLICE);
        await this.compareSlice(tx, slice, looking, true);
        found.people += slice.people;
        if (slice.upTo === EVERYBODY.upTo) break;
        from = slice.upTo;
        if (performance.now() > until) return { ...found, reached: from };
      }
      return { ...found, broken: await this.compareSums(tx, found) };
    });
  }

  /** Totals and what their people add up to; names and their keys. */
  private async compareSums(tx: Db, { plan, differences: found }: Found): Promise<Found['broken']> {
    const [sums, verdicts, names] = [await brokenSums(tx, plan.campaignId), await brokenVerdictSums(tx, plan), await wrongNames(tx, plan.campaignId)];
    found.push(...sums.map(({ id, measure, detail, count, sum }) => ({ number: `sum of cell ${id} ${measure} ${detail ?? ''}`.trim(), ledger: sum, cells: count })));
    found.push(...verdicts.map(({ name, count, sum }) => ({ number: `sum of ${name}`, ledger: sum, cells: count })));
    for (const [what, count] of Object.entries(names)) if (count > 0) found.push({ number: `names of ${what} that are wrong`, ledger: '0', cells: String(count) });
    return { sums: sums.length > 0, verdicts: verdicts.length > 0, names: names.cells + names.reads > 0 };
  }

  /** Halves a slice that differs until it is clear who is concerned; when there is no time for that, everybody of it is. */
  private async compareSlice(tx: Db, range: PeopleRange, looking: Looking, isWhole: boolean): Promise<void> {
    const { counting: { plan, timeZone }, pending, found } = looking;
    const at = { now: looking.now, timeZone };
    const slice: Slice = { ...range, waiting: pending.filter((id) => id > range.after && id <= range.upTo) };
    const cells = [...(await sumParts(tx, plan.campaignId, range)), ...(slice.waiting.length > 0 ? await readDifference(tx, plan, slice.waiting, at, true) : [])];
    const kept: Named = new Map();
    for (const counted of [...cells, ...(await keptForVerdicts(tx, plan, range, slice.waiting, at))]) addCounted(kept, counted);
    const ledger = await recountLedger(tx, plan, slice, at);
    addTo(ledger, 'people who came in at another moment', await wrongEntries(tx, plan.campaignId, range, slice.waiting));
    const differing = differences(ledger, kept);
    if (differing.length === 0) return;
    if (isWhole) found.differences.push(...differing);
    const people = await peopleWithin(tx, plan, range);
    if (people.length <= FEW || performance.now() > looking.until) {
      for (const id of people) found.wrong.add(id);
      return;
    }
    const middle = people[Math.floor(people.length / 2)]!;
    await this.compareSlice(tx, { after: range.after, upTo: middle }, looking, false);
    await this.compareSlice(tx, { after: middle, upTo: range.upTo }, looking, false);
  }
}
