import { z } from 'zod';
import { Id, Instant, Key } from '../../contract/common.js';
import { PersonHandle } from '../../contract/people.js';
import { REASON_CODES } from '../../kernel/reason-codes.js';
import { PageQuery } from '../../platform/http/paging.js';
import { GATES } from '../../kernel/gates.js';
import { STUCK_KINDS } from '../domain/stuck.js';

const Moment = z.iso.datetime();
const Code = z.enum(REASON_CODES);
const Facts = z.record(z.string(), z.unknown());

const Said = z.object({ en: z.string(), ko: z.string() });

const FlipChangeView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('attribute'), key: z.string(), value: z.unknown().meta({ description: 'Null: the attribute is removed' }) }),
  z.object({ kind: z.literal('event'), name: z.string(), properties: Facts, times: z.number().int() }),
  z.object({ kind: z.literal('tag'), tag: z.string(), set: z.boolean() }),
  z.object({ kind: z.literal('list'), listId: Id, on: z.boolean() }),
  z.object({ kind: z.literal('consent'), channel: z.enum(['email', 'in_app']), topic: z.string(), state: z.enum(['subscribed', 'unsubscribed']) }),
  z.object({ kind: z.literal('campaign'), verb: z.enum(['resume', 'publish']) }),
  z.object({ kind: z.literal('let_in') }),
  z.object({ kind: z.literal('suppression') }).meta({ description: 'The block of the address is lifted' }),
  z.object({ kind: z.literal('reservation'), campaignId: Id }).meta({ description: 'That campaign keeps no place for its message' }),
]).meta({ id: 'FlipChange' });

const FlipView = z
  .object({
    to: z.enum(['yes', 'no']).meta({ description: 'The answer it leads to' }),
    changes: z.array(FlipChangeView).meta({ description: 'The fewest changes that were found, in the order to be made; values are examples. Each was asked of the same compiler and gates as sending' }),
    byTime: Moment.nullable().meta({ description: 'When time alone brings it' }),
    blocked: z.array(z.object({ gate: z.enum(GATES), code: Code.nullable(), sentence: Said })).meta({ description: 'What no change of data moves, and what would' }),
    sentence: Said,
  })
  .meta({ id: 'Flip' });

const DeliveryView = z
  .object({
    id: Id, stepId: z.string(), version: z.number().int().meta({ description: 'The version that decided it' }), channel: z.string(), variant: z.string(), isControl: z.boolean(), state: z.string(), reason: Code.nullable(), detail: z.string().nullable(), gateFacts: Facts.nullable(),
    queuedAt: Moment, dueAt: Moment, sentAt: Moment.nullable(), settledAt: Moment.nullable(),
    events: z.array(z.object({ kind: z.string(), at: Moment, verdict: z.string() })),
  })
  .meta({ id: 'RunDelivery' });

export const RunView = z
  .object({
    id: Id, campaignId: Id, campaignName: z.string(), versionId: Id, versionNumber: z.number().int(), state: z.enum(['active', 'completed', 'exited', 'cancelled']), exitCode: Code.nullable(),
    stepId: z.string(), dueAt: Moment.nullable(), enteredAt: Moment, leftAt: Moment.nullable(),
    steps: z.array(z.object({ stepId: z.string(), version: z.number().int().meta({ description: 'The version under which it was left, or is being waited at' }), arrivedAt: Moment, leftAt: Moment.nullable(), outcome: z.string().nullable() })),
    moves: z.array(z.object({ at: Moment, from: z.number().int(), to: z.number().int(), stepId: z.string() })).meta({ description: 'How it was moved from version to version when one was published, and where the person stood' }),
    deliveries: z.array(DeliveryView),
  })
  .meta({ id: 'Run' });

export const DecisionView = z
  .object({
    id: Id, personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), at: Moment, versionId: Id.nullable(), stepId: z.string().nullable(), enrollmentId: Id.nullable(), variant: z.string().nullable(),
    stage: z.enum(['entry', 'step', 'exit', 'dispatch']), code: Code, facts: Facts, nextCheckAt: Moment.nullable(),
  })
  .meta({ id: 'Decision' });

