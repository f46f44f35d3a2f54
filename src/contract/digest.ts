import { z } from 'zod';
import { LocalTime, WeekdayName, Zone } from './common.js';

export const DigestSettings = z
  .strictObject({
    cadence: z.enum(['off', 'daily', 'weekly']),
    /** Day of a weekly one. */
    weekday: WeekdayName.default('mon'),
    at: LocalTime.default('09:00'),
    /** IANA zone; the workspace's when null. */
    timeZone: Zone.nullable().default(null),
    /** The workspace's when null. */
    language: z.enum(['en', 'ko']).nullable().default(null),
    /** Also when nothing has happened. */
    whenEmpty: z.boolean().default(false),
  })
  .meta({ id: 'DigestSettings' });
export type DigestSettings = z.infer<typeof DigestSettings>;

export const DigestView = DigestSettings.extend({
  nextAt: z.iso.datetime().nullable(),
  /** The newest first, at most ten. `uncertain`: the process ended while the mail server had it; it is not sent again. */
  sent: z.array(z.object({ from: z.iso.datetime(), to: z.iso.datetime(), state: z.enum(['waiting', 'sending', 'sent', 'empty', 'failed', 'uncertain']), answer: z.string() })),
}).meta({ id: 'DigestView' });

export const DigestPreview = z.object({ subject: z.string(), html: z.string(), text: z.string(), empty: z.boolean() }).meta({ id: 'DigestPreview' });
