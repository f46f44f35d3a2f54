import { z } from 'zod';

export const LABEL_KINDS = ['event', 'attribute'] as const;
export const LabelKind = z.enum(LABEL_KINDS);
/** The name an event or an attribute has in code. */
export const LabelKey = z.string().min(1).max(200).refine((key) => !key.startsWith('$'), 'names that begin with "$" are Danbi\'s own and have words already');

const LabelName = z.string().trim().max(100).regex(/^[^\p{Cc}]*$/u, 'must not contain control characters').transform((text) => text.normalize('NFC')).default('');
export const LabelInput = z
  .strictObject({ en: LabelName, ko: LabelName, description: z.string().trim().max(1_000).default('') })
  .refine(({ en, ko, description }) => en !== '' || ko !== '' || description !== '', { path: ['en'], message: 'give a name in one language at least, or a description' })
  .meta({ id: 'LabelInput', description: 'Where a language has no name, the other one\'s is shown' });
export type LabelInput = z.infer<typeof LabelInput>;

export const LabelView = z
  .object({ kind: LabelKind, key: z.string(), en: z.string(), ko: z.string(), description: z.string(), updatedBy: z.string(), updatedAt: z.iso.datetime() })
  .meta({ id: 'Label' });
export type LabelView = z.infer<typeof LabelView>;
export const LabelList = z.object({ items: z.array(LabelView) }).meta({ id: 'LabelList' });
