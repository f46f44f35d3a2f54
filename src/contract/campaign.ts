import { z } from 'zod';
import { Entry, Reentry } from './campaign-entry.js';
import { ExitRule, Goal } from './campaign-goals.js';
import { ChatStep, EmailStep, InAppStep, Step, WebhookStep, Weight } from './campaign-steps.js';
import { Id, Instant, Key, LocalTime } from './common.js';
import { Display } from './display.js';
import { TestPlan } from './experiment.js';
import { CampaignPacing } from './pacing.js';
import { Ramp } from './safety.js';
import { SegmentNodeSchema } from './segment.js';

const shared = {
  audience: SegmentNodeSchema.optional(),
  exitRules: z.array(ExitRule).max(20).default([]),
  goals: z.array(Goal).max(10).default([]),
};

export const SeriesDefinition = z.strictObject({
  type: z.literal('series'),
  entry: Entry,
  reentry: Reentry.default({ policy: 'never' }),
  pacing: CampaignPacing.optional(),
  /** Of those who are there when it is published; who comes later enters at once. */
  ramp: Ramp.optional(),
  ...shared,
  start: Key,
  steps: z.array(Step).min(1).max(500),
});

const messageId = { id: Key.default('message') };

/**
 * One message to a segment at one moment. `external` records a past or foreign experiment instead: it has `arms` and no
 * message, assignments are given from outside, and nothing is ever sent.
 */
export const BroadcastDefinition = z.strictObject({
  type: z.literal('broadcast'),
  external: z.boolean().default(false),
  /** Without a segment the audience alone says who is meant. */
  segmentId: Id.optional(),
  /** At once when absent. */
  launchAt: Instant.optional(),
  /** Each person's message waits for this time in their own zone, counted from when the launch is due; one that was less than an hour ago is still met. */
  localTime: LocalTime.optional(),
  pacing: CampaignPacing.optional(),
  ramp: Ramp.optional(),
  /** Who has left segment or audience since the launch started gets it no more: looked at again when their turn comes and before it is sent. Else the audience of the start counts. */
  recheckAudience: z.boolean().optional(),
  ...shared,
  message: z.discriminatedUnion('channel', [EmailStep.extend(messageId), InAppStep.extend(messageId), WebhookStep.extend(messageId), ChatStep.extend(messageId)]).optional(),
  /** The arms of an external experiment. */
  arms: z.array(z.strictObject({ key: Key, name: z.string().max(200).default(''), weight: Weight.default(1), control: z.boolean().default(false) })).min(1).max(9).optional(),
  /** Of an external experiment; the test of a message stands beside its variants. */
  test: TestPlan.optional(),
});

/**
 * One in-app message to visitors of a website, displayed when page and moment fit. Nobody is sent anything: the browser asks
 * at the moment of display, and a run is one impression.
 */
export const AutoMessageDefinition = z.strictObject({
  type: z.literal('auto_message'),
  display: Display,
  ...shared,
  message: InAppStep.extend(messageId),
});

/** What a campaign does. Checked further (reachability, references, templates) at publish. */
export const CampaignDefinition = z.discriminatedUnion('type', [SeriesDefinition, BroadcastDefinition, AutoMessageDefinition]).meta({ id: 'CampaignDefinition' });
export type CampaignDefinition = z.infer<typeof CampaignDefinition>;
export type SeriesDefinition = z.infer<typeof SeriesDefinition>;
export type BroadcastDefinition = z.infer<typeof BroadcastDefinition>;
export type AutoMessageDefinition = z.infer<typeof AutoMessageDefinition>;
