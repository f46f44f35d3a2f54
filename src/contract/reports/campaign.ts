import { z } from 'zod';
import { Id, Key } from '../common.js';
import { AsOf, Count, Period, PeriodQuery, Range, Rate, Share, Words } from './common.js';

const VersionNumber = z.coerce.number().int().min(1).max(1_000_000);

export const FunnelQuery = z.strictObject({
  version: VersionNumber.optional(),
  step: z.string().min(1).max(70).optional(),
  /** Only people who got the message in this language ("" was written without one). */
  language: z.string().max(35).optional(),
  /** One row a language. */
  by: z.enum(['language']).optional(),
  /** Key of the goal that counts as converted; the primary one of each version when absent. */
  goal: Key.optional(),
});

export const FunnelRow = z.object({
  version: Count, stepId: z.string(), channel: z.string().nullable(), variant: z.string(), isControl: z.boolean(),
  /** People who got the arm because it was chosen for everybody new, apart from those it was drawn for: their rates compare with nobody's. */
  chosen: z.boolean(),
  language: z.string().nullable(), goal: z.string().nullable(),
  /** People for whom this message was decided: a delivery of any kind, the ghosts of a control too. All other columns count some of them, each once. */
  eligible: Count, sent: Count, delivered: Count, opened: Range, clicked: Count, converted: Count,
  rates: z.object({ sent: Rate, delivered: Rate, openedAtLeast: Rate, openedAtMost: Rate, clicked: Rate, converted: Rate }),
});
export const Funnel = z.object({ campaignId: Id, asOf: AsOf, items: z.array(FunnelRow) }).meta({ id: 'FunnelReport' });
export type Funnel = z.infer<typeof Funnel>;
export type FunnelRow = z.infer<typeof FunnelRow>;

/** `click`: the last click of a person. `message`: the last message that was sent or displayed. */
const AttributionTouch = z.enum(['click', 'message']);
export const AttributionQuery = PeriodQuery.extend({
  /** Key of the goal whose events are credited; the primary one when absent. */
  goal: Key.optional(),
  touch: AttributionTouch.default('click'),
  /** How long before an event a touch may lie, in days of 24 hours. */
  days: z.coerce.number().int().min(1).max(90).default(7),
});
export const Attribution = z.object({
  campaignId: Id, asOf: AsOf, period: Period, touch: AttributionTouch, days: Count,
  /** What credit is, and what it is not. */
  words: Words,
  /** Null: the campaign has no such goal. `countable` false: it is a condition, which has no events to credit. */
  goal: z.object({ key: z.string(), name: z.string(), currency: z.string().nullable(), countable: z.boolean() }).nullable(),
  items: z.array(z.object({
    version: Count, stepId: z.string(), channel: z.string(), variant: z.string(),
    /** People touched in the period, or so shortly before it that its events may be credited. */
    touched: Count,
    /** People with a credited event, the events, and the sum of their amounts. Each event is credited once. */
    credited: Count, events: Count, value: z.number().nullable(),
  })),
}).meta({ id: 'AttributionReport' });
export type Attribution = z.infer<typeof Attribution>;

export const StepFlowQuery = z.strictObject({ version: VersionNumber.optional() });
/** How many wait until when: `within` is the upper end in hours from now, 0 is due already, null is later than all of them. */
const Due = z.object({ within: z.number().nullable(), people: Count });
export const StepFlow = z.object({
  campaignId: Id, asOf: AsOf,
  steps: z.array(z.object({
    version: Count, stepId: z.string(), type: z.string(),
    /** Runs that came here, are here now and went on. */
    arrived: Count, here: Count, left: Count,
    /** Runs that ended while they stood here, by reason. */
    dropped: z.array(z.object({ code: z.string(), words: Words, count: Count })), dropRate: Rate,
    /** Of the runs that left or ended here. */
    medianSeconds: z.number().nullable(),
    due: z.array(Due),
    /** The next moment at which somebody here is due. */
    nextDueAt: z.iso.datetime().nullable(),
  })),
  /** `to` null: the run was completed there. `rate`: of those who left the step. */
  edges: z.array(z.object({ version: Count, from: z.string(), to: z.string().nullable(), outcome: z.string(), count: Count, rate: Rate })),
}).meta({ id: 'StepFlowReport' });
export type StepFlow = z.infer<typeof StepFlow>;

