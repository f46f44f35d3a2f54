import { z } from 'zod';
import { Id, Key } from './common.js';
import { ResultsQuery } from './results.js';

/** Every number of the results whose people can be listed. Those that begin with `test_` are numbers of an experiment. */
export const NUMBERS = [
  'entered', 'active', 'completed', 'exited', 'cancelled', 'refused_entry',
  'arrived', 'in_progress', 'control', 'refused', 'uncertain', 'assigned', 'chosen', 'reached', 'sent', 'delivered', 'bounced', 'hard_bounced',
  'opened', 'clicked', 'unsubscribed', 'complained', 'dismissed', 'replied', 'converted', 'matured', 'matured_converted',
  'test_assigned', 'test_matured', 'test_converted', 'test_maturing',
] as const;
export type PeopleNumber = (typeof NUMBERS)[number];

const { version, step, variant, channel, language, entryFrom, entryTo, zone, segmentAtEntry } = ResultsQuery.shape;

export const ResultsPeopleQuery = z.strictObject({
  number: z.enum(NUMBERS),
  version, step, variant, channel, language, entryFrom, entryTo, zone, segmentAtEntry,
  code: z.string().max(64).optional().meta({ description: 'Of refused and refused_entry: only this reason' }),
  evidence: z.enum(['human', 'machine', 'unknown']).optional().meta({ description: 'Of opened and clicked: only on this evidence' }),
  goal: Key.optional().meta({ description: 'Of converted, matured and matured_converted: the goal; the primary one when absent' }),
  experiment: Id.optional().meta({ description: 'Needed by numbers that begin with test_' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(400).optional(),
});
export type ResultsPeopleQuery = z.infer<typeof ResultsPeopleQuery>;

export const ResultsPeople = z
  .object({
    items: z.array(z.object({
      personId: Id, externalId: z.string().nullable(), email: z.string().nullable(), name: z.string().nullable(),
      times: z.number().int().meta({ description: 'How often this person is in the number; their sum over all people is the number' }),
    })),
    next: z.string().nullable(),
    pending: z.number().int().meta({ description: 'People whose part may have changed and is still being counted; they are listed by what was counted last' }),
  })
  .meta({ id: 'ResultsPeople' });
export type ResultsPeople = z.infer<typeof ResultsPeople>;
