import { z } from 'zod';
import { Id, Instant } from './common.js';

const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Count = z.number().int();

export const EntryFileView = z.object({
  id: Id, campaignId: Id, request: z.string().meta({ description: 'The Idempotency-Key it was sent with' }), name: z.string().nullable(), createdBy: z.string(), createdAt: At,
  received: Count.meta({ description: 'Rows taken so far: entered + repeated + refused + rejected' }), entered: Count, repeated: Count,
  refused: Count.meta({ description: 'Rows a gate refused; each is a decision, which explain tells of' }), rejected: Count.meta({ description: 'Rows nobody can be let in by' }),
  movedAt: At.meta({ description: 'When rows were taken last. One that has not ended and does not move was cut off: send the same file with the same key again' }), endedAt: At.nullable(),
}).meta({ id: 'EntryFile' });
export type EntryFileView = z.infer<typeof EntryFileView>;
export const EntryFileList = z.object({ items: z.array(EntryFileView), next: z.string().nullable() }).meta({ id: 'EntryFileList' });
export const EntryFileRows = z.object({ items: z.array(z.object({ line: Count, kind: z.enum(['refused', 'rejected']), code: z.string(), message: z.string().nullable() })), next: z.string().nullable() }).meta({ id: 'EntryFileRows' });
