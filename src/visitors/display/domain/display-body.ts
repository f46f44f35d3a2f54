import { z } from 'zod';
import { AppError } from '../../../kernel/errors.js';

const Uuid = z.uuid('must be a UUID');
const Measure = z.number().min(0).max(1e12);

/** The part of a `ClaimRequest` that is not its caller. */
const ClaimBody = z
  .object({
    r: Uuid.optional(), d: Uuid.optional(), c: Uuid, s: Uuid,
    // A page's address never has control characters; `URL` would take them, and no text column holds a NUL.
    url: z.string().min(1).max(2_000).refine((text) => URL.canParse(text) && !/\p{Cc}/u.test(text), 'must be the address of the page'),
    why: z.strictObject({ dwell: Measure.optional(), scroll: Measure.optional(), event: z.string().max(200).optional() }).default({}),
  })
  .refine(({ r, d }) => (r === undefined) !== (d === undefined), { path: ['r'], error: 'give exactly one of r and d' });

/** The part of an `AckRequest` that is not its caller. */
const AckBody = z.object({
  c: Uuid,
  do: z.enum(['shown', 'back', 'open', 'click', 'reply', 'dismiss']),
  b: z.number().int().min(0).max(99).optional(),
  v: z.strictObject({ score: z.number().min(-1e6).max(1e6).optional(), choices: z.array(z.string().max(64)).max(20).optional(), text: z.string().max(10_000).optional() }).optional(),
});

const read = <T extends z.ZodType>(schema: T, what: string) => (said: unknown): z.output<T> => {
  const found = schema.safeParse(said);
  if (found.success) return found.data;
  const problems = found.error.issues.map(({ path, message }) => ({ path: path.join('.'), code: 'invalid', message }));
  throw new AppError(`invalid_${what}`, `${problems[0]!.path}: ${problems[0]!.message}`, 'invalid', problems);
};

/** @throws AppError `invalid_claim` with one problem per fault */
export const readClaim = read(ClaimBody, 'claim');
/** @throws AppError `invalid_ack` with one problem per fault */
export const readAck = read(AckBody, 'ack');
