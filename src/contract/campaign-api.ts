import { z } from 'zod';
import { CampaignDefinition } from './campaign.js';
import { CampaignType, DraftDefinition } from './campaign-draft.js';
import { Id, Instant, Key, Name } from './common.js';
import { ExperimentPlan } from './experiment.js';
import { TestThenSendPreview } from './experiment-choice.js';
import { InFlightChoice } from './live-editing.js';

const State = z.enum(['draft', 'active', 'paused', 'draining', 'stopped', 'archived']);
/** JSON answers carry instants as text; stores give dates. */
const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });

const summary = {
  id: Id, type: CampaignType, name: z.string(), state: State,
  unfinished: z.boolean().meta({ description: 'The draft has gaps; `check` says which' }),
  revision: z.number().int().meta({ description: 'Counts every change of the draft. Send the one you saw with a change.' }),
  currentVersion: z.object({ id: Id, number: z.number().int(), publishedAt: At }).nullable(),
  createdBy: z.string(), createdAt: At, updatedAt: At, stateAt: At,
  pauseReason: z.object({
    code: z.enum(['ERROR_BUDGET', 'RAMP_HALTED']), measure: z.enum(['hard', 'complaint', 'block', 'unsubscribe', 'render', 'volume']), percent: z.number(), limit: z.number(), of: z.number().int(), at: At, text: z.object({ en: z.string(), ko: z.string() }),
  }).nullable().meta({ description: 'Why Danbi paused it by itself: too many of the last messages bounced, were reported or blocked, or its ramp was halted. Null otherwise.' }),
};
export const CampaignSummaryView = z.object(summary).meta({ id: 'CampaignSummary' });
export const CampaignView = z.object({ ...summary, definition: CampaignDefinition.meta({ description: 'When `unfinished`, what is not written yet is missing, null or empty' }) }).meta({ id: 'Campaign' });
export const CampaignList = z.object({ items: z.array(CampaignSummaryView), next: z.string().nullable() }).meta({ id: 'CampaignList' });

export const CampaignFilter = z.object({ state: State.optional(), type: CampaignType.optional(), q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the name' }), sort: z.enum(['created', 'updated', 'name']).default('created').meta({ description: 'created, updated: newest first' }) });

const written = { name: Name, definition: CampaignDefinition, unfinished: z.literal(false).optional() };
const unfinished = { name: Name, definition: DraftDefinition, unfinished: z.literal(true).meta({ description: 'Keeps a draft with gaps, as an editor that saves by itself does; publishing needs them filled' }) };

export const NewCampaign = z.discriminatedUnion('unfinished', [z.strictObject(written), z.strictObject(unfinished)]).meta({ id: 'NewCampaign' });
export type NewCampaign = z.infer<typeof NewCampaign>;

const Revision = z.number().int().min(1);
export const CampaignChange = z.discriminatedUnion('unfinished', [z.strictObject({ revision: Revision, ...written }), z.strictObject({ revision: Revision, ...unfinished })]).meta({ id: 'CampaignChange' });
export type CampaignChange = z.infer<typeof CampaignChange>;

export const DuplicateRequest = z.strictObject({ name: Name.optional() }).default({}).meta({ id: 'DuplicateRequest' });
/** Without a revision whatever the draft is now gets published. */
export const PublishRequest = z.strictObject({ revision: Revision.optional(), inFlight: InFlightChoice.optional().meta({ description: 'What becomes of people on earlier versions; they keep theirs when absent' }) }).default({}).meta({ id: 'PublishRequest' });

export const FindingView = z.object({ severity: z.enum(['error', 'warning']), path: z.string(), code: z.string(), message: z.string(), messageKo: z.string().optional(), source: z.string().optional().meta({ description: 'The law or standard a rule comes from' }) });
export const CheckView = z.object({ ok: z.boolean(), findings: z.array(FindingView), testThenSend: TestThenSendPreview.nullable() }).meta({ id: 'CampaignCheck' });
export const TestPlansView = z.object({
  tests: z.array(z.object({ stepId: z.string(), path: z.string(), fixed: z.boolean().meta({ description: 'The test has begun: this is its plan, which publishing keeps' }), plan: ExperimentPlan })),
  findings: z.array(FindingView),
}).meta({ id: 'CampaignTestPlans' });
export const PublishView = z.object({ campaign: CampaignView, version: z.object({ id: Id, number: z.number().int() }), warnings: z.array(FindingView) }).meta({ id: 'CampaignPublished' });
export const StopView = z.object({
  campaign: CampaignView,
  cancelled: z.object({ runs: z.number().int(), deliveries: z.number().int(), launches: z.number().int() }),
  recalled: z.number().int().meta({ description: 'In-app messages taken back' }),
  handedOver: z.object({ sending: z.number().int(), sent: z.number().int() }).meta({ description: 'What could not be taken back: with a sender at that moment, or gone (e-mails, webhooks, notices)' }),
}).meta({ id: 'CampaignStopped' });

export const VersionSummaryView = z.object({ id: Id, number: z.number().int(), publishedBy: z.string(), publishedAt: At, activeEnrollments: z.number().int() });
export const VersionList = z.object({ items: z.array(VersionSummaryView) }).meta({ id: 'CampaignVersionList' });
export const ExperimentView = z.object({ id: Id, salt: z.string(), arms: z.array(z.object({ key: z.string(), basisPoints: z.number().int(), isControl: z.boolean() })) });
export const VersionView = z.object({
  id: Id, campaignId: Id, number: z.number().int(), publishedBy: z.string(), publishedAt: At, definition: CampaignDefinition,
  experiments: z.record(z.string(), ExperimentView).meta({ description: 'By step' }),
}).meta({ id: 'CampaignVersion' });

/** One row: exactly one of `personId` and `externalId`; `at` is now when absent. */
export const AssignmentRow = z.strictObject({ personId: Id.optional(), externalId: z.string().min(1).max(256).regex(/^[^\p{Cc}\p{Surrogate}]*$/u, 'must not contain control characters').optional(), variant: Key, at: Instant.optional() })
  .refine((given) => (given.personId === undefined) !== (given.externalId === undefined), 'give exactly one of personId and externalId');
export type AssignmentRow = z.infer<typeof AssignmentRow>;

/** Rows are checked one by one, so that one bad row does not refuse the others. */
export const AssignmentBatch = z.strictObject({
  experiment: Key.optional().meta({ description: 'Step of the experiment; may be left out when the campaign has only one' }),
  assignments: z.array(z.unknown()).min(1).max(5_000),
}).meta({ id: 'AssignmentBatch' });
export const AssignmentTarget = z.object({ experiment: Key.optional() });

export const AssignmentSummary = z.object({
  received: z.number().int(), assigned: z.number().int(), unchanged: z.number().int(), rejectedTotal: z.number().int(),
  rejected: z.array(z.object({ index: z.number().int(), code: z.string(), message: z.string() })).meta({ description: 'The first 10,000 rejected rows, counted from 0' }),
}).meta({ id: 'AssignmentSummary', description: 'received = assigned + unchanged + rejectedTotal' });
export type AssignmentSummary = z.infer<typeof AssignmentSummary>;

export const AssignmentFilter = z.object({ personId: Id.optional(), experiment: Key.optional() });
export const AssignmentView = z.object({ experimentId: Id, experiment: z.string(), personId: Id, variant: z.string(), isControl: z.boolean(), source: z.enum(['hash', 'external', 'override', 'choice']), assignedAt: At });
export const AssignmentList = z.object({ items: z.array(AssignmentView), next: z.string().nullable() }).meta({ id: 'AssignmentList' });
