import { z } from 'zod';
import { DurationSchema, Id, Instant } from './common.js';

/** JSON answers carry instants as text; stores give dates. */
const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Count = z.number().int();

/** Notes people write to each other: a few lines. */
const Note = z.string().trim().max(1_000);
export const ApprovalRequest = z.strictObject({ note: Note.default('') }).default({ note: '' }).meta({ id: 'ApprovalRequest' });
export const ApprovalDecision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('approve'), note: Note.default('') }),
  z.strictObject({ decision: z.literal('reject'), note: Note.min(1, 'say what has to change') }),
]).meta({ id: 'ApprovalDecision' });

export const ApprovalView = z.object({
  above: Count.nullable().meta({ description: 'A launch to more people needs a second person; null: never' }),
  needed: z.boolean(),
  held: z.boolean().meta({ description: 'A published launch is due and waits for this' }),
  revision: Count.meta({ description: 'Of the draft that is asked about' }),
  people: Count.nullable().meta({ description: 'Meant now; null: nobody can say, or nobody asks' }),
  state: z.enum(['not_needed', 'missing', 'requested', 'approved', 'rejected', 'void', 'grown']).meta({ description: 'void: the draft was changed since; grown: many more people are meant than were approved' }),
  mayDecide: z.boolean().meta({ description: 'Whoever asks may approve it' }),
  because: z.enum(['author', 'role', 'key']).nullable().meta({ description: 'Why not' }),
  history: z.array(z.object({
    id: Id, revision: Count, state: z.enum(['requested', 'approved', 'rejected']), people: Count.nullable(),
    requestedBy: z.string(), requestedByName: z.string().nullable(), requestedAt: At, requestNote: z.string(),
    decidedBy: z.string().nullable(), decidedByName: z.string().nullable(), decidedAt: At.nullable(), decisionNote: z.string().nullable(),
    alone: z.boolean().meta({ description: 'There was nobody else who may launch' }),
  })),
}).meta({ id: 'CampaignApproval' });
export type ApprovalView = z.infer<typeof ApprovalView>;

export const LaunchView = z.object({
  /** Null: nothing was launched, and nothing is to be. */
  launch: z.object({
    state: z.enum(['waiting', 'running', 'done', 'cancelled']), dueAt: At, startedAt: At.nullable(), finishedAt: At.nullable(),
    people: Count.nullable().meta({ description: 'Frozen when it started' }), taken: Count,
    forecast: Count.nullable().meta({ description: 'Meant when it was published, where it was counted' }),
    held: z.object({ people: Count.nullable(), approved: Count.nullable(), above: Count }).nullable().meta({ description: 'It waits for the approval of a second person' }),
    ramp: z.object({
      stages: z.array(z.object({ percent: z.number(), wait: DurationSchema })),
      stage: Count.meta({ description: 'Begun, counted from 1; 0: none yet; one more than there are stages: the last one' }),
      percent: z.number().meta({ description: 'Of the audience, reached with this stage' }),
      nextAt: At.nullable().meta({ description: 'The next stage not before this; null: the stage is under way, or the last one' }),
      unsent: z.boolean().meta({ description: 'Messages of the stage could go and have not: the next one waits for them' }),
      since: At.nullable().meta({ description: 'Messages that ended since then are counted' }),
      messages: Count, atLeast: Count,
      measures: z.array(z.object({ measure: z.enum(['hard', 'complaint', 'block', 'unsubscribe', 'render']), count: Count, percent: z.number(), limit: z.number() })),
    }).nullable(),
  }).nullable(),
  sendRate: z.object({ messages: Count, per: z.enum(['minute', 'hour']), nextAt: At.nullable().meta({ description: 'When the next message may go, if none may now' }), waiting: Count.meta({ description: 'Messages that wait for it, up to 10,000' }) }).nullable(),
  breaker: z.object({ scope: z.enum(['campaign', 'workspace']), at: At, closesAt: At.nullable(), text: z.object({ en: z.string(), ko: z.string() }) }).nullable().meta({ description: 'What holds its messages' }),
}).meta({ id: 'CampaignLaunch' });
export type LaunchView = z.infer<typeof LaunchView>;

export const EntryPreview = z.object({
  people: Count.nullable().meta({ description: 'Who is in the audience and had their moment within the look-back; null: publishing looks back at nothing' }),
  from: At.nullable().meta({ description: 'The look-back begins here' }),
  places: z.array(z.object({
    kind: z.enum(['now', 'waits', 'asks', 'over']).meta({ description: 'now: the step is due at once; waits: they wait there until their time; asks: their data decides there; over: everything was too late' }),
    stepId: z.string(), people: Count, firstAt: At.nullable(), lastAt: At.nullable(),
  })).nullable().meta({ description: 'Where they would stand after the launch; null: too many to look at each' }),
}).meta({ id: 'EntryPreview' });
export type EntryPreview = z.infer<typeof EntryPreview>;
