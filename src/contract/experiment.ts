import { z } from 'zod';
import { DurationSchema, Id, Instant, Key } from './common.js';

/** What a goal is hoped to do. */
export const Direction = z.enum(['higher', 'lower']);
export type Direction = z.infer<typeof Direction>;

/** `planned`: one read-out at a date fixed before the first send, early looks allowed. `open`: no read-out, every look counts. */
export const TestMode = z.enum(['planned', 'open']);
export type TestMode = z.infer<typeof TestMode>;

/** What the author of an experiment wants of it. Everything has a default; fixed at publish, it may not change after the first assignment. */
export const TestPlan = z
  .strictObject({
    goal: Key.optional().meta({ description: 'The goal that decides; the primary goal of the campaign when absent' }),
    mode: TestMode.optional().meta({ description: 'planned (default): early looks and one read-out. open: early looks only. Broadcasts always have one read-out and no early look' }),
    baseline: z.number().gt(0).lt(1).optional().meta({ description: 'Share of people expected to reach the goal without any change; used where earlier campaigns tell nothing' }),
    lift: z.number().gt(0).max(10).default(0.2).meta({ description: 'Relative difference the test should be able to see: 0.2 is 20 %' }),
    minEffect: z.number().gt(0).max(1).default(0.05).meta({ description: 'Differences within ± this do not matter' }),
    direction: Direction.default('higher').meta({ description: 'What counts as better' }),
    readoutAt: Instant.optional().meta({ description: 'Date of the read-out; planned from the expected volume when absent' }),
    cap: z.number().positive().max(1e12).optional().meta({ description: 'Highest amount that counts per person, in the currency of the goal; from earlier campaigns when absent' }),
    autoWinner: z.strictObject({ keep: z.number().min(0).max(0.5).default(0.1) }).optional().meta({ description: 'Series and auto messages: once there is a winner, new people get it, except this share, who get the runner-up' }),
    send: z
      .strictObject({ share: z.number().gt(0).lt(1), wait: DurationSchema })
      .optional()
      .meta({ description: 'Broadcasts: send to this share of the audience first; after the wait everybody else gets the leader' }),
  })
  .meta({ id: 'TestPlan' });
export type TestPlan = z.infer<typeof TestPlan>;

const Count = z.number().int();
const Text = z.object({ en: z.string(), ko: z.string() });

/** Where an assumption of a plan comes from. */
const AssumedFrom = z.enum(['history', 'author', 'unknown']);

export const ExperimentPlan = z
  .object({
    goal: z.object({ key: z.string(), name: z.string(), kind: z.enum(['conversion', 'amount']), currency: z.string().nullable(), windowSeconds: z.number() }),
    direction: Direction,
    mode: TestMode,
    alphaEarly: z.number(),
    alphaFinal: z.number(),
    nStar: z.number().meta({ description: 'Matured people of a pair of arms expected at the read-out' }),
    readoutAt: Instant.nullable().meta({ description: 'null: no read-out, or one whose date is not known yet (a broadcast before its launch)' }),
    minEffect: z.number(),
    lift: z.number(),
    cap: z.number().nullable(),
    weights: z.record(z.string(), z.number()).meta({ description: 'Share of each arm; they sum to 1' }),
    baseline: z.object({ rate: z.number().nullable(), from: AssumedFrom }),
    volume: z.object({ perDay: z.number().nullable().meta({ description: 'People per day; for a broadcast the whole audience' }), from: AssumedFrom }),
    peoplePerArm: Count.nullable().meta({ description: 'Matured people needed per arm to see `lift`' }),
    detectable: z.number().nullable().meta({ description: 'Relative difference that can be seen at the read-out with the expected volume' }),
    fixedSince: Instant.nullable().meta({ description: 'The first assignment: from then on the plan cannot change' }),
  })
  .meta({ id: 'ExperimentPlan' });
export type ExperimentPlan = z.infer<typeof ExperimentPlan>;

/** Ends of an interval of a lift; null: not bounded on that side, or not known yet. */
const Interval = z.object({ low: z.number().nullable(), high: z.number().nullable() });

const Comparison = z.object({
  base: z.string(),
  arm: z.string(),
  lift: Interval.extend({ estimate: z.number().nullable() }).meta({ description: 'How much better or worse `arm` is than `base`, relative' }),
  evidence: z.object({ logRatio: z.number().nullable(), standardError: z.number().nullable(), multiplier: z.number().nullable(), alwaysValidP: z.number().nullable() }).meta({ description: 'For analysts; null where it cannot be computed' }),
  favours: z.string().nullable().meta({ description: 'The arm on whose side the whole interval lies' }),
});
export type Comparison = z.infer<typeof Comparison>;

