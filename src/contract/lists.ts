import { z } from 'zod';
import { Id, Name } from './common.js';
import { PersonHandle } from './people.js';

export const ListInput = z.strictObject({ name: Name, description: z.string().max(2_000).default('') }).meta({ id: 'ListInput' });
export type ListInput = z.infer<typeof ListInput>;
export const ListPatch = z.strictObject({ name: Name.optional(), description: z.string().max(2_000).optional() }).meta({ id: 'ListPatch' });
export type ListPatch = z.infer<typeof ListPatch>;

export const ListView = z
  .object({ id: Id, name: z.string(), description: z.string(), memberCount: z.number().int(), createdBy: z.string(), createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() })
  .meta({ id: 'List' });
export type ListView = z.infer<typeof ListView>;
export const ListPage = z.object({ items: z.array(ListView), next: z.string().nullable() }).meta({ id: 'ListPage' });
export const ArchivedList = z.object({ id: Id, state: z.literal('archived') }).meta({ id: 'ListArchived' });

export const ListMemberPage = z
  .object({ items: z.array(z.object({ id: Id, externalId: z.string().nullable(), kind: z.string(), email: z.string().nullable(), name: z.string().nullable(), addedAt: z.iso.datetime() })), next: z.string().nullable() })
  .meta({ id: 'ListMemberPage' });

/** Whom to put on a list or take off it. */
export const ListMembers = z.strictObject({ people: z.array(PersonHandle).min(1).max(1_000) }).meta({ id: 'ListMembers' });
const Handles = z.array(z.string());
export const ListAdded = z
  .object({
    added: z.number().int(),
    already: z.number().int(),
    unknown: Handles.describe('Handles that nobody has'),
    ambiguous: Handles.describe('E-mail addresses that several people have'),
  })
  .meta({ id: 'ListMembersAdded' });
export const ListRemoved = z.object({ removed: z.number().int(), absent: z.number().int(), unknown: Handles, ambiguous: Handles }).meta({ id: 'ListMembersRemoved' });