export const AutoMessageQuery = PeriodQuery;
export const AutoMessageReport = z.object({
  campaignId: Id, asOf: AsOf, period: Period,
  variants: z.array(z.object({
    version: Count, variant: z.string(), isControl: z.boolean(),
    /** Permissions to display, and what became of them. Of a control `confirmed` are displays that would have been. */
    claims: z.object({ granted: Count, confirmed: Count, givenBack: Count, lapsed: Count, recalled: Count, open: Count }),
    impressions: Count, people: Count, opened: Count, clicked: Count, dismissed: Count, replied: Count,
    rates: z.object({ clicked: Rate, dismissed: Rate, replied: Rate }),
    /** Attention before the display, as the browser measured it: milliseconds, of the impressions that told it. */
    dwell: z.object({ told: Count, min: z.number().nullable(), p10: z.number().nullable(), median: z.number().nullable(), p90: z.number().nullable(), max: z.number().nullable() }),
  })),
  refusals: z.array(z.object({ code: z.string(), words: Words, count: Count })),
}).meta({ id: 'AutoMessageReport' });
export type AutoMessageReport = z.infer<typeof AutoMessageReport>;

export const SurveyQuery = z.strictObject({ ...PeriodQuery.shape, step: z.string().min(1).max(70).optional(), /** Told apart: who was in this segment at the moment of the answer. */ segment: Id.optional() });

const Nps = z.object({
  promoters: Count, passives: Count, detractors: Count,
  /** From -100 to 100; the 95 % interval is the adjusted Wald of Rocks (2016), The American Statistician 70(4): three answers more, of which 3/4 promoters and 3/4 detractors. */
  score: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable(),
});
export const SurveyReport = z.object({
  campaignId: Id, asOf: AsOf, period: Period,
  items: z.array(z.object({
    version: Count, stepId: z.string(), kind: z.enum(['nps', 'csat', 'choice', 'text']), question: z.string(),
    /** Null: all variants together. */
    variant: z.string().nullable(),
    /** Null: everybody; else whether they were in the segment asked about when they answered. */
    inSegment: z.boolean().nullable(),
    /** Answers of the messages displayed in the period; null where the segment splits them, since who saw it is not known then. */
    answered: Share.nullable(), answers: Count, comments: Count,
    scores: z.array(z.object({ score: Count, count: Count })),
    nps: Nps.nullable(),
    /** 4 or 5 of 5. */
    csat: Share.nullable(),
    choices: z.array(z.object({ key: z.string(), label: z.string(), share: Share })),
  })),
}).meta({ id: 'SurveyReport' });
export type SurveyReport = z.infer<typeof SurveyReport>;
export type SurveyItem = SurveyReport['items'][number];

export const VerbatimQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50), after: z.string().max(400).optional(),
  /** Part of the text, in any case of letters; Korean in either way of composing it. */
  q: z.string().min(1).max(200).optional(),
  step: z.string().min(1).max(70).optional(), variant: Key.optional(), kind: z.enum(['reply', 'survey']).optional(),
  minScore: z.coerce.number().int().min(0).max(10).optional(), maxScore: z.coerce.number().int().min(0).max(10).optional(),
});
export const Verbatims = z.object({
  items: z.array(z.object({ deliveryId: Id, personId: Id, version: Count, stepId: z.string(), variant: z.string(), kind: z.string(), score: Count.nullable(), choices: z.array(z.string()).nullable(), text: z.string(), at: z.iso.datetime() })),
  next: z.string().nullable(),
}).meta({ id: 'Verbatims' });
