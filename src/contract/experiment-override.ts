import { z } from 'zod';
import { Id, Instant, Key } from './common.js';

const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });

export const OverrideRequest = z.strictObject({ variant: Key }).meta({ id: 'OverrideRequest' });
export type OverrideRequest = z.infer<typeof OverrideRequest>;
export const OverrideView = z.object({
  id: Id, experimentId: Id, personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), name: z.string().nullable(),
  variant: z.string(), beforeVariant: z.string().nullable().meta({ description: 'What they had before; null: nothing' }), setBy: z.string(), setAt: At, endedBy: z.string().nullable(), endedAt: At.nullable(),
}).meta({ id: 'ExperimentOverride' });
export const OverrideList = z.object({ items: z.array(OverrideView), next: z.string().nullable() }).meta({ id: 'ExperimentOverrideList' });

/** A version given by hand on a draft: it holds once the draft is published. */
export const DraftOverrideView = z.object({
  stepId: z.string(), personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), name: z.string().nullable(),
  variant: z.string(), fits: z.boolean().meta({ description: 'False: the draft has no such version at this step any more; publishing leaves it aside' }), setBy: z.string(), setAt: At,
}).meta({ id: 'DraftOverride' });
export const DraftOverrideList = z.object({ items: z.array(DraftOverrideView) }).meta({ id: 'DraftOverrideList' });
