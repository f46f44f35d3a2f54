import { z } from 'zod';
import { DurationSchema, Id, Instant, Key } from './common.js';

/** What a goal is hoped to do. */
export const Direction = z.enum(['higher', 'lower']);
export type Direction = z.infer<typeof Direction>;

/**
 * `planned`: one read-out at a date fixed before the first send, early looks allowed. `open`: no read-out, every look counts.
 * `single`: everybody is assigned at one time, so there is one read-out and no early look.
 */
export const TestMode = z.enum(['planned', 'open', 'single']);
export type TestMode = z.infer<typeof TestMode>;

/** What is compared: the share of people who reach the goal, or the amount per person. */
export const Measure = z.enum(['rate', 'amount']);
export type Measure = z.infer<typeof Measure>;

/** What the author of an experiment wants of it. Everything has a default; fixed at publish, it may not change after the first assignment. */
export const TestPlan = z
  .strictObject({
    goal: Key.optional().meta({ description: 'The goal that decides; the primary goal of the campaign when absent' }),
    measure: Measure.default('rate').meta({ description: 'rate: people who reach the goal. amount: its value per person; the goal needs a value property' }),
    mode: TestMode.optional().meta({ description: 'Series and auto messages: planned (default) or open. Broadcasts: single. External experiments: any, single by default' }),
    baseline: z.number().gt(0).lt(1).optional().meta({ description: 'Share of people expected to reach the goal without any change; used where earlier campaigns tell nothing' }),
    lift: z.number().gt(0).max(10).default(0.2).meta({ description: 'Relative difference the test should be able to see: 0.2 is 20 %' }),
    minEffect: z.number().gt(0).max(1).default(0.05).meta({ description: 'Differences within ± this do not matter' }),
    direction: Direction.default('higher').meta({ description: 'What counts as better' }),
    readoutAt: Instant.optional().meta({ description: 'Date of the read-out; planned from the expected volume when absent' }),
    unit: z.enum(['person', 'account']).optional().meta({ description: 'For what an arm is drawn. account: all people with the same value of `account` get the same arm, who has none is drawn alone. Absent: person. A test by account compares accounts: its people are counted together' }),
    account: z.string().min(1).max(200).optional().meta({ description: 'The attribute that names the account of a person, such as company_id' }),
    round: z.number().int().min(1).max(10_000).default(1).meta({ description: 'Another number begins a new test: everybody is assigned anew, and the plan may be another one' }),
    cap: z.number().positive().max(1e12).optional().meta({ description: 'Highest amount that counts per person, in the currency of the goal; from earlier campaigns when absent' }),
    autoWinner: z.strictObject({ keep: z.number().min(0).max(0.5).default(0.1) }).optional().meta({ description: 'Series and auto messages: once there is a winner, new people get it, except this share, who go on being split by the arms, so that a winner that wears off is seen' }),
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
export type AssumedFrom = z.infer<typeof AssumedFrom>;

export const ExperimentPlan = z
  .object({
    goal: z.object({ key: z.string(), name: z.string(), currency: z.string().nullable(), windowSeconds: z.number() }),
    measure: Measure,
    direction: Direction,
    mode: TestMode,
    alphaEarly: z.number(),
    alphaFinal: z.number(),
    plannedPeople: z.number().nullable().meta({ description: 'Matured people of all arms expected at the read-out; null: not known, 5,000 a pair of arms is assumed' }),
    readoutAt: Instant.nullable().meta({ description: 'The read-out is at the first look from then on; null: there is none, or none before everybody is assigned' }),
    minDays: z.number().int().meta({ description: 'Full days of entries an early winner needs' }),
    minEffect: z.number(),
    lift: z.number(),
    cap: z.number().nullable(),
    weights: z.record(z.string(), z.number()).meta({ description: 'Share of each arm; they sum to 1' }),
    baseline: z.object({ rate: z.number().nullable(), mean: z.number().nullable().meta({ description: 'Amount per person' }), from: AssumedFrom }),
    volume: z.object({ perDay: z.number().nullable(), atOnce: Count.meta({ description: 'People who come at the start, such as the audience of a broadcast' }), from: AssumedFrom }),
    peoplePerArm: Count.nullable().meta({ description: 'Matured people needed per arm to see `lift`' }),
    detectable: z.number().nullable().meta({ description: 'Relative difference that can be seen at the read-out with the expected volume' }),
    designEffect: z.number().nullable().meta({ description: 'Tests by account: how many people count as one, as earlier people of the accounts behaved; `peoplePerArm` and `detectable` include it. Null: not known, or drawn by person' }),
    fixedSince: Instant.nullable().meta({ description: 'The first assignment: from then on the plan cannot change' }),
  })
  .meta({ id: 'ExperimentPlan' });
export type ExperimentPlan = z.infer<typeof ExperimentPlan>;

/** Ends of a range; null: not known yet. Lifts beyond e^700 are given as that. */
const Range = z.object({ lo: z.number(), hi: z.number() }).nullable();

const Comparison = z.object({
  a: z.string(),
  b: z.string(),
  lift: Range.meta({ description: 'How much better or worse `b` is than `a`, relative; null while too little is known' }),
  evidence: z.object({ logRatio: z.number().nullable(), standardError: z.number().nullable(), p: z.number().nullable(), adjustedP: z.number().nullable(), smallestP: z.number().nullable() }).meta({ description: 'For analysts' }),
});
export type Comparison = z.infer<typeof Comparison>;

/** What a verdict counts of one arm. */
const ArmCounts = z.object({
  key: z.string(),
  assigned: Count,
  eligible: Count.meta({ description: 'Assigned and allowed to get the message at the moment of decision; controls too' }),
  matured: Count.meta({ description: 'Eligible people whose whole goal window has passed: all that a verdict counts' }),
  converted: Count.meta({ description: 'Matured people who reached the goal; for amounts those with an amount other than 0' }),
  sum: z.number().nullable().meta({ description: 'Amounts of matured people, each person up to the cap' }),
  sumSquares: z.number().nullable(),
  accounts: z.object({ assigned: Count, matured: Count.meta({ description: 'With matured people' }), even: Count.meta({ description: 'Accounts of equal size that the matured people are worth' }) }).nullable().meta({ description: 'Tests by account only' }),
});
export type ArmCounts = z.infer<typeof ArmCounts>;

const ExperimentArm = ArmCounts.omit({ sumSquares: true }).extend({
  isControl: z.boolean(),
  mean: z.number().nullable().meta({ description: 'Rate, or amount per person; null for nobody' }),
  interval: Range.meta({ description: 'Wilson interval of the rate of this arm alone; null for amounts' }),
  maturing: z.object({ people: Count, from: Instant.nullable(), until: Instant.nullable() }).meta({ description: 'People who do not count yet: the first of them counts from `from` on, all of them from `until` on' }),
});

export const VerdictState = z.enum(['collecting', 'traffic_problem', 'not_enough_data', 'winner', 'practically_same', 'no_clear_winner']);
const SplitCheck = z.object({ assigned: z.number(), eligible: z.number().nullable() }).meta({ description: 'Smallest p so far that the split is as planned; at 0.01 the results are not used. `eligible`: only where gates refused somebody' });
const Gate = z.object({ arm: z.string(), gate: z.string(), has: z.number(), needs: z.number() });

/** One look at an experiment, with everything it was computed from. */
export const ExperimentEvaluation = z
  .object({
    id: Id,
    at: Instant,
    phase: z.enum(['before', 'readout', 'after', 'extended']).meta({ description: 'Against the read-out' }),
    state: VerdictState,
    winner: z.string().nullable(),
    reason: z.string(),
    arms: z.array(ArmCounts),
    multiplier: z.number().nullable().meta({ description: 'Standard errors on either side of the interval; null when no interval holds at this look' }),
    comparisons: z.array(Comparison),
    gates: z.array(Gate).meta({ description: 'What is missing before anything can be said' }),
    split: SplitCheck,
    entryDays: z.number(),
  })
  .meta({ id: 'ExperimentEvaluation' });
export type ExperimentEvaluation = z.infer<typeof ExperimentEvaluation>;

/** A verdict as it was reached; it stays. */
const RecordedVerdict = z.object({ state: VerdictState, winner: z.string().nullable(), at: Instant, kind: z.enum(['early', 'readout', 'extension']), multiplier: z.number().nullable(), arms: z.array(ArmCounts), comparisons: z.array(Comparison) });
export type RecordedVerdict = z.infer<typeof RecordedVerdict>;

const Guardrail = z.object({
  measure: z.enum(['unsubscribed', 'complained', 'bounced']),
  arms: z.array(z.object({ key: z.string(), people: Count, affected: Count })),
  comparisons: z.array(Comparison),
  harm: z.array(z.object({ arm: z.string(), against: z.string(), since: Instant })).meta({ description: 'Arms proven to do more harm than another one' }),
  sentence: Text.nullable(),
});
export type Guardrail = z.infer<typeof Guardrail>;

const Context = z.object({
  measure: z.string().meta({ description: 'Key of a goal, opened or clicked' }),
  label: Text,
  arms: z.array(z.object({ key: z.string(), people: Count, count: Count, machine: Count.nullable(), sum: z.number().nullable(), mean: z.number().nullable() })),
  comparisons: z.array(Comparison),
});
export type ContextMetric = z.infer<typeof Context>;

const EntryWeek = z.object({ week: z.iso.date().meta({ description: 'Monday of the week of assignment, in the zone of the workspace' }), arms: z.array(z.object({ key: z.string(), matured: Count, converted: Count, sum: z.number().nullable() })), comparisons: z.array(Comparison) });
export type EntryWeek = z.infer<typeof EntryWeek>;

const Holdout = z.object({ control: z.string(), messaged: Count, conversions: z.number(), caused: z.object({ point: z.number(), lo: z.number(), hi: z.number() }).nullable(), sentence: Text });
const Action = z.object({ type: z.enum(['auto_winner', 'send_leader']), arm: z.string(), at: Instant, proven: z.boolean(), sentence: Text });

export const ExperimentResult = z
  .object({
    experimentId: Id,
    campaignId: Id,
    stepId: z.string(),
    unit: z.enum(['person', 'account']).meta({ description: 'For what arms are drawn, and what is independent of each other in every interval and verdict' }),
    accounts: z.object({
      attribute: z.string(),
      designEffect: z.number().nullable().meta({ description: 'So many people count as one, because people of an account are alike; null until it can be told' }),
      detectable: z.number().nullable().meta({ description: 'Relative difference the planned people can tell apart, with the design effect' }),
    }).nullable().meta({ description: 'Tests by account only' }),
    external: z.boolean(),
    asOf: Instant,
    plan: ExperimentPlan,
    arms: z.array(ExperimentArm),
    comparisons: z.array(Comparison).meta({ description: 'As of now; a recorded verdict does not change with them' }),
    split: SplitCheck,
    verdict: z.object({
      state: VerdictState,
      winner: z.string().nullable(),
      reason: z.string(),
      since: Instant.nullable(),
      gates: z.array(Gate),
      recorded: RecordedVerdict.nullable().meta({ description: 'The verdict that stands, with the numbers it was reached by' }),
      readout: RecordedVerdict.nullable().meta({ description: 'What the read-out said' }),
      extendedAt: Instant.nullable(),
    }),
    sentence: Text,
    promise: Text,
    guardrails: z.array(Guardrail),
    secondary: z.array(Context).meta({ description: 'For context: never a verdict' }),
    entryWeeks: z.array(EntryWeek).meta({ description: 'For context: the newest 12 weeks of entry' }),
    holdout: Holdout.nullable().meta({ description: 'What the messages caused, against the control arm' }),
    action: Action.nullable().meta({ description: 'What Danbi did with it; an action is no claim unless proven' }),
  })
  .meta({ id: 'ExperimentResult' });
export type ExperimentResult = z.infer<typeof ExperimentResult>;

export const ExperimentEvaluationList = z.object({ items: z.array(ExperimentEvaluation), next: z.string().nullable() }).meta({ id: 'ExperimentEvaluationList' });
