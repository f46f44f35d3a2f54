import { z } from 'zod';
import { DurationSchema, Id, Instant, Key } from './common.js';

const Count = z.number().int();
const Text = z.object({ en: z.string(), ko: z.string() });
/** JSON answers carry instants as text; stores give dates. */
const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Claim = z.enum(['winner', 'leader', 'none']).meta({ description: 'winner: the verdict says so. leader: in front, not proven. none: a person chose' });

const Choice = z.object({
  id: Id, variant: z.string(),
  keep: z.number().meta({ description: 'Share of new people who go on being split by the arms' }),
  claim: Claim,
  chosenBy: z.string().meta({ description: 'verdict or wait: Danbi itself; else who did' }),
  since: At, endedAt: At.nullable(), endedBy: z.string().nullable(),
  endReason: z.enum(['undone', 'replaced', 'guardrail']).nullable().meta({ description: 'guardrail: the arm was found to do harm' }),
});

/** Whom an action concerns, for the person who has to confirm it. */
const Concerns = z.object({
  people: Count.meta({ description: 'Series: people on the way without an arm yet. Broadcasts: the rest' }),
  keepTheirs: Count.meta({ description: 'People who have an arm; they keep it' }),
  lastWeek: Count.meta({ description: 'People who got an arm in the last seven days: about so many a week are to come' }),
  sentence: Text,
});

export const TestThenSendView = z
  .object({
    experimentId: Id, campaignId: Id,
    state: z.enum(['testing', 'waiting', 'held', 'decided', 'cancelled']).meta({ description: 'testing: the share is being sent. waiting: until restAt. held: needs a person. decided: the rest was launched' }),
    because: z.enum(['guardrail', 'control', 'paused', 'error_budget']).nullable().meta({ description: 'What keeps the rest waiting' }),
    share: z.number(), wait: DurationSchema,
    testPeople: Count, restPeople: Count,
    restLeft: Count.meta({ description: 'People of the rest nobody has come to yet' }),
    beganAt: At,
    sentAt: At.nullable().meta({ description: 'When the last message of the test had left: the wait begins' }),
    restAt: At.nullable().meta({ description: 'End of the wait' }),
    decidedAt: At.nullable(),
    sent: z.object({ variant: z.string(), claim: Claim }).nullable(),
    sentence: Text,
  })
  .meta({ id: 'TestThenSend' });

export const ExperimentSteering = z
  .object({
    experimentId: Id, campaignId: Id, stepId: z.string(),
    arms: z.array(z.object({ key: z.string(), isControl: z.boolean(), share: z.number().meta({ description: 'Of people who are split now' }), dropped: z.object({ by: z.string(), at: At }).nullable(), beaten: z.boolean().meta({ description: 'Proven to be worse than another arm, or to do harm: it may be dropped' }) })),
    choice: Choice.nullable().meta({ description: 'The arm new people get' }),
    history: z.array(Choice).meta({ description: 'The newest 100, with the one in force' }),
    testThenSend: TestThenSendView.nullable(),
  })
  .meta({ id: 'ExperimentSteering' });

const confirm = z.boolean().default(false).meta({ description: 'false: nothing is changed; the answer says whom it would concern' });
export const ChoiceRequest = z.strictObject({ variant: Key, keep: z.number().min(0).max(0.5).default(0).meta({ description: 'Share of new people who go on being split' }), confirm }).meta({ id: 'ChoiceRequest' });
export type ChoiceRequest = z.infer<typeof ChoiceRequest>;
export const DropRequest = z.strictObject({ variant: Key, confirm }).meta({ id: 'DropRequest' });
export type DropRequest = z.infer<typeof DropRequest>;
export const SteeringAnswer = z.object({ applied: z.boolean(), concerns: Concerns, experiment: ExperimentSteering }).meta({ id: 'SteeringAnswer' });

/** What a broadcast with test-then-send would do if it were published now. */
export const TestThenSendPreview = z
  .object({
    people: Count.nullable().meta({ description: 'About so many are meant now; null when that could not be counted in time' }),
    exact: z.boolean(),
    test: Count.nullable(), rest: Count.nullable(),
    restAt: At.nullable().meta({ description: 'The earliest: the wait begins when the last message of the test has left' }),
    sentence: Text,
  })
  .meta({ id: 'TestThenSendPreview' });
export type TestThenSendPreview = z.infer<typeof TestThenSendPreview>;
