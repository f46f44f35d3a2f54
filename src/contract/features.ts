import { z } from 'zod';
import { Id, Instant, Key, Name } from './common.js';
import { PersonHandle, Tag } from './people.js';
import { PropertyFilterSchema } from './segment-conditions.js';

export const FEATURE_STATES = ['asked', 'planned', 'shipped'] as const;
export const REQUEST_SOURCES = ['survey', 'tag', 'api', 'hand'] as const;
/** The most requests one body may carry. */
export const MOST_REQUESTS = 5_000;

const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const Count = z.number().int();

const facts = {
  name: Name,
  description: z.string().trim().max(2_000),
  ownerId: Id.nullable().meta({ description: 'The colleague who speaks to whoever nobody else took' }),
  event: z.string().trim().min(1).max(200).nullable().meta({ description: 'The event that means that somebody uses it' }),
  where: z.array(PropertyFilterSchema).max(20),
  goalDays: z.number().int().min(1).max(365).meta({ description: 'How long after being told using it counts' }),
  topic: Key.meta({ description: 'Of the message that tells' }),
  tag: Tag.nullable().meta({ description: 'Whoever gets this tag asks for the feature' }),
};
/** What somebody may change; the state moves by shipping and taking back, but for `asked` and `planned`. */
export const FeatureInput = z.strictObject({
  key: Key, name: facts.name, description: facts.description.default(''), state: z.enum(['asked', 'planned']).default('asked'), ownerId: facts.ownerId.default(null),
  event: facts.event.default(null), where: facts.where.default([]), goalDays: facts.goalDays.default(30), topic: facts.topic.default('product-updates'), tag: facts.tag.default(null),
}).meta({ id: 'FeatureInput' });
export type FeatureInput = z.infer<typeof FeatureInput>;
export const FeaturePatch = z.strictObject({ ...facts, state: z.enum(['asked', 'planned']) }).partial().meta({ id: 'FeaturePatch' });
export type FeaturePatch = z.infer<typeof FeaturePatch>;

const Teammate = z.object({ id: Id, name: z.string(), email: z.string() });
export const Teammates = z.object({ items: z.array(Teammate) }).meta({ id: 'FeatureTeammates' });

export const FeatureView = z.object({
  key: z.string(), name: z.string(), description: z.string(), state: z.enum(FEATURE_STATES), owner: Teammate.nullable(),
  event: z.string().nullable(), where: z.array(PropertyFilterSchema), goalDays: Count, topic: z.string(), tag: z.string().nullable(),
  counts: z.object({
    asked: Count.meta({ description: 'People, each once' }), requests: Count, told: Count.meta({ description: 'The message has left' }),
    coming: Count.meta({ description: 'It is on its way' }), notSent: Count.meta({ description: 'A gate refused it, or it could not be sent' }),
    opened: Count, used: Count.nullable().meta({ description: 'Of those told, within the days; null: no event says so' }),
  }),
  message: z.object({ campaignId: Id, name: z.string(), state: z.string(), unfinished: z.boolean() }).nullable().meta({ description: 'The campaign that tells' }),
  createdAt: At, updatedAt: At, shippedAt: At.nullable(), shippedBy: z.string().nullable().meta({ description: 'Name of the colleague' }),
}).meta({ id: 'Feature' });
export type FeatureView = z.infer<typeof FeatureView>;
export const FeaturePage = z.object({ items: z.array(FeatureView), next: z.string().nullable() }).meta({ id: 'FeaturePage' });
export const ArchivedFeature = z.object({ key: z.string(), state: z.literal('archived') }).meta({ id: 'FeatureArchived' });

const RequestRow = z.strictObject({
  person: PersonHandle,
  words: z.string().trim().max(5_000).optional().meta({ description: 'What the person said, as they said it' }),
  askedAt: Instant.optional().meta({ description: 'Now when absent' }),
  takenBy: z.string().max(254).optional().meta({ description: 'Id or e-mail address of the colleague who took it; whoever records it by hand when absent' }),
  requestId: z.string().min(1).max(200).optional().meta({ description: 'The same id of the same person again is no second request' }),
});
export const FeatureRequestRow = RequestRow;
export type FeatureRequestRow = z.infer<typeof RequestRow>;
/** One request, or many; rows of many are checked one by one, so that one bad row does not refuse the others. */
export const FeatureRequests = z.union([RequestRow, z.strictObject({ requests: z.array(z.unknown()).min(1).max(MOST_REQUESTS) })]).meta({ id: 'FeatureRequests' });
export const FeatureRequestsTaken = z.object({
  received: Count, recorded: Count, repeated: Count,
  rejected: z.array(z.object({ index: Count, code: z.string(), message: z.string() })),
}).meta({ id: 'FeatureRequestsRecorded', description: 'received = recorded + repeated + rejected; rows are counted from 0' });
export type FeatureRequestsTaken = z.infer<typeof FeatureRequestsTaken>;

