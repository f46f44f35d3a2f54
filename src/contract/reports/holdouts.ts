import { z } from 'zod';
import { Id } from '../common.js';
import { AsOf, Count, Period, PeriodQuery, Words } from './common.js';

/** People who were assigned, or considered by a holdout for the first time, in the period. */
export const HoldoutQuery = PeriodQuery;

const Group = z.object({ people: Count, converted: Count });
const Caused = z.object({ of: Count, point: z.number(), lo: z.number(), hi: z.number() });

export const HoldoutReport = z.object({
  asOf: AsOf, period: Period,
  /** One item a holdout, and one a goal (the same event, filters and window) of tests with a control. */
  items: z.array(z.object({
    /** `control`: an arm of one test. `holdout`: kept out of many campaigns. */
    kind: z.enum(['control', 'holdout']),
    /** The holdout; null for controls of tests. */
    holdout: z.object({ id: Id, name: z.string(), percent: z.number(), since: z.string(), endedAt: z.string().nullable() }).nullable(),
    goal: z.object({ name: z.string(), event: z.string().nullable(), windowSeconds: Count }),
    /** Matured people only. */
    kept: Group, messaged: Group,
    tests: z.array(z.object({ campaignId: Id, campaign: z.string(), experimentId: Id, stepId: z.string(), goal: z.string(), kept: Group, messaged: Group })),
    /** Relative difference, always valid; null when nothing can be said yet, with what is missing. */
    lift: z.object({ lo: z.number(), hi: z.number() }).nullable(),
    caused: Caused.nullable(),
    missing: z.enum(['people', 'conversions']).nullable(),
    sentence: Words,
    detectable: z.object({
      rate: z.number().nullable().meta({ description: 'Share of both sides who met the goal; null while nobody’s window has passed' }),
      lift: z.number().nullable().meta({ description: 'Smallest relative increase found with 80 % power by the people compared now; null: none' }),
      later: z.object({ kept: Count, messaged: Count, lift: z.number().nullable() }).meta({ description: 'The same once the windows of all considered so far have passed' }),
      sentence: Words,
    }).nullable().meta({ description: 'What the holdout can find by its real sizes; null for controls of tests, whose plan says it' }),
  })),
  /** Holdouts under way, and people kept back by any of them in the period. */
  holdout: z.object({ active: Count, people: Count }),
}).meta({ id: 'HoldoutReport' });
export type HoldoutReport = z.infer<typeof HoldoutReport>;
export type HoldoutItem = HoldoutReport['items'][number];
