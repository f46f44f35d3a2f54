import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Goal } from '../contract/campaign.js';
import type { CampaignResults, GoalResult, ResultsQuery, StepResult, VariantResult } from '../contract/results.js';
import { Clock } from '../kernel/clock.js';
import { notFound } from '../kernel/errors.js';
import { windowMillis } from '../kernel/local-time.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import { loadWorkspace } from '../platform/workspace.js';
import { goalResult } from './domain/goal-result.js';
import { entryResult, stepResult, type StepLedger } from './domain/step-result.js';
import { findCampaign, listVersions, type VersionFacts } from './reads/campaign.read.js';
import { metBy, placesOf, type Place } from './reads/goal-of.js';
import { assignedCells, goalCells, type Cohort } from './reads/goals.read.js';
import { deliveryCells, engagementCells, entryRefusals, reachedPeople, runCells, stepRefusals, visitCells } from './reads/ledger.read.js';

/** The moment a report is about, and the zone of people without one. */
interface Moment { now: Date; timeZone: string }

/** Answers the results page: queries over the ledger in one snapshot, so that its numbers agree with each other. */
@Injectable()
export class ReportsService {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** Results of a campaign by version, step and variant. */
  results(campaignId: string, query: ResultsQuery): Promise<CampaignResults> {
    return inTransaction(this.db, async (tx) => {
      await tx.query('set transaction isolation level repeatable read read only');
      const campaign = await findCampaign(tx, campaignId);
      if (!campaign) throw notFound('campaign', campaignId);
      const moment: Moment = { now: this.clock.now(), timeZone: (await loadWorkspace(tx)).timeZone };
      const versions = (await listVersions(tx, campaignId)).filter((version) => query.version === undefined || version.number === query.version);
      const ledger = await this.ledger(tx, campaignId);
      const steps: StepResult[] = [];
      for (const place of versions.flatMap(placesOf).filter(({ stepId }) => query.step === undefined || stepId === query.step)) {
        steps.push(await this.step(tx, place, ledger, moment));
      }
      const entry = entryResult(await runCells(tx, campaignId), await entryRefusals(tx, campaignId));
      return { campaignId, name: campaign.name, type: campaign.type, state: campaign.state, asOf: moment.now.toISOString(), entry, steps };
    });
  }

  private async ledger(tx: Db, campaignId: string): Promise<StepLedger> {
    return {
      deliveries: await deliveryCells(tx, campaignId),
      reached: await reachedPeople(tx, campaignId),
      visits: await visitCells(tx, campaignId),
      refusals: await stepRefusals(tx, campaignId),
      engagement: await engagementCells(tx, campaignId),
    };
  }

  private async step(tx: Db, place: Place, ledger: StepLedger, moment: Moment): Promise<StepResult> {
    const cohort: Cohort = { experimentId: place.experimentId, visit: place.external ? null : { versionId: place.version.id, stepId: place.stepId } };
    const arms = place.version.definition.experiments[place.stepId]!.arms;
    const assigned = new Map((await assignedCells(tx, cohort)).map((cell) => [cell.variant, cell.assigned]));
    const goals = new Map(arms.map(({ key }): [string, GoalResult[]] => [key, []]));
    for (const goal of place.version.definition.goals) {
      const cells = await this.goal(tx, place.version, goal, { cohort, ...moment });
      for (const { key } of arms) goals.get(key)!.push(goalResult(goal, cells.find((cell) => cell.variant === key)));
    }
    const at = { versionId: place.version.id, version: place.version.number, stepId: place.stepId, channel: place.channel, external: place.external, experimentId: place.experimentId };
    const variants = arms.map((arm): Pick<VariantResult, 'key' | 'isControl' | 'assigned' | 'goals'> => ({ key: arm.key, isControl: arm.isControl, assigned: assigned.get(arm.key) ?? 0, goals: goals.get(arm.key)! }));
    return stepResult(at, variants, ledger);
  }

  private async goal(tx: Db, version: VersionFacts, goal: Goal, asked: Moment & { cohort: Cohort }) {
    const by = metBy(version, goal);
    return by ? goalCells(tx, { ...asked, windowMillis: windowMillis(goal.window), by }) : [];
  }
}
