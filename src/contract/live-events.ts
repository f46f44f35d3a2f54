import { z } from 'zod';
import { Id, Instant } from './common.js';
import { PersonHandle } from './people.js';

/** Most events of one answer; more than that came in are counted and left out. */
export const LIVE_LIMIT = 100;

export const LiveQuery = z.strictObject({
  since: Instant.optional().describe('`at` of the answer before; without it, the newest events there are'),
  name: z.string().min(1).max(200).optional().describe('Only events of this name'),
  person: PersonHandle.optional().describe('Only events of this person'),
});

const LiveEvent = z.object({
  id: Id, at: z.iso.datetime(), outcome: z.enum(['accepted', 'refused']), occurredAt: z.iso.datetime().nullable(), type: z.string().nullable(), name: z.string().nullable(),
  personId: Id.nullable(), person: z.string().nullable().describe('How the person is called; of a refused event, the id it names'),
  properties: z.record(z.string(), z.unknown()).nullable().describe('Null when they are too long to be shown here'),
  source: z.string().nullable().describe('The library that sent it'), code: z.string().nullable(), message: z.string().nullable(),
}).meta({ id: 'LiveEvent' });

export const LiveEvents = z
  .object({
    at: z.iso.datetime().describe('Ask again with this as `since`'),
    items: z.array(LiveEvent),
    came: z.number().int().describe('How many came in the time this answer is about'),
    sampled: z.boolean().describe('Whether more came than are listed: the newest are'),
  })
  .meta({ id: 'LiveEvents', description: 'Answers reach ten seconds back before `since`, because an event is seen when its transaction ends: know them by their ids' });
