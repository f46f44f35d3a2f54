import { z } from 'zod';
import { Instant, Zone } from '../common.js';

export const Count = z.number().int();
/** A share from 0 to 1; null where there is nothing to divide by. */
export const Rate = z.number().nullable();
export const Words = z.object({ en: z.string(), ko: z.string() });
/** Opens that a person certainly made, and all that may be one: those of machines and unknown ones too. */
export const Range = z.object({ atLeast: Count, atMost: Count });
/** A share with its 95 % interval by Wilson's score method; nulls where nobody could be counted. */
export const Share = z.object({ count: Count, of: Count, rate: Rate, low: Rate, high: Rate });

/** Longest period of one report. */
export const MAX_DAYS = 400;

/** [from, to): the last 30 days when absent. `zone`: of days and hours, the workspace's when absent. */
export const PeriodQuery = z.strictObject({ from: Instant.optional(), to: Instant.optional(), zone: Zone.optional() });
export type PeriodQuery = z.infer<typeof PeriodQuery>;

export const Period = z.object({ from: z.iso.datetime(), to: z.iso.datetime(), zone: z.string() });
export const AsOf = z.iso.datetime();
