import { z } from 'zod';
import { Id } from './common.js';

const Count = z.number().int();
/** How many opens or clicks of one kind: unique deliveries, split by who (or what) did it. */
const Verdicts = z.object({ human: Count, machine: Count, unknown: Count });

export const GoalResult = z
  .object({
    key: z.string(),
    name: z.string(),
    primary: z.boolean(),
    /** Assigned people who met the goal inside its window so far. */
    converted: Count,
    /** Sum of the goal's value property over those people's events in the window, in `currency`; null without a value property. */
    value: z.number().nullable(),
    currency: z.string().nullable(),
    /** The same over people whose whole window has passed: the only ones a comparison may use. */
    matured: z.object({ assigned: Count, converted: Count, value: z.number().nullable() }),
  })
  .meta({ id: 'GoalResult' });

export const VariantResult = z
  .object({
    key: z.string(),
    isControl: z.boolean(),
    /** People assigned to this arm: the cohort of every rate. */
    assigned: Count,
    /** People with at least one accepted e-mail or one impression. */
    reached: Count,
    sent: Count,
    delivered: Count,
    opened: Verdicts,
    clicked: Verdicts,
    unsubscribed: Count,
    complained: Count,
    bounced: Count,
    dismissed: Count,
    /** Deliveries by state and, where one is recorded, reason. */
    deliveries: z.array(z.object({ state: z.string(), reason: z.string().nullable(), count: Count })),
    goals: z.array(GoalResult),
  })
  .meta({ id: 'VariantResult' });

export const StepResult = z
  .object({
    version: Count.nullable(),
    stepId: z.string(),
    channel: z.string().nullable(),
    external: z.boolean(),
    experimentId: Id.nullable(),
    /** Runs that arrived at this message. */
    eligible: Count,
    inProgress: Count,
    /** Messages that did not go, by reason code: refused at the step, stopped before sending, or failed. Controls are not refusals. */
    refusals: z.array(z.object({ code: z.string(), count: Count })),
    /** eligible = delivered + in progress + control + refusals + uncertain + bounced; `difference` is 0 unless something is wrong. */
    reconciliation: z.object({ eligible: Count, delivered: Count, inProgress: Count, control: Count, refused: Count, bounced: Count, uncertain: Count, difference: Count }),
    variants: z.array(VariantResult),
  })
  .meta({ id: 'StepResult' });

export const CampaignResults = z
  .object({
    campaignId: Id,
    name: z.string(),
    type: z.string(),
    state: z.string(),
    asOf: z.iso.datetime(),
    entry: z.object({
      considered: Count,
      entered: Count,
      refusals: z.array(z.object({ code: z.string(), count: Count })),
      runs: z.object({ active: Count, completed: Count, exited: Count, cancelled: Count }),
    }),
    steps: z.array(StepResult),
  })
  .meta({ id: 'CampaignResults' });
export type CampaignResults = z.infer<typeof CampaignResults>;
export type StepResult = z.infer<typeof StepResult>;
export type VariantResult = z.infer<typeof VariantResult>;
export type GoalResult = z.infer<typeof GoalResult>;

export const ResultsQuery = z.object({
  version: z.coerce.number().int().min(1).optional(),
  step: z.string().max(64).optional(),
});
export type ResultsQuery = z.infer<typeof ResultsQuery>;
