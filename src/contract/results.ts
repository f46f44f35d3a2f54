import { z } from 'zod';
import { ExperimentResult } from './experiment.js';
import { Id, Zone } from './common.js';

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
    /** People given this arm because it was chosen for everybody new: they are in no rate and compared with nobody. */
    chosen: Count,
    /** People with at least one accepted e-mail or one impression. */
    reached: Count,
    sent: Count,
    delivered: Count,
    opened: Verdicts,
    /** At least the human opens, at most all of them: what machines load says nothing of the person. */
    openedRange: z.object({ from: Count, to: Count }),
    clicked: Verdicts,
    unsubscribed: Count,
    complained: Count,
    bounced: Count,
    /** Of `bounced`: the address does not exist or refuses us for good; `bouncedSoft` are the others. */
    bouncedHard: Count,
    bouncedSoft: Count,
    dismissed: Count,
    /** Deliveries with an answer: a reply or a survey. */
    replied: Count,
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

/** What became of messages, counted over all steps and variants without controls. */
export const MessageTotals = z
  .object({ reached: Count, sent: Count, delivered: Count, opened: Verdicts, openedRange: z.object({ from: Count, to: Count }), clicked: Verdicts, replied: Count, dismissed: Count, unsubscribed: Count, complained: Count, bounced: Count, bouncedHard: Count, bouncedSoft: Count })
  .meta({ id: 'MessageTotals' });
export type MessageTotals = z.infer<typeof MessageTotals>;

export const CampaignResults = z
  .object({
    campaignId: Id,
    name: z.string(),
    type: z.string(),
    state: z.string(),
    /** The numbers are those of this moment, and equal to the ledger of it. */
    asOf: z.iso.datetime(),
    /** People whose part may have changed since `asOf` and is still being counted; 0 unless very much has just happened. */
    pending: Count,
    /** `as_published`: each version by the goals it was published with. `current`: all by those of the current version. */
    goals: z.enum(['as_published', 'current']),
    /** Goals were edited, and earlier people are being counted by the new ones; null when all are. */
    recount: z.object({ done: Count, total: Count, since: z.iso.datetime().nullable() }).nullable(),
    /** With a filter on people: how many of them there are. */
    people: Count.nullable(),
    entry: z.object({
      considered: Count,
      entered: Count,
      refusals: z.array(z.object({ code: z.string(), count: Count })),
      runs: z.object({ active: Count, completed: Count, exited: Count, cancelled: Count }),
    }),
    steps: z.array(StepResult),
    experiments: z.array(ExperimentResult).meta({ description: 'Every planned experiment of the campaign (at the step asked for), newest first: its whole cohort, whatever else is asked' }),
    byChannel: z.array(MessageTotals.extend({ channel: z.string() })),
    /** Empty language: messages in no language of their own. */
    byLanguage: z.array(MessageTotals.extend({ language: z.string() })),
  })
  .meta({ id: 'CampaignResults' });
export type CampaignResults = z.infer<typeof CampaignResults>;
export type StepResult = z.infer<typeof StepResult>;
export type VariantResult = z.infer<typeof VariantResult>;
export type GoalResult = z.infer<typeof GoalResult>;

export const ResultsQuery = z.object({
  version: z.coerce.number().int().min(1).optional(),
  step: z.string().max(64).optional(),
  variant: z.string().max(64).optional(),
  channel: z.string().max(20).optional(),
  language: z.string().max(35).optional().meta({ description: 'Messages in this language; empty: in no language of their own' }),
  goals: z.enum(['as_published', 'current']).default('as_published'),
  entryFrom: z.iso.date().optional().meta({ description: 'Only people who first came into the campaign on this day or later' }),
  entryTo: z.iso.date().optional().meta({ description: 'Only people who first came in before or on this day' }),
  zone: Zone.optional().meta({ description: 'Zone of these days; that of the workspace when absent' }),
  segmentAtEntry: Id.optional().meta({ description: 'Only people who were in this segment when they first came in' }),
});
export type ResultsQuery = z.infer<typeof ResultsQuery>;

/** One comparison of the results of a campaign with a recount of its ledger. */
export const ResultsCheck = z
  .object({
    id: Id,
    campaignId: Id,
    name: z.string().nullable(),
    at: z.iso.datetime(),
    state: z.enum(['equal', 'repaired', 'unfinished']).meta({ description: 'repaired: something differed, and the people concerned are counted again. unfinished: there was no time for everybody; the next night goes on' }),
    people: Count,
    differences: z.array(z.object({ number: z.string(), ledger: z.string(), cells: z.string() })).meta({ description: 'At most 50' }),
    repaired: Count.meta({ description: 'People marked to be counted again' }),
    milliseconds: Count,
  })
  .meta({ id: 'ResultsCheck' });
export const ResultsCheckList = z.object({ items: z.array(ResultsCheck), next: z.string().nullable() }).meta({ id: 'ResultsCheckList' });
export const ResultsCheckRequest = z.strictObject({ campaignId: Id }).meta({ id: 'ResultsCheckRequest' });
export const ResultsCheckAsked = z.object({ campaignId: Id, asked: z.literal(true) }).meta({ id: 'ResultsCheckAsked' });
