import { z } from 'zod';
import { isTimeZone, WEEKDAYS } from '../kernel/local-time.js';

export const Id = z.uuid('must be an id such as 0198c0de-0000-7000-8000-000000000001');
/** ISO 8601 with an offset; the year 0000 is no year to the database. */
export const Instant = z.iso.datetime({ offset: true, error: 'must be a date with time and offset such as 2026-03-01T09:00:00+09:00' }).refine((text) => !text.startsWith('0000'), 'must be a moment since the year 0001');
export const Zone = z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Seoul');
export const LocalTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:30');
export const WeekdayName = z.enum(WEEKDAYS);

/** A length of time; at least one part, none negative, no more than ten years. */
export const DurationSchema = z
  .strictObject({
    weeks: z.number().int().min(0).max(520).optional(),
    days: z.number().int().min(0).max(3650).optional(),
    hours: z.number().int().min(0).max(87_600).optional(),
    minutes: z.number().int().min(0).max(5_256_000).optional(),
    seconds: z.number().int().min(0).max(315_360_000).optional(),
  })
  .refine((duration) => Object.values(duration).some((part) => (part ?? 0) > 0), 'must have at least one part above zero, for example {"days": 3}')
  .meta({ id: 'Duration' });

/** Names people give to things: Korean included, no control characters. */
export const Name = z.string().trim().min(1).max(200).regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');
/** Keys inside a definition: steps, variants, goals. */
export const Key = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be 1 to 64 letters, digits, "_", "." or "-"');
