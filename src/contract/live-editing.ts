import { z } from 'zod';
import { Id, Instant, Key } from './common.js';

const Count = z.number().int();
const Text = z.object({ en: z.string(), ko: z.string() });
/** JSON answers carry instants as text; stores give dates. */
const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });

const Move = z.enum(['keep', 'migrate', 'restart', 'drain']).meta({
  description: 'keep: they finish the version they are on. migrate: they go on in the new version from where they stand. restart: their run ends and another begins at the start, re-entry not asked. drain: their run ends; what is queued for them still goes',
});

/** What becomes of people in flight when a version is published. */
export const InFlightChoice = z.strictObject({
  move: Move.default('keep'),
  steps: z.array(z.strictObject({
    version: z.number().int().min(1), step: Key, move: Move,
    to: Key.optional().meta({ description: 'Of migrate: the step of the new version people come to, instead of the next one of their way that is still there' }),
  })).max(500).default([]).meta({ description: 'Exceptions for people who stand at a step of a version when it is their turn' }),
}).meta({ id: 'InFlightChoice' });
export type InFlightChoice = z.infer<typeof InFlightChoice>;

const Step = z.object({ stepId: z.string(), label: Text });
const Times = z.object({
  atOnce: Count.meta({ description: 'People whose moment has come' }),
  first: At.nullable(), last: At.nullable(),
}).meta({ description: 'When the others go on: the first and the last of them' });

const Place = z.object({
  version: Count, stepId: z.string(), label: Text, people: Count,
  keep: z.object({ times: Times, next: z.array(Step).meta({ description: 'What comes next on their way, whichever branches they take; empty: the end alone' }), sentence: Text }),
  migrate: z.object({
    landing: z.enum(['here', 'before', 'end']).meta({ description: 'here: the step is in the new version. before: it is gone, they come to `to` when they would have gone on. end: nothing of their way is left' }),
    to: z.string().nullable(), times: Times, next: z.array(Step),
    added: z.array(Step), removed: z.array(Step), changed: z.array(Step), sentence: Text,
  }),
  restart: z.object({ sentence: Text }),
  drain: z.object({ sentence: Text }),
});

const Moved = { migrated: Count, restarted: Count, drained: Count, ended: Count.meta({ description: 'Moved and over at once: a goal or an exit rule of the new version holds, or nothing of their way is left' }), refused: Count.meta({ description: 'To be started again, and refused by a gate of entry' }) };

export const MigrationView = z.object({
  id: Id, version: Count, state: z.enum(['running', 'done', 'replaced', 'cancelled']).meta({ description: 'replaced: a later choice took its place' }),
  move: Move, exceptions: Count.meta({ description: 'Steps with a choice of their own' }), people: Count, kept: Count, ...Moved,
  left: Count.nullable().meta({ description: 'Still to be moved; null when it is not under way' }),
  chosenBy: z.string(), startedAt: At, finishedAt: At.nullable(), sentence: Text,
}).meta({ id: 'CampaignMigration' });
export const MigrationList = z.object({ items: z.array(MigrationView) }).meta({ id: 'CampaignMigrationList' });

export const PublishPreview = z.object({
  revision: Count, version: Count.meta({ description: 'The number the draft would get' }),
  people: Count.meta({ description: 'In flight on earlier versions' }),
  queued: Count.meta({ description: 'Messages that are queued already: they go as they were written' }),
  places: z.array(Place).meta({ description: 'The 200 places with most people; the newest version first' }),
  more: z.object({ places: Count, people: Count }).meta({ description: 'Beside them' }),
  experiments: z.array(z.object({ stepId: z.string(), label: Text, becomes: z.enum(['continues', 'anew', 'ends']), sentence: Text })),
  running: MigrationView.nullable().meta({ description: 'An earlier choice that is still being carried out: publishing with `keep` lets it go on, anything else takes its place' }),
}).meta({ id: 'CampaignPublishPreview' });

export const RemainingView = z.object({
  people: Count.meta({ description: 'On their way' }),
  until: At.nullable().meta({ description: 'When the last of them is through at the latest; null: nobody is on the way, or it can not be said' }),
  unbounded: z.boolean().meta({ description: 'Somebody waits for a date of their own, which may move' }),
  recallable: z.object({
    queued: Count.meta({ description: 'Messages that have not left' }),
    unseen: Count.meta({ description: 'In-app messages nobody has seen yet' }),
    seen: Count.meta({ description: 'In-app messages that were seen and are still in inboxes or on open pages' }),
    displays: Count.meta({ description: 'Auto messages on display, or about to be' }),
    launches: Count,
  }).meta({ description: 'What stopping takes back' }),
  handedOver: z.object({ sending: Count.meta({ description: 'With a sender at this moment' }), sent: Count.meta({ description: 'Left: e-mails, webhooks and notices' }) }).meta({ description: 'What can not be taken back' }),
  sentences: z.object({ stop: Text, drain: Text }),
}).meta({ id: 'CampaignRemaining' });
