import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import { designEffect } from '../../analytics/domain/statistics/accounts.js';
import { plannedGoal, planView, type PlannedGoal, type VerdictPlan } from '../../analytics/domain/verdict-plan.js';
import type { CampaignDefinition } from '../../contract/campaign.js';
import type { Goal } from '../../contract/campaign-goals.js';
import type { ExperimentPlan, Measure } from '../../contract/experiment.js';
import { Clock } from '../../kernel/clock.js';
import { conflict } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { planExperiments } from '../domain/experiments.js';
import { fault, within, type Finding } from '../domain/finding.js';
import { normalise } from '../domain/normalise.js';
import type { PublishedDefinition } from '../domain/published.js';
import { makePlan, type Known, type NewPlan } from '../domain/test-plan.js';
import { askedOf, decidingGoal, testsOf, type PlacedTest } from '../domain/tests.js';
import { comingPeople } from '../entry/coming-people.js';
import { amountCap, goalHistory, type Moment } from '../store/test-facts.store.js';
import { plannedBefore, storePlan, storeWishes, type Asked, type PlannedBefore } from '../store/test-plans.store.js';
import { loadVersion } from '../store/versions.store.js';

/** Fewer people of earlier campaigns say nothing about a rate. */
const ENOUGH_PEOPLE = 100;

/** One test of a definition as it would be planned now. */
export interface ProposedTest {
  stepId: string;
  path: string;
  goalKey: string;
  plan: NewPlan;
  asked: Asked;
  /** The test has begun: its plan stays what it is. */
  isFixed: boolean;
}

export interface Proposal { tests: ProposedTest[]; findings: Finding[] }

/** What of a campaign a proposal is made for. */
export interface Planned { id: string; definition: CampaignDefinition; currentVersion: { id: string } | null }

interface Single { id: string; definition: CampaignDefinition; placed: PlacedTest; goal: Goal; earlier: PlannedBefore | null; conditions: Record<string, string> }

/** Plans the tests of a campaign before they begin, and keeps those that have begun from being changed. */
@Injectable()
export class TestPlanning {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** The tests of a definition without errors, and what is doubtful or (for a test that has begun) not possible. Changes nothing. */
  async propose({ id, definition, currentVersion }: Planned): Promise<Proposal> {
    const now = this.clock.now();
    const moment = { now, zone: (await loadWorkspace(this.db)).timeZone };
    const before = currentVersion ? (await loadVersion(this.db, currentVersion.id)).published : null;
    const experiments = new Map(planExperiments(normalise(definition), before, 0, () => '').map((planned) => [planned.stepId, planned]));
    const proposal: Proposal = { tests: [], findings: [] };
    const caps = new Map<string, number | null>();
    for (const placed of testsOf(definition)) {
      const goal = decidingGoal(definition.goals, askedOf(placed));
      if (placed.arms.length < 2) continue;
      const { experiment, isNew } = experiments.get(placed.stepId)!;
      const earlier = isNew ? null : await plannedBefore(this.db, experiment.experimentId);
      if (!goal) {
        if (earlier?.hasBegun) proposal.findings.push(begun('goals', placed, 'goal'));
        continue;
      }
      const proposed = await this.one({ id, definition, placed, goal, earlier, conditions: before?.conditions ?? {} }, caps, moment);
      proposal.tests.push(proposed.test);
      proposal.findings.push(...proposed.findings);
    }
    return proposal;
  }

  private async one({ id, definition, placed, goal, earlier, conditions }: Single, caps: Map<string, number | null>, moment: Moment): Promise<{ test: ProposedTest; findings: Finding[] }> {
    const planned = plannedGoal(goal, conditions);
    const asked = askedFor(placed, goal, definition);
    const proposed = { stepId: placed.stepId, path: placed.path, goalKey: goal.key, asked };
    if (earlier?.hasBegun) return { test: { ...proposed, plan: earlier.plan, isFixed: true }, findings: changes(placed, goal, definition, earlier.asked, asked) };
    await this.caps(definition.goals, caps, moment);
    const account = placed.given?.unit === 'account' ? (placed.given.account ?? null) : null;
    const known = { ...(await this.baseline(planned, { cap: caps.get(goal.key) ?? null, account, measure: askedOf(placed).measure }, moment)), volume: await comingPeople(this.db, { campaignId: id, stepId: placed.stepId, definition }, moment.now), caps: present(caps) };
    const { plan, findings } = makePlan({ definition, placed, goal: planned, known, now: moment.now });
    return { test: { ...proposed, plan, isFixed: false }, findings: [...findings, ...pastReadout(placed, plan, goal, moment.now)] };
  }

  private async caps(goals: readonly Goal[], caps: Map<string, number | null>, moment: Moment): Promise<void> {
    for (const goal of goals) if (!caps.has(goal.key)) caps.set(goal.key, await amountCap(this.db, plannedGoal(goal, {}), moment));
  }

