import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import type { CampaignTotalsList, ExperimentList, ExperimentsQuery, GoalList, GoalsQuery } from '../contract/results-lists.js';
import { instantAndId } from '../platform/http/instant-cursor.js';
import { pageOf } from '../platform/http/paging.js';
import type { Cell } from './domain/cell.js';
import { CampaignNumbers } from './domain/campaign-numbers.js';
import { totalsOf } from './domain/campaign-totals.js';
import { countedGoal } from './domain/count-plan.js';
import { loadVersions, type VersionFacts } from './reads/campaign.read.js';
import { goalOf, placesOf } from './reads/goal-of.js';
import { assignedAndGoals } from './store/cells.store.js';
import { readTotals } from './store/totals.store.js';
import { listGoalCampaigns, listTests, type ListedCampaign } from './verdicts/reads/list.read.js';

type GoalItem = z.infer<typeof GoalList>['items'][number];

/** Lists tests and goals of all campaigns. Nothing is counted for them: what the last looks and the kept sums say. */
@Injectable()
export class ResultsLists {
  constructor(private readonly db: DataSource) {}

  async tests(query: ExperimentsQuery): Promise<z.infer<typeof ExperimentList>> {
    const page = pageOf(await listTests(this.db, query, instantAndId(query.after)), query.limit, (last) => [last.cursorAt, last.experimentId]);
    return { ...page, items: page.items.map(({ cursorAt: _cursor, evaluatedAt, origin, goal: { key, name }, ...item }) => ({ ...item, goal: { key, name }, external: origin === 'external', asOf: evaluatedAt?.toISOString() ?? null })) };
  }

  async goals(query: GoalsQuery): Promise<z.infer<typeof GoalList>> {
    const page = pageOf(await listGoalCampaigns(this.db, query, instantAndId(query.after)), query.limit, (last) => [last.cursorAt, last.id]);
    const versions = new Map((await loadVersions(this.db, page.items.map(({ versionId }) => versionId))).map((version) => [version.id, version]));
    const cells = await assignedAndGoals(this.db, page.items.map(({ id }) => id), [...versions.keys()]);
    return { ...page, items: page.items.map((campaign) => goalItem(campaign, versions.get(campaign.versionId)!, cells.filter(({ versionId }) => versionId === campaign.versionId))) };
  }

  /** Campaigns that there are not are left out. */
  async totals(ids: readonly string[]): Promise<CampaignTotalsList> {
    return { items: (await readTotals(this.db, ids)).map(totalsOf) };
  }
}

/** The primary goal of a version, message by message. */
function goalItem({ id, name, state, type }: ListedCampaign, version: VersionFacts, cells: readonly Cell[]): GoalItem {
  const goal = goalOf(version)!;
  const goalId = countedGoal(goal, version.definition.conditions)?.id ?? null;
  const numbers = new CampaignNumbers(cells);
  const messages = placesOf(version).map(({ stepId, channel, experimentId }) => {
    const at = { versionId: version.id, stepId, experimentId };
    const arms = version.definition.experiments[stepId]!.arms.map(({ key }) => ({ people: numbers.assigned(at, key), ...numbers.goal(goal, goalId, at, key) }));
    const sum = (of: (arm: (typeof arms)[number]) => number | null) => arms.reduce((total, arm) => total + (of(arm) ?? 0), 0);
    return { stepId, channel, people: sum(({ people }) => people), converted: sum(({ converted }) => converted), value: goal.value ? sum(({ value }) => value) : null };
  });
  return { campaignId: id, campaign: name, campaignState: state, type, version: version.number, goal: { key: goal.key, name: goal.name, currency: goal.value?.currency ?? null }, messages };
}
