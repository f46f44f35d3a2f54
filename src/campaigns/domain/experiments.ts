import { rungsOf, type Step } from '../../contract/campaign-steps.js';
import type { CampaignDefinition } from '../../contract/campaign.js';
import { externalArms, isSameExperiment, publishedArms, showsOf, weightedArms, type Compared } from './arms.js';
import { EXTERNAL_STEP, type PublishedDefinition, type PublishedExperiment } from './published.js';

type RandomStep = Extract<Step, { type: 'message' | 'split' }>;

export interface ExperimentPlan {
  stepId: string;
  experiment: PublishedExperiment;
  /** False: carried over from the version before, with its assignments. */
  isNew: boolean;
}

/** What each random choice of a version compares, by step. */
function comparedOf(definition: CampaignDefinition, steps: Record<string, Step>): Map<string, Compared> {
  if (definition.type === 'broadcast' && definition.external) return new Map([[EXTERNAL_STEP, { arms: publishedArms(externalArms(definition.arms ?? [])), shows: null, round: definition.test?.round ?? 1 }]]);
  // A rung goes to the arms of its message.
  const shared = new Set(Object.values(steps).flatMap((step) => (step.type === 'message' ? rungsOf(step).map(({ stepId }) => stepId) : [])));
  const random = Object.values(steps).filter((step): step is RandomStep => (step.type === 'message' || step.type === 'split') && !shared.has(step.id));
  return new Map(random.map((step) => [step.id, { arms: publishedArms(weightedArms(step)), shows: showsOf(step), account: step.test?.unit === 'account' ? step.test.account : undefined, round: step.test?.round ?? 1 }]));
}

/**
 * The experiments of a new version. One that has not changed since the version before keeps its id and salt, so that
 * assignments survive; every other gets new ones, the salt being `id:versionNumber`.
 */
export function planExperiments(next: Pick<PublishedDefinition, 'definition' | 'steps'>, before: PublishedDefinition | null, number: number, newId: () => string): ExperimentPlan[] {
  const earlier = before ? comparedOf(before.definition, before.steps) : new Map<string, Compared>();
  return [...comparedOf(next.definition, next.steps)].map(([stepId, compared]) => {
    const known = earlier.get(stepId);
    if (known && isSameExperiment(known, compared)) return { stepId, experiment: before!.experiments[stepId]!, isNew: false };
    const experimentId = newId();
    return { stepId, experiment: { experimentId, salt: `${experimentId}:${number}`, arms: [...compared.arms], ...(compared.account === undefined ? {} : { account: compared.account }) }, isNew: true };
  });
}