/** What a verdict counts of one arm. */
const ArmCounts = z.object({
  key: z.string(),
  assigned: Count,
  eligible: Count.meta({ description: 'Assigned and allowed to get the message at the moment of decision; controls too' }),
  matured: Count.meta({ description: 'Eligible people whose whole goal window has passed: all that a verdict counts' }),
  converted: Count.meta({ description: 'Matured people who reached the goal; for amounts those with an amount other than 0' }),
  sum: z.number().nullable(),
  sumSquares: z.number().nullable(),
});
export type ArmCounts = z.infer<typeof ArmCounts>;

const ExperimentArm = ArmCounts.omit({ sumSquares: true }).extend({
  isControl: z.boolean(),
  mean: z.number().nullable().meta({ description: 'Rate, or amount per person' }),
  interval: Interval.nullable().meta({ description: 'Wilson interval of the rate of this arm alone; null for amounts' }),
  maturing: z.object({ people: Count, from: Instant.nullable(), until: Instant.nullable() }).meta({ description: 'People who do not count yet: the first of them counts from `from` on, all of them from `until` on' }),
});

const VerdictState = z.enum(['collecting', 'traffic_problem', 'not_enough_data', 'winner', 'practically_same', 'no_clear_winner']);
export type VerdictState = z.infer<typeof VerdictState>;
const SplitCheck = z.object({ alarm: z.boolean(), p: z.number(), expected: z.record(z.string(), z.number()), since: Instant.nullable() });

/** One look at an experiment, with everything it was computed from. */
export const Evaluation = z
  .object({
    id: Id,
    at: Instant,
    kind: z.enum(['look', 'readout', 'extended']).meta({ description: 'readout: the one at the date fixed before; extended: a look after it' }),
    arms: z.array(ArmCounts),
    multiplier: z.number().nullable().meta({ description: 'Of the first pair; null when no verdict is possible at this look' }),
    comparisons: z.array(Comparison),
    split: z.object({ assigned: z.number(), eligible: z.number().nullable() }).meta({ description: 'Evidence that the split is as planned, smallest so far: an alarm at 0.01' }),
    state: VerdictState,
    winner: z.string().nullable(),
  })
  .meta({ id: 'ExperimentEvaluation' });
export type Evaluation = z.infer<typeof Evaluation>;

const Guardrail = z.object({
  measure: z.enum(['unsubscribed', 'complained', 'bounced']),
  arms: z.array(z.object({ key: z.string(), people: Count, affected: Count })),
  comparisons: z.array(Comparison),
  harm: z.array(z.object({ arm: z.string(), base: z.string(), since: Instant.nullable() })).meta({ description: 'Arms proven to be worse than another one' }),
  sentence: Text.nullable(),
});

const Secondary = z.object({
  measure: z.string().meta({ description: 'Key of a goal, or opened or clicked' }),
  label: Text,
  arms: z.array(z.object({ key: z.string(), people: Count, count: Count, machine: Count.nullable(), sum: z.number().nullable(), mean: z.number().nullable() })),
  comparisons: z.array(Comparison),
});

const EntryWeek = z.object({ week: z.iso.date().meta({ description: 'Monday of the week of assignment' }), arms: z.array(z.object({ key: z.string(), matured: Count, converted: Count, sum: z.number().nullable() })), comparisons: z.array(Comparison) });

export const ExperimentResult = z
  .object({
    experimentId: Id,
    stepId: z.string(),
    external: z.boolean(),
    plan: ExperimentPlan,
    arms: z.array(ExperimentArm),
    comparisons: z.array(Comparison).meta({ description: 'As of now; a recorded verdict does not change with them' }),
    split: z.object({ assigned: SplitCheck, eligible: SplitCheck.nullable().meta({ description: 'Only where gates refused somebody' }) }),
    verdict: z.object({
      state: VerdictState,
      winner: z.string().nullable(),
      kind: z.enum(['early', 'readout', 'extended']).nullable(),
      since: Instant.nullable(),
      recorded: Evaluation.nullable().meta({ description: 'The look that decided, with its numbers' }),
    }),
    extendedAt: Instant.nullable(),
    sentence: Text,
    promise: Text,
    guardrails: z.array(Guardrail),
    secondary: z.array(Secondary).meta({ description: 'For context: never a verdict' }),
    entryWeeks: z.array(EntryWeek).meta({ description: 'For context: the newest 12 weeks of entry' }),
    holdout: z.object({ control: z.string(), messaged: Count, conversions: z.number(), caused: Interval.extend({ estimate: z.number().nullable() }), sentence: Text }).nullable().meta({ description: 'What the messages caused, against the control arm' }),
    action: z.object({ type: z.enum(['auto_winner', 'send_leader']), arm: z.string(), at: Instant, proven: z.boolean(), sentence: Text }).nullable().meta({ description: 'What Danbi did with it; an action is no claim unless proven' }),
  })
  .meta({ id: 'ExperimentResult' });
export type ExperimentResult = z.infer<typeof ExperimentResult>;

export const EvaluationList = z.object({ items: z.array(Evaluation), next: z.string().nullable() }).meta({ id: 'ExperimentEvaluationList' });
