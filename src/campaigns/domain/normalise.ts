import { rungsOf, type Step } from '../../contract/campaign-steps.js';
import type { BroadcastDefinition, CampaignDefinition } from '../../contract/campaign.js';
import type { Goal } from '../../contract/campaign-goals.js';
import { LOCAL_TIME_STEP, type PublishedDefinition } from './published.js';

/** The part of a published version that follows from the definition alone. */
export type RunPlan = Pick<PublishedDefinition, 'definition' | 'entry' | 'reentry' | 'audience' | 'start' | 'steps' | 'goals' | 'exitRules'>;

/** Brings series, broadcasts and auto messages into the one shape that is run. The definition must have passed {@link findFaults}. */
export function normalise(definition: CampaignDefinition): RunPlan {
  const { audience, exitRules } = definition;
  const common = { definition, ...(audience ? { audience } : {}), goals: withPrimary(definition.goals), exitRules };
  if (definition.type === 'series') {
    const { entry, reentry, start } = definition;
    return { ...common, entry, reentry, start, steps: byId(withRungs(definition.steps)) };
  }
  // How often somebody sees an auto message is said by its display (domain/frequency.ts), not by a policy of runs.
  if (definition.type === 'auto_message') return { ...common, entry: { type: 'display' }, reentry: { policy: 'after_exit' }, start: definition.message.id, steps: byId([definition.message]) };
  return { ...common, reentry: { policy: 'never' }, ...broadcastSteps(definition) };
}

function broadcastSteps(definition: BroadcastDefinition): Pick<RunPlan, 'entry' | 'start' | 'steps'> {
  const { message, localTime, segmentId } = definition;
  if (definition.external || !message) return { entry: { type: 'external' }, start: '', steps: {} };
  const entry = { type: 'launch' as const, segmentId: segmentId ?? null };
  if (!localTime) return { entry, start: message.id, steps: byId(withRungs([message])) };
  const wait: Step = { id: LOCAL_TIME_STEP, type: 'wait', until: { time: localTime, weekdays: [] }, next: message.id };
  return { entry, start: wait.id, steps: byId(withRungs([wait, message])) };
}

/** Each rung of a message that had no success is a step of its own, which no run stands at: it shares the arms of that message. */
function withRungs(steps: readonly Step[]): Step[] {
  return steps.flatMap((step): Step[] => {
    if (step.type !== 'message') return [step];
    const { type, name, topic, control } = step;
    const variants = (content: unknown) => step.variants.map((variant) => ({ ...variant, content }));
    return [step, ...rungsOf(step).map(({ stepId, channel, content }) => ({ id: stepId, type, name, topic, ...(control ? { control } : {}), channel, variants: variants(content), next: null }) as Step)];
  });
}

const byId = (steps: readonly Step[]): Record<string, Step> => Object.fromEntries(steps.map((step) => [step.id, step]));

/** Exactly one goal is primary: the one that says so, or else the first. */
function withPrimary(goals: readonly Goal[]): Goal[] {
  const chosen = Math.max(0, goals.findIndex((goal) => goal.primary));
  return goals.map((goal, index) => ({ ...goal, primary: index === chosen }));
}
