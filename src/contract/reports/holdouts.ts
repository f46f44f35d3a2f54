import { z } from 'zod';
import { Id } from '../common.js';
import { AsOf, Count, Period, PeriodQuery, Words } from './common.js';

/** People who were assigned in the period. */
export const HoldoutQuery = PeriodQuery;

const Group = z.object({ people: Count, converted: Count });
const Caused = z.object({ of: Count, point: z.number(), lo: z.number(), hi: z.number() });

export const HoldoutReport = z.object({
  asOf: AsOf, period: Period,
  /** One item a goal (the same event, filters and window) and a way of keeping people back. */
  items: z.array(z.object({
    /** `control`: an arm of one test. `holdout`: kept out of many campaigns. */
    kind: z.enum(['control', 'holdout']),
    goal: z.object({ name: z.string(), event: z.string().nullable(), windowSeconds: Count }),
    /** Matured people only. */
    kept: Group, messaged: Group,
    tests: z.array(z.object({ campaignId: Id, campaign: z.string(), experimentId: Id, stepId: z.string(), goal: z.string(), kept: Group, messaged: Group })),
    /** Relative difference, always valid; null when nothing can be said yet, with what is missing. */
    lift: z.object({ lo: z.number(), hi: z.number() }).nullable(),
    caused: Caused.nullable(),
    missing: z.enum(['people', 'conversions']).nullable(),
    sentence: Words,
  })),
  /** The holdout over many campaigns: there is none in this version of Danbi, so its items are missing and nobody is kept back by it. */
  holdout: z.object({ active: z.boolean(), people: Count, note: Words }),
}).meta({ id: 'HoldoutReport' });
export type HoldoutReport = z.infer<typeof HoldoutReport>;
export type HoldoutItem = HoldoutReport['items'][number];
