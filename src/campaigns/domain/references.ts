import type { RunEvent } from '../../contract/campaign-goals.js';
import { rungsOf, type Step } from '../../contract/campaign-steps.js';
import type { CampaignDefinition } from '../../contract/campaign.js';
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
  /** Lists that actions put people on or take them off. */
  lists: At<{ listId: string }>[];
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
      ...definition.goals.flatMap(({ event }, index) => eventFilter(`goals.${index}.event`, event)),
      ...definition.exitRules.flatMap(({ event }, index) => eventFilter(`exitRules.${index}.event`, event)),
      ...steps.flatMap(({ path, step }) => (step.type === 'wait_until' ? eventFilter(`${path}.event`, step.event) : [])),
    ],
    lists: steps.flatMap(({ path, step }) => (step.type === 'action' && 'listId' in step.action ? [{ path: `${path}.action.listId`, listId: step.action.listId }] : [])),
    topics: messages.map(({ path, step }) => ({ path: `${path}.topic`, topic: step.topic })),
    contents: messages.flatMap((placed) => [...variantContents(placed), ...rungContents(placed)]),
  };
}

function variantContents({ path, step }: At<{ step: MessageStep }>): References['contents'] {
  return step.variants.map(({ key, content }, index) => ({ path: `${path}.variants.${index}.content`, stepId: step.id, topic: step.topic, variant: key, channel: step.channel, content }));
}

/** One content of each rung for all variants, kept under the first. */
function rungContents({ path, step }: At<{ step: MessageStep }>): References['contents'] {
  return rungsOf(step).map(({ stepId, channel, content, path: own }) => ({ path: `${path}.${own}`, stepId, topic: step.topic, variant: step.variants[0]!.key, channel, content }));
}

const eventFilter = (path: string, event: RunEvent | undefined): References['filters'] => (event ? [{ path, event: event.name, where: event.where }] : []);

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
    ...exitRules.flatMap(({ condition }, index) => (condition ? [{ path: `exitRules.${index}.condition`, condition }] : [])),
    ...goals.flatMap(({ condition }, index) => (condition ? [{ path: `goals.${index}.condition`, condition }] : [])),
  ];
}

function stepConditions({ path, step }: At<{ step: Step }>): References['conditions'] {
  if (step.type === 'wait_until') return step.condition ? [{ path: `${path}.condition`, condition: step.condition }] : [];
  if (step.type === 'branch') return step.branches.map(({ condition }, index) => ({ path: `${path}.branches.${index}.condition`, condition }));
  return [];
}