  private async baseline(goal: PlannedGoal, { cap, account, measure }: { cap: number | null; account: string | null; measure: Measure }, moment: Moment): Promise<Pick<Known, 'baseline' | 'designEffect'>> {
    const history = await goalHistory(this.db, goal, { cap, account }, moment);
    if (!history || history.people < ENOUGH_PEOPLE || history.converted === 0 || history.converted === history.people) return { baseline: { rate: null, mean: null, spread: null, from: 'unknown' }, designEffect: null };
    const { people, converted, sum, sumSquares } = history;
    const mean = sum / people;
    const variance = (sumSquares - sum * mean) / (people - 1);
    const accounts = history.accounts && history.accounts[measure];
    const effect = accounts && designEffect(measure === 'rate' ? { n: people, x: converted, accounts } : { n: people, sum, sumSq: sumSquares, accounts });
    return { baseline: { rate: converted / people, mean: goal.value ? mean : null, spread: mean > 0 ? variance / mean ** 2 : null, from: 'history' }, designEffect: effect };
  }

  /**
   * Stores the plans of the experiments a version begins, and of those it keeps that nobody was assigned in yet.
   * @throws campaign.changed when the first person came after the proposal was made
   */
  async store(tx: Db, campaignId: string, proposal: Proposal, { experiments, goals, conditions }: Pick<PublishedDefinition, 'experiments' | 'goals' | 'conditions'>): Promise<void> {
    const now = this.clock.now();
    for (const { stepId, goalKey, plan, asked, isFixed } of proposal.tests) {
      if (isFixed) {
        await storeWishes(tx, experiments[stepId]!.experimentId, asked);
        continue;
      }
      const goal = plannedGoal(goals.find(({ key }) => key === goalKey)!, conditions);
      const stored: VerdictPlan = { ...plan, goal, experimentId: experiments[stepId]!.experimentId, campaignId };
      if (!(await storePlan(tx, stored, asked, now))) throw conflict('campaign.changed', `The test at the step "${stepId}" has begun meanwhile. Check the campaign again.`);
    }
  }
}

/** How a proposal is shown before it is published. */
export const proposedView = ({ stepId, path, plan, isFixed }: ProposedTest): { stepId: string; path: string; fixed: boolean; plan: ExperimentPlan } =>
  ({ stepId, path, fixed: isFixed, plan: planView({ ...plan, experimentId: '', campaignId: '' }, null) });

const present = (caps: ReadonlyMap<string, number | null>): Record<string, number> => Object.fromEntries([...caps].flatMap(([key, cap]) => (cap === null ? [] : [[key, cap]])));

function askedFor(placed: PlacedTest, goal: Goal, definition: CampaignDefinition): Asked {
  const test = askedOf(placed);
  const { key, window, event, condition, value } = goal;
  const counted = { key, window, event: event ?? null, condition: condition ?? null, value: value ?? null };
  return { goal: counted, measure: test.measure, direction: test.direction, mode: test.mode ?? (definition.type === 'broadcast' ? 'single' : 'planned'), minEffect: test.minEffect, readoutAt: test.readoutAt ?? null, cap: test.cap ?? null, ...(test.autoWinner ? { autoWinner: test.autoWinner } : {}) };
}

const begun = (path: string, { stepId }: PlacedTest, what: string): Finding =>
  fault(path, 'test-begun', `The test at the step "${stepId}" has begun, so its ${what} cannot change. Another round begins a new test, in which everybody is assigned anew.`);

/** What may not be otherwise once a test has begun, each with its place. */
function changes(placed: PlacedTest, goal: Goal, { goals }: CampaignDefinition, before: Asked, after: Asked): Finding[] {
  const at = within(placed.path, 'test');
  const fixed = (path: string, what: string) => begun(path, placed, what);
  const same = (name: keyof Asked) => isDeepStrictEqual(JSON.parse(JSON.stringify(before[name])), JSON.parse(JSON.stringify(after[name])));
  const named = (before.goal as { key: string }).key === goal.key;
  return [
    ...(named ? [] : [fixed(`${at}.goal`, 'goal')]),
    ...(named && !same('goal') ? [fixed(`goals.${goals.indexOf(goal)}`, 'goal and window')] : []),
    ...(same('measure') ? [] : [fixed(`${at}.measure`, 'measure')]),
    ...(same('direction') ? [] : [fixed(`${at}.direction`, 'direction')]),
    ...(same('mode') ? [] : [fixed(`${at}.mode`, 'mode')]),
    ...(same('minEffect') ? [] : [fixed(`${at}.minEffect`, 'smallest difference that matters')]),
    ...(same('readoutAt') ? [] : [fixed(`${at}.readoutAt`, 'read-out')]),
    ...(same('cap') ? [] : [fixed(`${at}.cap`, 'cap')]),
  ];
}

/** A read-out chosen by hand, at which nobody can have matured. */
function pastReadout(placed: PlacedTest, { readoutAt }: NewPlan, goal: Goal, now: Date): Finding[] {
  const chosen = placed.given?.readoutAt;
  if (chosen === undefined || readoutAt === null) return [];
  const at = `${within(placed.path, 'test')}.readoutAt`;
  if (readoutAt <= now) return [fault(at, 'readout-past', 'This date has passed, so the read-out could not be fixed before the results are known.')];
  const first = now.getTime() + plannedGoal(goal, {}).windowMillis;
  return readoutAt.getTime() < first ? [fault(at, 'readout-early', `Nobody's window will have passed by then; the first will on ${new Date(first).toISOString().slice(0, 10)}.`)] : [];
}