export const ExplanationView = z
  .object({
    campaignId: Id, personId: Id,
    /** The message the answer is about; null when it is about entering. */
    stepId: z.string().nullable(),
    basis: z.enum(['ledger', 'recorded', 'now']).meta({ description: 'ledger: as it was decided then. recorded: never considered by that past moment, so every gate was asked of what was known then. now: never considered, so every gate was asked now' }),
    version: z.object({ number: z.number().int().nullable().meta({ description: 'Null: the draft' }) }),
    at: Moment.meta({ description: 'The moment the answer is about' }),
    verdict: z.enum(['yes', 'later', 'no']).meta({ description: 'later: no, but time alone makes it yes' }),
    answer: Said,
    /** Every gate in the published order; `passed` is null where it was not asked. */
    gates: z.array(z.object({ gate: z.enum(GATES), passed: z.boolean().nullable(), code: Code.nullable(), facts: Facts, at: Moment.nullable(), nextCheckAt: Moment.nullable() })),
    nextPossibleAt: Moment.nullable().meta({ description: 'The earliest moment the answer becomes yes by the clock alone, if nothing else happens; null when none is known' }),
    flip: FlipView.nullable().meta({ description: 'Null of what has gone: nothing takes it back' }),
    runs: z.array(RunView),
    decisions: z.array(DecisionView),
  })
  .meta({ id: 'Explanation' });

export const ParticipantView = z
  .object({
    runId: Id, personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), versionId: Id, state: z.string(), exitCode: Code.nullable(), stepId: z.string(),
    dueAt: Moment.nullable(), enteredAt: Moment, leftAt: Moment.nullable(),
  })
  .meta({ id: 'Participant' });

const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
const StuckKindView = z.enum(STUCK_KINDS);
export const StuckView = z.object({
  asOf: Moment,
  items: z.array(z.object({ stepId: z.string(), kind: StuckKindView, count: z.number().int(), since: Moment.meta({ description: 'Since when the first of them' }), afterMinutes: z.number().int().meta({ description: 'From so many minutes on it counts' }), why: Said, whatToDo: Said })),
}).meta({ id: 'CampaignStuck' });
export const StuckPeople = listOf(z.object({ runId: Id, personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), stepId: z.string(), kind: StuckKindView, since: Moment })).meta({ id: 'StuckPeople' });
export const StuckQuery = PageQuery.extend({ kind: StuckKindView, step: z.string().min(1).max(120) });
export type StuckQuery = z.infer<typeof StuckQuery>;
export const RunList = listOf(RunView).meta({ id: 'RunList' });
export const ParticipantList = listOf(ParticipantView).meta({ id: 'ParticipantList' });
export const DecisionList = listOf(DecisionView).meta({ id: 'DecisionList' });

export const ExplainQuery = z.object({
  personId: PersonHandle, step: Key.optional(),
  at: Instant.optional().meta({ description: 'A past moment: what was decided, or would have been, by what was known then' }),
  version: z.union([z.literal('draft'), z.coerce.number().int().min(1)]).optional().meta({ description: 'Another version by its number, or the draft as publishing would have it' }),
});
export type ExplainQuery = z.infer<typeof ExplainQuery>;
export const ParticipantQuery = PageQuery.extend({ step: Key.optional(), state: z.enum(['active', 'completed', 'exited', 'cancelled']).optional() });
export type ParticipantQuery = z.infer<typeof ParticipantQuery>;
export const DecisionQuery = PageQuery.extend({ personId: PersonHandle.optional(), step: Key.optional(), code: Code.optional(), stage: z.enum(['entry', 'step', 'exit', 'dispatch']).optional(), from: Instant.optional(), to: Instant.optional().meta({ description: 'Refusals of [from, to)' }) });
export type DecisionQuery = z.infer<typeof DecisionQuery>;
