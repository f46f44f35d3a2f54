import type { Goal } from '../../contract/campaign-goals.js';
import type { Step } from '../../contract/campaign-steps.js';
import { windowSeconds } from './operators.js';
import type { Cohort, Conversion, ResolvedEngagement } from './leaves/conversions.js';
import { leavesOf, type Leaf, type Resolved } from './resolved.js';

/** What one published version says about outcomes. */
export interface VersionGoals {
  id: string;
  campaignId: string;
  goals: Goal[];
  /** Step → its type. */
  steps: Record<string, Step['type']>;
  /** Step → its test. */
  experiments: Record<string, { experimentId: string }>;
  /** Place → hidden segment. */
  conditions: Record<string, string>;
}

const asksGoal = (leaf: Leaf): leaf is ResolvedEngagement => leaf.type === 'engagement' && leaf.kind === 'converted' && leaf.campaignId !== undefined;

/** The campaigns whose goals a tree asks for. */
export const campaignsWithGoals = (tree: Resolved): string[] => leavesOf(tree).flatMap((leaf) => (asksGoal(leaf) ? [leaf.campaignId!] : []));

/** The tree with what the versions of those campaigns say put into the conditions on their goals. */
export function withGoals(tree: Resolved, versions: readonly VersionGoals[]): Resolved {
  switch (tree.type) {
    case 'all': case 'any': return { ...tree, of: tree.of.map((child) => withGoals(child, versions)) };
    case 'not': case 'segment': return { ...tree, of: withGoals(tree.of, versions) };
    default: return asksGoal(tree) ? ({ ...tree, conversions: conversionsIn(tree, versions) } as Leaf) : tree;
  }
}

/** All versions count, each with its own goal and the people who came to its messages, as in the results; equal goals are asked for once. */
function conversionsIn(leaf: ResolvedEngagement, versions: readonly VersionGoals[]): Conversion[] {
  const known = new Map<string, Conversion>();
  for (const version of versions) {
    const goal = version.campaignId === leaf.campaignId ? version.goals.find(({ key, primary }) => (leaf.goal === undefined ? primary : key === leaf.goal)) : undefined;
    const by = goal && outcomeOf(goal, version);
    if (!by) continue;
    const conversion: Conversion = { cohorts: [], windowSeconds: windowSeconds(goal.window), by };
    const key = JSON.stringify(conversion);
    known.set(key, known.get(key) ?? conversion);
    known.get(key)!.cohorts.push(...cohortsOf(version).filter(({ stepId }) => leaf.stepId === undefined || stepId === leaf.stepId));
  }
  return [...known.values()].filter(({ cohorts }) => cohorts.length > 0);
}

function outcomeOf(goal: Goal, { conditions }: VersionGoals): Conversion['by'] | null {
  if (goal.event) return { event: goal.event.name, where: goal.event.where };
  const segmentId = conditions[`goal:${goal.key}`];
  return segmentId === undefined ? null : { segmentId };
}

/** People who came to a message of this version; without messages (an external experiment) everybody assigned. */
function cohortsOf({ id, steps, experiments }: VersionGoals): Cohort[] {
  const messages = Object.keys(steps).filter((stepId) => steps[stepId] === 'message' && experiments[stepId]);
  if (messages.length > 0) return messages.map((stepId) => ({ experimentId: experiments[stepId]!.experimentId, versionId: id, stepId }));
  return Object.entries(experiments).map(([stepId, { experimentId }]) => ({ experimentId, versionId: null, stepId }));
}
