import type { EngagementCondition } from '../../src/contract/segment-conditions.js';
import { CAMPAIGNS, windowOf } from './segment-campaigns.js';
import { compare } from './segment-oracle-attribute.js';
import { isInTime, numberHolds } from './segment-oracle-event.js';
import type { Oracle, OracleContext } from './segment-oracle.js';
import type { WorldDelivery } from './segment-world-engagement.js';
import type { WorldPerson } from './segment-world.js';

export const engagementMatches: Oracle<EngagementCondition> = (leaf, person, context) => {
  const { deliveries, assignments, holdouts } = person.engagement;
  const ofCampaign = ({ campaignId }: { campaignId: string }) => leaf.campaignId === undefined || campaignId === leaf.campaignId;
  const inTime = (at: Date | null) => at !== null && isInTime(at, leaf, context);
  switch (leaf.kind) {
    case 'in_control': return assignments.some((one) => ofCampaign(one) && one.isControl && inTime(one.at) && (leaf.stepId === undefined || one.stepId === leaf.stepId));
    case 'in_holdout': return holdouts.some((one) => ofCampaign(one) && inTime(one.at));
    case 'converted': return outcomesOf(leaf, person, context).some(inTime);
    default: return numberHolds(leaf.count ?? { op: 'at_least', value: 1 }, deliveries.filter((one) => ofCampaign(one) && isMeant(leaf, one) && momentsOf(leaf.kind, one).some(inTime)).length);
  }
};

const isMeant = ({ stepId, variant, channel }: EngagementCondition, one: WorldDelivery): boolean =>
  (stepId === undefined || one.stepId === stepId) && (variant === undefined || one.variant === variant) && (channel === undefined || one.channel === channel);

function momentsOf(kind: EngagementCondition['kind'], { channel, state, isControl, isNotice, sentAt, settledAt, reactions }: WorldDelivery): (Date | null)[] {
  if (isControl || isNotice) return [];
  if (kind !== 'received') return reactions.filter((one) => one.verdict === 'human' && one.kind === (kind === 'opened' ? 'open' : 'click')).map(({ at }) => at);
  if (channel === 'in_app') return state === 'delivered' ? [settledAt] : [];
  return state === 'sent' || state === 'delivered' ? [sentAt] : [];
}

/** When the person met the goal, by each version whose message they came to, in each test. */
function outcomesOf(leaf: EngagementCondition, person: WorldPerson, context: OracleContext): Date[] {
  const campaign = CAMPAIGNS.find(({ id }) => id === leaf.campaignId)!;
  return campaign.versions.flatMap((version) => {
    const goal = version.goals.find(({ key, primary }) => (leaf.goal === undefined ? primary : key === leaf.goal));
    if (!goal) return [];
    const arms = person.engagement.assignments.filter((one) => version.experiments[one.stepId] === one.experimentId && (campaign.external || one.visits.includes(version.id))
      && (leaf.stepId === undefined || one.stepId === leaf.stepId) && (leaf.variant === undefined || one.variant === leaf.variant));
    return arms.flatMap((arm) => person.events.filter((event) =>
      event.name === goal.event.name && event.at >= arm.at && event.at.getTime() < arm.at.getTime() + windowOf(goal)
      && goal.event.where.every((filter) => compare(filter.op, event.properties[filter.property] ?? null, filter.value, { person, ...context }))).map(({ at }) => at));
  });
}
