import { z } from 'zod';
import { Id, Instant } from './common.js';

/** JSON answers carry instants as text; stores give dates. */
const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Count = z.number().int();

export const SimulationReactions = z.enum(['none', 'observed_rate', 'worst_case']).meta({ description: 'What is supposed of people who get messages that were never sent: nobody reacts; as often as was observed in the period; everybody unsubscribes at the first marketing message' });
export const SIMULATION_DAYS = 366;

export const NewSimulation = z.strictObject({
  version: z.number().int().min(1).optional().meta({ description: 'Number of a published version; absent: the draft' }),
  from: Instant, to: Instant,
  reactions: SimulationReactions.default('none'),
  compare: z.boolean().default(false).meta({ description: 'Take the running version through the same period as well' }),
}).meta({ id: 'NewSimulation', description: `The campaign begins at "from" with nobody in it; at most ${SIMULATION_DAYS} days of recorded history` });
export type NewSimulation = z.infer<typeof NewSimulation>;

const SimulationTotals = z.object({
  triggered: Count.meta({ description: 'Entry triggers met: entered + refused at entry' }), entered: Count.meta({ description: 'Runs' }), people: Count.meta({ description: 'Different people who entered' }), messaged: Count.meta({ description: 'Different people who would have got a message' }),
  sent: Count, ghosts: Count.meta({ description: 'What would have gone to controls' }), deferred: Count.meta({ description: 'How often messages were put off' }), refused: Count, cancelled: Count.meta({ description: 'Messages that were queued and did not go' }),
  completed: Count, exited: Count, underWay: Count.meta({ description: 'Runs going on at the end' }), waiting: Count.meta({ description: 'Messages in the queue at the end' }),
});

export const SimulationSide = z.object({
  totals: SimulationTotals,
  days: z.array(z.object({ day: z.string().meta({ description: 'Day of the workspace' }), entered: Count, sent: Count, deferred: Count, ended: Count })),
  messages: z.array(z.object({ day: z.string(), stepId: z.string(), variant: z.string(), language: z.string().nullable(), channel: z.string(), kind: z.enum(['sent', 'ghost']), count: Count })),
  refusals: z.array(z.object({ stage: z.enum(['entry', 'step']), stepId: z.string().nullable(), code: z.string(), count: Count })),
  deferrals: z.array(z.object({ stepId: z.string(), code: z.string(), rule: z.string().meta({ description: 'Key of the cap, or the rule' }), count: Count })),
  stopped: z.array(z.object({ stepId: z.string(), code: z.string(), count: Count })).meta({ description: 'Queued messages that did not go' }),
  exits: z.array(z.object({ state: z.enum(['completed', 'exited']), code: z.string().nullable(), stepId: z.string(), count: Count })),
  collisions: z.array(z.object({ campaignId: Id, kept: z.boolean().meta({ description: 'The place was reserved for a message to come' }), count: Count })).meta({ description: 'Campaigns whose messages took the place' }),
  outcomes: z.array(z.string()).meta({ description: 'What sample people are examples of' }),
});
export type SimulationSide = z.infer<typeof SimulationSide>;

export const SimulationUnknown = z.object({ code: z.string(), en: z.string(), ko: z.string(), count: Count.nullable() });
export type SimulationUnknown = z.infer<typeof SimulationUnknown>;

export const SimulationResult = z.object({
  subject: SimulationSide, running: SimulationSide.nullable().meta({ description: 'The running version over the same period' }),
  considered: Count.meta({ description: 'People whom the entry could have let in' }),
  campaigns: z.record(z.string(), z.string()).meta({ description: 'Names of the campaigns that collided, by id' }),
  unknown: z.array(SimulationUnknown).meta({ description: 'What it cannot know' }),
});
export type SimulationResult = z.infer<typeof SimulationResult>;

const common = {
  id: Id, campaignId: Id, state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  version: Count.nullable().meta({ description: 'Null: the draft, as it was then' }), revision: Count.nullable().meta({ description: 'Of the draft' }), comparedWith: Count.nullable().meta({ description: 'Number of the running version' }),
  from: At, to: At, reactions: SimulationReactions,
  done: Count.meta({ description: 'People taken through so far' }), total: Count.nullable(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdBy: z.string(), createdAt: At, startedAt: At.nullable(), finishedAt: At.nullable(),
};
export const SimulationSummary = z.object({ ...common, totals: SimulationTotals.nullable() }).meta({ id: 'SimulationSummary' });
export const SimulationList = z.object({ items: z.array(SimulationSummary), next: z.string().nullable() }).meta({ id: 'SimulationList' });
export const SimulationView = z.object({ ...common, result: SimulationResult.nullable() }).meta({ id: 'Simulation' });

/** Loose on purpose: what a line has beside its kind and moment follows from the kind. */
const SimulationLine = z.object({
  kind: z.enum(['entered', 'refused', 'left', 'queued', 'deferred', 'sent', 'ghost', 'cancelled', 'failed', 'reacted', 'ended']), at: At,
  stepId: z.string().nullable().optional(), code: z.string().nullable().optional(), stage: z.string().optional(), state: z.string().optional(), outcome: z.string().optional(), variant: z.string().optional(), channel: z.string().optional(), language: z.string().nullable().optional(),
  trigger: z.string().optional(), rule: z.string().optional(), until: At.nullable().optional(), reaction: z.string().optional(), detail: z.string().nullable().optional(), winner: z.object({ campaignId: Id, kept: z.boolean() }).nullable().optional(),
});
export const SimulationPerson = z.object({
  personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), outcome: z.string(), side: z.enum(['subject', 'running']), lines: z.array(SimulationLine),
});
export const SimulationPeople = z.object({ items: z.array(SimulationPerson), next: z.string().nullable() }).meta({ id: 'SimulationPeople' });
