import type { CampaignDefinition } from '../../contract/campaign.js';
import type { Entry, Reentry } from '../../contract/campaign-entry.js';
import type { ExitRule, Goal } from '../../contract/campaign-goals.js';
import { authoredStep, type Step } from '../../contract/campaign-steps.js';
import { CampaignPacing } from '../../contract/pacing.js';
import type { SegmentNode } from '../../contract/segment.js';
import type { z } from 'zod';

/** The arm key of people who get nothing; no variant may have it. */
export const CONTROL = 'control';
/** Step id under which an external broadcast keeps its one experiment. */
export const EXTERNAL_STEP = 'message';
/** Id of the wait that a broadcast with `localTime` begins with. */
export const LOCAL_TIME_STEP = '_local-time';

/** One arm; the shares of an experiment sum to 10,000 and the arms own consecutive bucket ranges in this order. */
export interface PublishedArm {
  key: string;
  basisPoints: number;
  isControl: boolean;
}

/** The random assignment at one message or split. Unchanged ones keep id and salt from version to version. */
export interface PublishedExperiment {
  experimentId: string;
  salt: string;
  arms: PublishedArm[];
  /** The attribute that names the account for which arms are drawn; absent: they are drawn for people. */
  account?: string;
}

/** A series' own entry; `launch` of a broadcast (null: everybody in the audience); `display` of an auto message: asked for by browsers; `external`: nobody ever enters. */
export type PublishedEntry = z.infer<typeof Entry> | { type: 'launch'; segmentId: string | null } | { type: 'display' } | { type: 'external' };

/**
 * `campaign_version.definition`: all that the engine needs to run people through one version, with every id resolved.
 * Immutable, so it may be cached for ever.
 */
export interface PublishedDefinition {
  /** As authored, after defaults. */
  definition: CampaignDefinition;
  entry: PublishedEntry;
  reentry: Reentry;
  audience?: SegmentNode;
  /** Id of the first step. */
  start: string;
  /** By id. Empty for an external broadcast. */
  steps: Record<string, Step>;
  /** Step id → variant key → id of the compiled content. Control has its first variant's content, so that its render is tried too. */
  contents: Record<string, Record<string, string>>;
  /** Step id → assignment; every message and split step has one, with a single arm as well. */
  experiments: Record<string, PublishedExperiment>;
  /** Place → hidden segment that maintains the condition. Places: {@link conditionPlace}. */
  conditions: Record<string, string>;
  /** At most one is primary. */
  goals: Goal[];
  exitRules: ExitRule[];
}

/** The key of a condition that is maintained as a hidden segment. */
export const conditionPlace = {
  goal: (key: string): string => `goal:${key}`,
  exit: (key: string): string => `exit:${key}`,
  wait: (stepId: string): string => `wait:${stepId}`,
  /** Of an auto message: who may get it, read with every boot of a browser. */
  audience: 'audience',
};

const EVEN = CampaignPacing.parse({});

/** The pace of a version's messages; of an auto message only its class, which is that of its display. */
export function pacingOf({ definition }: Pick<PublishedDefinition, 'definition'>): CampaignPacing {
  if (definition.type === 'auto_message') return { ...EVEN, class: definition.display.class, priority: definition.display.priority };
  return definition.pacing ?? EVEN;
}

/** The pace of one message of a version: its own hours, where it has some, come in place of those of the campaign. */
export function pacingAt(published: Pick<PublishedDefinition, 'definition' | 'steps'>, stepId: string): CampaignPacing {
  const step = published.steps[authoredStep(stepId)];
  const own = step?.type === 'message' && 'sendWindow' in step ? step.sendWindow : undefined;
  return own ? { ...pacingOf(published), sendWindow: own } : pacingOf(published);
}
