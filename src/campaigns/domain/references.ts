import { fallbackStep } from '../../contract/campaign.js';
import type { CampaignDefinition, Step } from '../../contract/campaign.js';
import type { Channel, MessageContent } from '../../contract/message.js';
import type { PropertyFilter } from '../../contract/segment-conditions.js';
import type { SegmentNode } from '../../contract/segment.js';
import type { MessageStep } from './arms.js';

type At<T> = T & { path: string };

/** What a definition points to outside itself, each with its place, to be looked up at publish. */
export interface References {
  segments: At<{ segmentId: string }>[];
  conditions: At<{ condition: SegmentNode }>[];
  /** Filters on the properties of an event. */
  filters: At<{ event: string; where: PropertyFilter[] }>[];
  topics: At<{ topic: string }>[];
  contents: At<{ stepId: string; topic: string; variant: string; channel: Channel; content: MessageContent }>[];
}

/** Collects them in the order written. */
export function referencesOf(definition: CampaignDefinition): References {
  const steps = placedSteps(definition);
  const messages = steps.filter((placed): placed is At<{ step: MessageStep }> => placed.step.type === 'message');
  return {
    segments: entrySegment(definition),
    conditions: [...ownConditions(definition), ...steps.flatMap(stepConditions)],
    filters: [
      ...(definition.type === 'series' && definition.entry.type === 'event' ? [{ path: 'entry', event: definition.entry.event, where: definition.entry.where }] : []),
      ...definition.goals.flatMap(({ event }, index) => (event ? [{ path: `goals.${index}.event`, event: event.name, where: event.where }] : [])),
    ],
    topics: messages.map(({ path, step }) => ({ path: `${path}.topic`, topic: step.topic })),
    contents: messages.flatMap((placed) => [...variantContents(placed), ...fallbackContent(placed)]),
  };
}

function variantContents({ path, step }: At<{ step: MessageStep }>): References['contents'] {
  return step.variants.map(({ key, content }, index) => ({ path: `${path}.variants.${index}.content`, stepId: step.id, topic: step.topic, variant: key, channel: step.channel, content }));
}

/** One e-mail for all variants, kept under the first. */
function fallbackContent({ path, step }: At<{ step: MessageStep }>): References['contents'] {
  if (step.channel !== 'in_app' || !step.fallback) return [];
  return [{ path: `${path}.fallback.email`, stepId: fallbackStep(step.id), topic: step.topic, variant: step.variants[0]!.key, channel: 'email', content: step.fallback.email }];
}

function placedSteps(definition: CampaignDefinition): At<{ step: Step }>[] {
  if (definition.type === 'series') return definition.steps.map((step, index) => ({ path: `steps.${index}`, step }));
  return definition.message ? [{ path: 'message', step: definition.message }] : [];
}

function entrySegment(definition: CampaignDefinition): References['segments'] {
  if (definition.type === 'broadcast') return definition.segmentId ? [{ path: 'segmentId', segmentId: definition.segmentId }] : [];
  if (definition.type === 'auto_message') return [];
  return definition.entry.type === 'segment' ? [{ path: 'entry.segmentId', segmentId: definition.entry.segmentId }] : [];
}

function ownConditions({ audience, exitRules, goals }: CampaignDefinition): References['conditions'] {
  return [
    ...(audience ? [{ path: 'audience', condition: audience }] : []),
    ...exitRules.map(({ condition }, index) => ({ path: `exitRules.${index}.condition`, condition })),
    ...goals.flatMap(({ condition }, index) => (condition ? [{ path: `goals.${index}.condition`, condition }] : [])),
  ];
}

function stepConditions({ path, step }: At<{ step: Step }>): References['conditions'] {
  if (step.type === 'wait_until') return [{ path: `${path}.condition`, condition: step.condition }];
  if (step.type === 'branch') return step.branches.map(({ condition }, index) => ({ path: `${path}.branches.${index}.condition`, condition }));
  return [];
}
