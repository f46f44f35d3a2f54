import { z } from 'zod';
import { DEFAULT_WARM_UP } from '../domain/warm-up.js';

export const WarmUpScope = z.enum(['relay', 'domain']);
/** The id of a relay (or `environment`), or a sending domain in small letters. */
export const WarmUpName = z.string().min(1).max(253).regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be the id of a relay, "environment", or a domain in small letters');

const Day = z.string().regex(/^\d{4}-\d\d-\d\d$/).refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), 'is not a date');
const Volume = z.number().int().min(1).max(100_000_000);

export const WarmUpRequest = z.strictObject({
  enabled: z.boolean().default(true),
  /** Local date of the first day. Absent: today, or as it was. */
  startedOn: Day.optional(),
  firstDay: Volume.default(DEFAULT_WARM_UP.firstDay),
  lastDay: Volume.default(DEFAULT_WARM_UP.lastDay),
  days: z.number().int().min(2).max(365).default(DEFAULT_WARM_UP.days),
}).meta({ id: 'WarmUpRequest' });

export const WarmUpView = z.object({
  scope: WarmUpScope, key: z.string(), enabled: z.boolean(), startedOn: Day, firstDay: z.number().int(), lastDay: z.number().int(), days: z.number().int(),
  /** `allowance` null: the plan is over. */
  today: z.object({ date: Day, allowance: z.number().int().nullable(), used: z.number().int() }),
}).meta({ id: 'WarmUp' });
export const WarmUpList = z.object({ items: z.array(WarmUpView) }).meta({ id: 'WarmUpList' });
