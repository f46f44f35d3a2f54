import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CampaignResults, ResultsQuery, StepResult } from '../contract/results.js';
import { Clock } from '../kernel/clock.js';
import { AppError, notFound } from '../kernel/errors.js';
import { addDuration, localDate, startOfDay } from '../kernel/local-time.js';
import { inTransaction, rows, type Db } from '../platform/database/db.js';
import { Cells } from './cells.service.js';
import { CampaignNumbers } from './domain/campaign-numbers.js';
import { countedGoal } from './domain/count-plan.js';
import { messageTotals } from './domain/message-totals.js';
import { entryResult, stepResult } from './domain/step-result.js';
import { CountPlans, type Counting } from './plans.js';
import { findCampaign, segmentExists } from './reads/campaign.read.js';
import { placesOf } from './reads/goal-of.js';
import type { AtEntry } from './store/subset.store.js';
import { Verdicts } from './verdicts/verdicts.service.js';

/** Questions about some people only take time by the number of people. */
const SUBSET_MS = 20_000;

/** Answers the results page from what was summed before, in one snapshot: its numbers agree with each other and with the ledger. */
@Injectable()
export class ReportsService {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly plans: CountPlans, private readonly cells: Cells, private readonly verdicts: Verdicts) {}

  /** Results of a campaign by version, step and variant. */
  results(campaignId: string, query: ResultsQuery): Promise<CampaignResults> {
    return inTransaction(this.db, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      return this.read(tx, campaignId, query, this.clock.now());
    }).catch((error: unknown) => {
      if ((error as { code?: string }).code !== '57014') throw error;
      throw new AppError('results.too-slow', `Counting some people only took longer than ${SUBSET_MS / 1000} seconds and was stopped. Ask for fewer days of entry, or for everybody.`, 'unavailable', [], { cause: error });
    });
  }

  /** The same in the snapshot of a transaction whose isolation is repeatable read. */
  async read(tx: Db, campaignId: string, query: ResultsQuery, now: Date): Promise<CampaignResults> {
    const campaign = await findCampaign(tx, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    const counting = await this.plans.load(tx, campaignId);
    const asked = await atEntry(tx, query, counting.timeZone);
    if (asked) await rows(tx, `select set_config('statement_timeout', $1, true)`, [String(SUBSET_MS)]);
    const { cells, asOf, pending, recount, people } = await this.cells.read(tx, counting, now, asked);
    const shown = cells.filter((cell) => query.language === undefined || cell.language === null || cell.language === query.language);
    const numbers = new CampaignNumbers(shown);
    const steps = stepsOf(counting, numbers, query);
    const versionIds = new Set(counting.versions.filter(({ number }) => (query.version ?? number) === number).map(({ id }) => id));
    const messages = shown.filter((cell) => cell.versionId !== null && versionIds.has(cell.versionId) && (query.step ?? cell.stepId) === cell.stepId && (query.variant ?? cell.variant) === cell.variant && (query.channel ?? cell.channel) === cell.channel);
    return {
      campaignId, name: campaign.name, type: campaign.type, state: campaign.state, asOf: asOf.toISOString(), pending, goals: query.goals, people,
      recount: recount && { ...recount, since: recount.since?.toISOString() ?? null },
      entry: entryResult(numbers.runs, numbers.entryRefusals),
      steps,
      experiments: await this.verdicts.results(tx, campaignId, query, { now, zone: counting.timeZone }),
      byChannel: messageTotals(messages, 'channel').map(({ of, ...totals }) => ({ channel: of, ...totals })),
      byLanguage: messageTotals(messages, 'language').map(({ of, ...totals }) => ({ language: of, ...totals })),
    };
  }
}

/** Which people are asked about; null: all of them. */
export async function atEntry(tx: Db, query: Pick<ResultsQuery, 'entryFrom' | 'entryTo' | 'segmentAtEntry' | 'zone'>, timeZone: string): Promise<AtEntry | null> {
  const { entryFrom, entryTo, segmentAtEntry } = query;
  if (entryFrom === undefined && entryTo === undefined && segmentAtEntry === undefined) return null;
  if (entryFrom !== undefined && entryTo !== undefined && entryFrom > entryTo) throw new AppError('results.no-days', `No day lies between ${entryFrom} and ${entryTo}.`, 'invalid', [{ path: 'entryTo', code: 'before-from', message: 'must not be before entryFrom' }]);
  if (segmentAtEntry !== undefined && !(await segmentExists(tx, segmentAtEntry))) throw notFound('segment', segmentAtEntry);
  const zone = query.zone ?? timeZone;
  return { from: entryFrom === undefined ? null : startOfDay(entryFrom, zone), to: entryTo === undefined ? null : dayAfter(entryTo, zone), segmentId: segmentAtEntry ?? null };
}

/** Where the local day after a date begins. */
const dayAfter = (date: string, zone: string): Date => startOfDay(localDate(addDuration(startOfDay(date, zone), { days: 1 }, zone), zone), zone);

function stepsOf({ versions }: Counting, numbers: CampaignNumbers, query: ResultsQuery): StepResult[] {
  const current = versions.at(-1);
  const places = versions
    .filter((version) => query.version === undefined || version.number === query.version)
    .flatMap(placesOf)
    .filter(({ stepId, channel }) => (query.step ?? stepId) === stepId && (query.channel ?? channel) === channel);
  return places.map((place) => {
    const { definition } = query.goals === 'current' ? current! : place.version;
    const goals = definition.goals.map((goal) => ({ goal, id: countedGoal(goal, definition.conditions)?.id ?? null }));
    const at = { versionId: place.version.id, version: place.version.number, stepId: place.stepId, channel: place.channel, external: place.external, experimentId: place.experimentId };
    const arms = place.version.definition.experiments[place.stepId]!.arms.filter(({ key }) => (query.variant ?? key) === key);
    const counted = arms.map(({ key, isControl }) => ({ key, isControl, assigned: numbers.assigned(at, key), chosen: numbers.chosen(at, key), goals: goals.map(({ goal, id }) => numbers.goal(goal, id, at, key)) }));
    return stepResult(at, counted, numbers.ledger);
  });
}
