import { createHash } from 'node:crypto';
import type { Goal } from '../../contract/campaign-goals.js';
import type { Step } from '../../contract/campaign-steps.js';
import { plannedGoal, type PlannedGoal } from './verdict-plan.js';

/** What counting needs of one published version. */
export interface CountedVersion {
  id: string;
  goals: readonly Goal[];
  steps: Readonly<Record<string, Step>>;
  experiments: Readonly<Record<string, { experimentId: string }>>;
  conditions: Readonly<Record<string, string>>;
}

/** Where people of one experiment are counted: at one step of one version, or (external) wherever they are. */
export interface CountPlace {
  versionId: string;
  stepId: string;
  experimentId: string;
  external: boolean;
  /** A message that has gates: only who got past them, or whose control delivery did, is eligible for a verdict. */
  gated: boolean;
}

/** A goal as it is counted. Two versions whose goals count the same share it; an edited goal is another one. */
export interface CountedGoal {
  /** Digest of everything that decides what is counted. */
  id: string;
  key: string;
  by: { event: string; where: NonNullable<Goal['event']>['where']; valueProperty: string | null } | { segmentId: string };
  windowMillis: number;
}

/** An experiment with a plan, as its verdict counts it. */
export interface CountedTest {
  experimentId: string;
  /** Only who has a delivery, or would have had one, is eligible. */
  gated: boolean;
  /** Reactions count so long after the assignment. */
  reactionMillis: number;
  goals: { id: string; cap: number | null }[];
}

/** What is stored of a planned experiment. */
export interface PlannedTest { experimentId: string; versionId: string; gated: boolean; goal: PlannedGoal; caps: Record<string, number> }

/** Reactions are counted this long after the assignment, or for the goal's window when that is shorter: harm shows early. */
const REACTION_MS = 3 * 86_400_000;
export const reactionMillis = (goal: Pick<PlannedGoal, 'windowMillis'>): number => Math.min(REACTION_MS, goal.windowMillis);

/** How the people of a campaign are counted: at which places, and there by which goals. */
export interface CountPlan {
  campaignId: string;
  /** Nothing of the campaign is older. */
  since: Date;
  places: CountPlace[];
  goals: CountedGoal[];
  tests: CountedTest[];
  /** Goals of each version by their ids: those it was published with, and those of the current version. */
  goalsOf: Map<string, { published: string[]; current: string[] }>;
  /** Changes when people of earlier versions have to be counted by other goals, or by days of another zone. */
  digest: string;
}

/** How a goal of a version is counted; null when it can not be (a condition that was never kept). */
export const countedGoal = (goal: Goal, conditions: Readonly<Record<string, string>>): CountedGoal | null => countedAs(plannedGoal(goal, conditions));

/** How a goal that was planned is counted; null when it can not be. */
export function countedAs({ key, event, value, segmentId, windowMillis }: PlannedGoal): CountedGoal | null {
  const by = event ? { event: event.name, where: event.where, valueProperty: value?.property ?? null } : segmentId ? { segmentId } : null;
  return by && { id: digestOf([key, by, windowMillis]), key, by, windowMillis };
}

/** The goals of a test: the one that decides as it was planned, and the others of the version that began it. */
export const goalsOfTest = (decides: PlannedGoal, { goals, conditions }: Pick<CountedVersion, 'goals' | 'conditions'>): PlannedGoal[] =>
  [decides, ...goals.filter(({ key }) => key !== decides.key).map((goal) => plannedGoal(goal, conditions))];

/**
 * @param versions in order of publication, the current one last
 * @param planned its experiments with a plan
 * @param timeZone of the workspace: filters on calendar days read it
 */
export function countPlan(campaign: { id: string; since: Date; timeZone: string }, versions: readonly CountedVersion[], planned: readonly PlannedTest[]): CountPlan {
  const goals = new Map<string, CountedGoal>();
  const idsOf = (version: CountedVersion | undefined) => (version?.goals ?? []).flatMap((goal) => {
    const counted = countedGoal(goal, version!.conditions);
    if (!counted) return [];
    goals.set(counted.id, counted);
    return [counted.id];
  });
  const current = idsOf(versions.at(-1));
  const goalsOf = new Map(versions.map((version) => [version.id, { published: idsOf(version), current }]));
  const places = versions.flatMap((version) => Object.entries(version.experiments).map(([stepId, { experimentId }]) => ({ versionId: version.id, stepId, experimentId, external: Object.keys(version.steps).length === 0, gated: version.steps[stepId]?.type === 'message' })));
  const tests = planned.map(({ experimentId, versionId, gated, goal: decides, caps }): CountedTest => {
    const counted = goalsOfTest(decides, versions.find(({ id }) => id === versionId)!).flatMap((goal) => countedAs(goal) ?? []);
    for (const goal of counted) goals.set(goal.id, goal);
    return { experimentId, gated, reactionMillis: reactionMillis(decides), goals: counted.map(({ id, key }) => ({ id, cap: caps[key] ?? null })) };
  });
  const readsDays = [...goals.values()].some(({ by }) => 'event' in by && by.where.length > 0);
  return { campaignId: campaign.id, since: campaign.since, places, goals: [...goals.values()], tests, goalsOf, digest: digestOf([current.toSorted(), readsDays ? campaign.timeZone : null]) };
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
