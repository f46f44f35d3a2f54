import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ResultsPeople, ResultsPeopleQuery } from '../contract/results-people.js';
import { Clock } from '../kernel/clock.js';
import { AppError, notFound } from '../kernel/errors.js';
import { inTransaction, rows, type Db } from '../platform/database/db.js';
import { idAfter, pageOf } from '../platform/http/paging.js';
import { Cells } from './cells.service.js';
import { behind, type AskedNumber } from './domain/behind.js';
import { countedAs, countedGoal } from './domain/count-plan.js';
import { CountPlans, type Counting } from './plans.js';
import { findCampaign } from './reads/campaign.read.js';
import { goalOf } from './reads/goal-of.js';
import { atEntry } from './reports.service.js';
import { addedNow, callPeople, namedCells, peopleOfCells, type Behind } from './store/behind.store.js';
import { findTested } from './verdicts/store/experiments.store.js';

/** Few people of a large campaign are found by looking at all of them. */
const SLOWEST_MS = 20_000;

/** Lists the people behind a number of the results: whoever adds to the cells that the number is the sum of. */
@Injectable()
export class PeopleBehind {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly plans: CountPlans, private readonly cells: Cells) {}

  /** One page, who came to Danbi last first. @throws campaign.not-found, experiment.not-found, request.invalid, results.no-days, results.too-slow */
  list(campaignId: string, query: ResultsPeopleQuery): Promise<ResultsPeople> {
    return inTransaction(this.db, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      await rows(tx, `select set_config('statement_timeout', $1, true)`, [String(SLOWEST_MS)]);
      return this.read(tx, campaignId, query, this.clock.now());
    }).catch((error: unknown) => {
      if ((error as { code?: string }).code !== '57014') throw error;
      throw new AppError('results.too-slow', `Finding these people took longer than ${SLOWEST_MS / 1000} seconds and was stopped.`, 'unavailable', [], { cause: error });
    });
  }

  private async read(tx: Db, campaignId: string, query: ResultsPeopleQuery, now: Date): Promise<ResultsPeople> {
    if (!(await findCampaign(tx, campaignId))) throw notFound('campaign', campaignId);
    const counting = await this.plans.load(tx, campaignId);
    const asked = await this.asked(tx, counting, query);
    const entered = await atEntry(tx, query, counting.timeZone);
    const { in: isIn, out: isOut } = behind(asked);
    const { waiting, isExact, pending } = await this.cells.pending(tx, counting, now);
    const named = await namedCells(tx, campaignId);
    const before = idAfter(query.after);
    const ids = (is: typeof isIn | null) => (is ? named.filter(is).map(({ id }) => id) : []);
    const wanted = ids(isIn);
    const counted = wanted.length === 0 ? [] : await peopleOfCells(tx, { campaignId, in: wanted, out: ids(isOut), atEntry: entered, except: pending, before, limit: query.limit + 1 });
    const added = pending.length === 0 ? [] : await addedNow(tx, counting.plan, pending, entered, { now, timeZone: counting.timeZone });
    const outside = new Set(isOut ? added.filter(isOut).map(({ personId }) => personId) : []);
    const fresh = timesOf(added.filter((cell) => isIn(cell) && !outside.has(cell.personId) && (before === null || cell.personId < before)));
    const page = pageOf([...counted, ...fresh].toSorted((a, b) => (a.personId < b.personId ? 1 : -1)), query.limit, (last) => [last.personId]);
    const known = new Map((await callPeople(tx, page.items.map(({ personId }) => personId))).map((person) => [person.id, person]));
    return {
      ...page, pending: isExact ? 0 : waiting,
      items: page.items.map(({ personId, times }) => ({ personId, externalId: known.get(personId)?.externalId ?? null, email: known.get(personId)?.email ?? null, name: known.get(personId)?.name ?? null, times })),
    };
  }

  private async asked(tx: Db, { plan, versions }: Counting, query: ResultsPeopleQuery): Promise<AskedNumber> {
    const goals = new Map(versions.filter(({ number }) => (query.version ?? number) === number).map((version) => {
      const goal = goalOf(version, query.goal);
      return [version.id, goal && (countedGoal(goal, version.definition.conditions)?.id ?? null)];
    }));
    if (!query.number.startsWith('test_')) return { ...query, goals, testGoal: null };
    if (query.experiment === undefined) throw new AppError('request.invalid', 'experiment: is needed by numbers of a test', 'invalid', [{ path: 'experiment', code: 'required', message: 'is needed by numbers of a test' }]);
    const tested = await findTested(tx, query.experiment);
    if (tested?.plan.campaignId !== plan.campaignId) throw notFound('experiment', query.experiment);
    const { goal } = tested.plan;
    return { ...query, goals, testGoal: countedAs(goal)?.id ?? null };
  }
}

function timesOf(cells: readonly Behind[]): Behind[] {
  const sums = new Map<string, number>();
  for (const { personId, times } of cells) sums.set(personId, (sums.get(personId) ?? 0) + times);
  return [...sums].map(([personId, times]) => ({ personId, times }));
}
