import type { CampaignDefinition } from '../../contract/campaign.js';
import type { Goal } from '../../contract/campaign-goals.js';
import { TestPlan } from '../../contract/experiment.js';
import { externalArms, publishedArms, weightedArms, type WeightedArm } from './arms.js';
import { EXTERNAL_STEP } from './published.js';

/** What is random in a definition, with the test its author asks for. */
export interface PlacedTest {
  stepId: string;
  /** Place of the step; empty for an external experiment. */
  path: string;
  /** Null where nothing was said: then all defaults hold. */
  given: TestPlan | null;
  arms: WeightedArm[];
}

/** Every random choice of a definition, in the order written. */
export function testsOf(definition: CampaignDefinition): PlacedTest[] {
  if (definition.type === 'broadcast' && definition.external) return [{ stepId: EXTERNAL_STEP, path: '', given: definition.test ?? null, arms: externalArms(definition.arms ?? []) }];
  const steps = definition.type === 'series' ? definition.steps.map((step, index) => ({ step, path: `steps.${index}` })) : definition.message ? [{ step: definition.message, path: 'message' }] : [];
  return steps.flatMap(({ step, path }) => (step.type === 'message' || step.type === 'split' ? [{ stepId: step.id, path, given: step.test ?? null, arms: weightedArms(step) }] : []));
}

/** What the author asks for, after defaults. */
export const askedOf = ({ given }: PlacedTest): TestPlan => given ?? TestPlan.parse({});

/** The goal that decides: the one named, else the primary one, else the first. */
export function decidingGoal(goals: readonly Goal[], test: TestPlan): Goal | undefined {
  if (test.goal !== undefined) return goals.find(({ key }) => key === test.goal);
  return goals.find(({ primary }) => primary) ?? goals[0];
}

/** Shares of the arms; they sum to 1. */
export const sharesOf = (arms: readonly WeightedArm[]): Record<string, number> => Object.fromEntries(publishedArms(arms).map(({ key, basisPoints }) => [key, basisPoints / 10_000]));
