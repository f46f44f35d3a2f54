import { z } from 'zod';
import { Id, Key } from '../../contract/common.js';
import { PersonHandle } from '../../contract/people.js';
import { REASON_CODES } from '../../kernel/reason-codes.js';
import { PageQuery } from '../../platform/http/paging.js';
import { GATES } from '../domain/gates.js';

const Moment = z.iso.datetime();
const Code = z.enum(REASON_CODES);
const Facts = z.record(z.string(), z.unknown());

const DeliveryView = z
  .object({
    id: Id, stepId: z.string(), channel: z.string(), variant: z.string(), isControl: z.boolean(), state: z.string(), reason: Code.nullable(), detail: z.string().nullable(),
    queuedAt: Moment, dueAt: Moment, sentAt: Moment.nullable(), settledAt: Moment.nullable(),
    events: z.array(z.object({ kind: z.string(), at: Moment, verdict: z.string() })),
  })
  .meta({ id: 'RunDelivery' });

export const RunView = z
  .object({
    id: Id, campaignId: Id, campaignName: z.string(), versionId: Id, versionNumber: z.number().int(), state: z.enum(['active', 'completed', 'exited', 'cancelled']), exitCode: Code.nullable(),
    stepId: z.string(), dueAt: Moment.nullable(), enteredAt: Moment, leftAt: Moment.nullable(),
    steps: z.array(z.object({ stepId: z.string(), arrivedAt: Moment, leftAt: Moment.nullable(), outcome: z.string().nullable() })),
    deliveries: z.array(DeliveryView),
  })
  .meta({ id: 'Run' });

export const DecisionView = z
  .object({
    id: Id, personId: Id, at: Moment, versionId: Id.nullable(), stepId: z.string().nullable(), enrollmentId: Id.nullable(), variant: z.string().nullable(),
    stage: z.enum(['entry', 'step', 'exit', 'dispatch']), code: Code, facts: Facts, nextCheckAt: Moment.nullable(),
  })
  .meta({ id: 'Decision' });

export const ExplanationView = z
  .object({
    campaignId: Id, personId: Id,
    /** The message the answer is about; null when it is about entering. */
    stepId: z.string().nullable(),
    /** `ledger`: as it was decided then. `now`: never considered, so every gate was asked now. */
    basis: z.enum(['ledger', 'now']),
    answer: z.object({ en: z.string(), ko: z.string() }),
    /** Every gate in the published order; `passed` is null where it was not asked. */
    gates: z.array(z.object({ gate: z.enum(GATES), passed: z.boolean().nullable(), code: Code.nullable(), facts: Facts, at: Moment.nullable(), nextCheckAt: Moment.nullable() })),
    nextPossibleAt: Moment.nullable(),
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
export const RunList = listOf(RunView).meta({ id: 'RunList' });
export const ParticipantList = listOf(ParticipantView).meta({ id: 'ParticipantList' });
export const DecisionList = listOf(DecisionView).meta({ id: 'DecisionList' });

export const ExplainQuery = z.object({ personId: PersonHandle, step: Key.optional() });
export type ExplainQuery = z.infer<typeof ExplainQuery>;
export const ParticipantQuery = PageQuery.extend({ step: Key.optional(), state: z.enum(['active', 'completed', 'exited', 'cancelled']).optional() });
export type ParticipantQuery = z.infer<typeof ParticipantQuery>;
export const DecisionQuery = PageQuery.extend({ personId: PersonHandle.optional(), step: Key.optional(), code: Code.optional(), stage: z.enum(['entry', 'step', 'exit', 'dispatch']).optional() });
export type DecisionQuery = z.infer<typeof DecisionQuery>;