const Quote = z.object({ id: Id, words: z.string().nullable(), source: z.enum(REQUEST_SOURCES), askedAt: At });
export const FeatureRequestPage = z.object({
  items: z.array(Quote.extend({ personId: Id, personName: z.string().nullable(), externalId: z.string().nullable(), email: z.string().nullable() })), next: z.string().nullable(),
}).meta({ id: 'FeatureRequestPage' });

export const ASKER_STATES = ['asked', 'coming', 'not_sent', 'told'] as const;
export const FeatureAsker = z.object({
  personId: Id, name: z.string().nullable(), externalId: z.string().nullable(), email: z.string().nullable(),
  askedAt: At, quotes: z.array(Quote).meta({ description: 'The last five' }), requests: Count, takenBy: Teammate.nullable(),
  state: z.enum(ASKER_STATES), reason: z.string().nullable().meta({ description: 'Why it was not sent: a reason code' }),
  toldAt: At.nullable(), openedAt: At.nullable(), usedAt: At.nullable(), campaignId: Id.nullable(),
}).meta({ id: 'FeatureAsker' });
export const FeatureAskerPage = z.object({ items: z.array(FeatureAsker), next: z.string().nullable() }).meta({ id: 'FeatureAskerPage' });

export const FeatureTake = z.strictObject({
  people: z.union([z.array(PersonHandle).min(1).max(1_000), z.literal('untaken')]),
  by: Id.nullable().optional().meta({ description: 'Who takes them: whoever asks when absent; null: nobody any more' }),
}).meta({ id: 'FeatureTake' });
export type FeatureTake = z.infer<typeof FeatureTake>;
export const FeatureTaken = z.object({ taken: Count, unknown: z.array(z.string()).meta({ description: 'Handles of people who did not ask' }) }).meta({ id: 'FeatureTaken' });

export const FeatureShipping = z.object({
  people: Count.meta({ description: 'Who would be told now' }), withWords: Count,
  by: z.array(Teammate.extend({ people: Count })).meta({ description: 'In whose name' }), unspoken: Count.meta({ description: 'Taken by nobody, of a feature without owner' }),
  message: FeatureView.shape.message,
  problems: z.array(z.object({ code: z.string(), message: z.string(), messageKo: z.string().optional() })).meta({ description: 'What keeps it from being shipped with a message' }),
  approval: z.object({ needed: z.boolean(), above: Count.nullable(), state: z.string() }),
  shown: z.object({
    personId: Id, name: z.string().nullable(), from: z.string().nullable(), replyTo: z.string().nullable(), subject: z.string().nullable(), html: z.string().nullable(), text: z.string().nullable(),
    title: z.string().nullable(), problems: z.array(z.string()),
  }).nullable().meta({ description: 'The message as one of them would get it' }),
}).meta({ id: 'FeatureShipping' });
export type FeatureShipping = z.infer<typeof FeatureShipping>;

export const FeatureShip = z.strictObject({ tell: z.boolean().default(true).meta({ description: 'false: nobody is told' }) }).meta({ id: 'FeatureShip' });
export const FeatureUnshipped = FeatureView.extend({ takenBack: Count.meta({ description: 'Messages that had not left' }), gone: Count.meta({ description: 'Messages that had' }) }).meta({ id: 'FeatureUnshipped' });

export const PersonFeaturePage = z.object({
  items: z.array(z.object({ key: z.string(), name: z.string(), featureState: z.enum(FEATURE_STATES), askedAt: At, quotes: z.array(Quote), takenBy: Teammate.nullable(), state: z.enum(ASKER_STATES), reason: z.string().nullable(), toldAt: At.nullable(), openedAt: At.nullable(), usedAt: At.nullable() })),
}).meta({ id: 'PersonFeatures' });
