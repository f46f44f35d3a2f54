import { z } from 'zod';
import { Id, Instant } from './common.js';

const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Count = z.number().int();
const Verdict = z.enum(['yes', 'later', 'no']);
const named = { personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), name: z.string().nullable() };

const Expected = z.enum(['get', 'not_get', 'observe']).meta({ description: 'get: must get it, now or later. not_get: must not. observe: nothing is expected, and a change is told' });

export const Canary = z.object({
  ...named, addedBy: z.string(), addedAt: At,
  checked: Count.meta({ description: 'Live campaigns in which they have been asked about' }), notes: Count.meta({ description: 'Notes that nobody has seen' }),
}).meta({ id: 'Canary' });
export const CanaryList = z.object({ items: z.array(Canary), most: Count }).meta({ id: 'CanaryList' });

const Note = z.object({
  id: Id, kind: z.enum(['unexpected', 'changed']), wasVerdict: Verdict.nullable(), wasCode: z.string().nullable(), openedAt: At, acknowledgedAt: At.nullable(),
});
export const CanaryCheckView = z.object({
  campaignId: Id, campaignName: z.string(), ...named, expected: Expected,
  verdict: Verdict.nullable().meta({ description: 'Of explain; null: not asked yet' }), code: z.string().nullable(),
  said: z.object({ en: z.string(), ko: z.string() }).nullable(), checkedAt: At.nullable(), changedAt: At.nullable(), note: Note.nullable(),
}).meta({ id: 'CanaryCheck' });
export const CanaryCheckList = z.object({ items: z.array(CanaryCheckView), next: z.string().nullable() }).meta({ id: 'CanaryCheckList' });

export const CanaryExpectation = z.strictObject({ expected: Expected }).meta({ id: 'CanaryExpectation' });
export type CanaryExpectation = z.infer<typeof CanaryExpectation>;
