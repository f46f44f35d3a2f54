import { z } from 'zod';
import { Id } from './common.js';

const Plain = /^[^\p{Cc}\p{Surrogate}]*$/u;
const LONGEST_PROPERTIES = 8_192;

/** One person to let in: exactly one of `personId` and `externalId`. */
export const EnterRow = z.strictObject({
  personId: Id.optional(),
  externalId: z.string().min(1).max(256).regex(Plain, 'must not contain control characters').optional(),
  key: z.string().min(1).max(256).regex(Plain, 'must not contain control characters').optional().meta({ description: 'Value of the entry\u2019s key' }),
  properties: z.record(z.string().max(200), z.unknown()).optional().refine((given) => given === undefined || JSON.stringify(given).length <= LONGEST_PROPERTIES, `must not be longer than ${LONGEST_PROPERTIES} characters`).meta({ description: 'What messages may say as {{event.\u2026}}' }),
  requestId: z.string().min(1).max(200).regex(Plain, 'must not contain control characters').optional().meta({ description: 'The same id again lets this person in no second time' }),
}).refine((given) => (given.personId === undefined) !== (given.externalId === undefined), 'give exactly one of personId and externalId');
export type EnterRow = z.infer<typeof EnterRow>;

/** Rows are checked one by one, so that one bad row does not refuse the others. */
export const EnterRequest = z.strictObject({ people: z.array(z.unknown()).min(1).max(5_000) }).meta({ id: 'EnterRequest' });
export const EnterHeader = z.string().min(1).max(100).regex(/^[\x21-\x7e]+$/).optional();

export const EnterSummary = z.object({
  received: z.number().int(), entered: z.number().int(),
  repeated: z.number().int().meta({ description: 'Rows whose request had been taken before' }),
  refused: z.array(z.object({ index: z.number().int(), code: z.string() })).meta({ description: 'Rows a gate refused; each is a decision, which explain tells of' }),
  rejected: z.array(z.object({ index: z.number().int(), code: z.string(), message: z.string() })).meta({ description: 'Rows nobody can be let in by' }),
}).meta({ id: 'EnterSummary', description: 'received = entered + repeated + refused + rejected; rows are counted from 0' });
export type EnterSummary = z.infer<typeof EnterSummary>;
