import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import type { InboxActAnswer, InboxAnswer, InboxEntry } from '../../../contract/visitor-wire.js';
import { INBOX_ACTIONS } from '../../../delivery/inbox/domain/display.js';
import { AppError } from '../../../kernel/errors.js';
import type { JsonObject } from '../../../people/domain/json.js';

const InboxPage = z.object({ n: z.number().int().min(1).max(50).default(20), after: z.string().max(500).optional() });
const InboxAct = z.object({ d: Id, do: z.enum(INBOX_ACTIONS), b: z.number().int().min(0).max(2).optional() });

/** A message as browsers display it is described in contract/visitor-wire.ts. */
const Entry: z.ZodType<InboxEntry> = z.object({ d: Id, t: z.number(), s: z.literal(1).optional(), e: z.literal(1).optional(), x: z.literal(1).optional(), m: z.custom<InboxEntry['m']>((value) => typeof value === 'object') }).meta({ id: 'VisitorInboxEntry' });
export const InboxAnswerView: z.ZodType<InboxAnswer> = z.object({ m: z.array(Entry), n: z.number().int(), next: z.string().optional() }).meta({ id: 'VisitorInbox' });
export const InboxActView: z.ZodType<InboxActAnswer> = z.object({ m: Entry, n: z.number().int() }).meta({ id: 'VisitorInboxAct' });

export const readPage = (said: JsonObject): z.infer<typeof InboxPage> => parsed(InboxPage, said);
export const readAct = (said: JsonObject): z.infer<typeof InboxAct> => parsed(InboxAct, said);

/** The route's own fields, beside those of the caller. */
function parsed<T>(schema: z.ZodType<T>, said: JsonObject): T {
  const found = schema.safeParse(said);
  if (found.success) return found.data;
  const problems = found.error.issues.map(({ path, code, message }) => ({ path: path.join('.'), code, message }));
  throw new AppError('request.invalid', `${problems[0]!.path}: ${problems[0]!.message}`, 'invalid', problems);
}
