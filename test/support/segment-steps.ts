import type { Leaf } from '../../src/contract/segment-conditions.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import type { JsonObject } from '../../src/people/domain/json.js';
import { attributeValue, clockLeaf, definition, property } from './segment-arbitraries.js';
import { eventName } from './segment-arbitraries-event.js';
import { LEAF_PROOFS } from './segment-leaves.js';
import type { Ref } from './segment-people.js';
import { THEMES, type Theme } from './segment-themes.js';
import fc from './fast-check.js';

/** A message as a sender states it; `ago` half seconds lie between the event and its arrival (below 0: the sender's clock is ahead). */
export interface Message extends Ref { type: 'track' | 'identify' | 'page' | 'alias'; messageId: string; ago: number; previousId?: string; event?: string; properties?: JsonObject; traits?: JsonObject; context?: JsonObject }

/** One thing that happens. Segments are named by their place in the list of definitions. */
export type Action =
  /** `ahead`: the process that receives them has a clock that is so many half seconds fast, so its events lie ahead of ours. */
  | { do: 'ingest'; messages: Message[]; ahead?: number }
  | { do: 'edit-person'; who: Ref; attributes?: JsonObject; addTags?: string[]; removeTags?: string[]; kind?: 'lead' }
  | { do: 'erase'; who: Ref }
  | { do: 'define'; segment: number; definition: SegmentNode }
  | { do: 'cancel' | 'archive'; segment: number }
  /** A fact that one kind of condition adds to the world (`happens` of its proof). */
  | { do: 'fact'; type: Leaf['type']; who: Ref; what: unknown };

/** What happens at one moment, and how far the clock then moves. */
export interface Step {
  actions: Action[];
  /** Rounds of every evaluator after each action, so that builds are found half done. */
  rounds: number;
  /** Whether everything is evaluated before the clock moves. */
  settle: boolean;
  halfSeconds: number;
}

/** A story that can be told again: everything random is in it. Instants and days are shifted from 2026-03-10T09:00Z to `origin`. */
export interface World { origin: string; zone: string; definitions: SegmentNode[]; steps: Step[] }

/** `@2` in a definition means the segment at place 2. A definition names only those before it, so that there are no cycles. */
export const placeOf = (index: number): string => `@${index}`;

const users = ['ada', '보라', 'cy', 'dan'];
const browsers = ['b1', 'b2', 'b3'];
const ref: fc.Arbitrary<Ref> = fc.oneof(
  fc.record({ userId: fc.constantFrom(...users) }),
  fc.record({ anonymousId: fc.constantFrom(...browsers) }),
  fc.record({ userId: fc.constantFrom(...users), anonymousId: fc.constantFrom(...browsers) }),
);

const trait = fc.oneof(
  { arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'd', 'd.x'), attributeValue), weight: 6 },
  { arbitrary: fc.tuple(fc.constant('createdAt'), attributeValue), weight: 1 },
  { arbitrary: fc.tuple(fc.constant('timezone'), fc.constantFrom('Pacific/Auckland', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Seoul', 'Mars/Olympus', null)), weight: 1 },
);
const traits = fc.array(trait, { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs) as JsonObject);
const ago = fc.oneof({ arbitrary: fc.integer({ min: 0, max: 6 }), weight: 3 }, { arbitrary: fc.integer({ min: -6, max: 180 }), weight: 2 }, { arbitrary: fc.constantFrom(2 * 86_400, 2 * 86_400 - 1), weight: 1 });
const messageId = fc.nat({ max: 400 }).map((id) => `m${id}`);

const track = fc.tuple(ref, messageId, ago, eventName, property).map(([who, id, before, event, properties]): Message => ({ type: 'track', ...who, messageId: id, ago: before, event, properties: properties as JsonObject }));
const identify = fc.tuple(ref, messageId, ago, traits).map(([who, id, before, given]): Message => ({ type: 'identify', ...who, messageId: id, ago: before, traits: given }));
const alias = fc.tuple(fc.constantFrom(...users), fc.constantFrom(...users, ...browsers), messageId, ago).map(([userId, previousId, id, before]): Message => ({ type: 'alias', userId, previousId, messageId: id, ago: before }));
const proofs = Object.entries(LEAF_PROOFS) as [Leaf['type'], (typeof LEAF_PROOFS)['attribute']][];
const further = proofs.flatMap(([, { messages }]) => (messages ? [fc.tuple(ref, messageId, ago, messages).map(([who, id, before, said]): Message => ({ ...said, ...who, messageId: id, ago: before }))] : []));
const message: fc.Arbitrary<Message> = fc.oneof({ arbitrary: track, weight: 5 }, { arbitrary: identify, weight: 5 }, { arbitrary: alias, weight: 1 }, ...further.map((arbitrary) => ({ arbitrary, weight: 3 })));

const facts = proofs.flatMap(([type, { happens }]) => (happens ? [fc.record({ do: fc.constant('fact' as const), type: fc.constant(type), who: ref, what: happens.arbitrary })] : []));
const tags = fc.subarray(['vip', '휴면'], { minLength: 1 });
const person: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('ingest' as const), messages: fc.array(message, { minLength: 1, maxLength: 4 }) }), weight: 8 },
  { arbitrary: fc.record({ do: fc.constant('ingest' as const), messages: fc.array(message, { minLength: 1, maxLength: 2 }), ahead: fc.integer({ min: 1, max: 40 }) }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('edit-person' as const), who: ref, addTags: tags }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('edit-person' as const), who: ref, removeTags: tags }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('edit-person' as const), who: ref, attributes: traits, kind: fc.constant('lead' as const) }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('erase' as const), who: ref }), weight: 1 },
  ...facts.map((arbitrary) => ({ arbitrary, weight: 2 })),
);

const SEGMENTS = 5;
const named = (index: number) => Array.from({ length: index }, (_, before) => placeOf(before));
/** One that the clock alone moves, two of the theme, two of anything. */
const definitions = (leaf: fc.Arbitrary<SegmentNode>): fc.Arbitrary<SegmentNode[]> => fc.tuple(clockLeaf as fc.Arbitrary<SegmentNode>, leaf, leaf, definition(named(3)), definition(named(4)));
const define = fc.oneof(...Array.from({ length: SEGMENTS }, (_, index) => fc.record({ do: fc.constant('define' as const), segment: fc.constant(index), definition: definition(named(index)) })));
const change: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: define, weight: 4 },
  { arbitrary: fc.record({ do: fc.constant('cancel' as const), segment: fc.nat({ max: SEGMENTS - 1 }) }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant('archive' as const), segment: fc.nat({ max: SEGMENTS - 1 }) }), weight: 1 },
);

const HOUR = 2 * 3_600;
const move = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 60 }), weight: 6 },
  { arbitrary: fc.integer({ min: -4, max: -1 }), weight: 1 },
  { arbitrary: fc.constantFrom(HOUR, 24 * HOUR, 24 * HOUR - 60, 25 * HOUR, 7 * 24 * HOUR, 366 * 24 * HOUR), weight: 1 },
);
const step = ({ actions, moves = move }: Theme): fc.Arbitrary<Step> => fc.record({
  actions: fc.array(fc.oneof({ arbitrary: person, weight: 4 }, { arbitrary: actions, weight: 2 }, { arbitrary: change, weight: 1 }), { maxLength: 4 }),
  rounds: fc.nat({ max: 3 }),
  settle: fc.boolean(),
  halfSeconds: fc.oneof({ arbitrary: move, weight: 1 }, { arbitrary: moves, weight: 1 }),
});

/** Ordinary days, the evenings before and the minutes around changes of summer time, a leap day, new year. */
const origin = fc.constantFrom(
  '2026-03-10T09:00:00Z', '2026-03-10T09:00:00Z', '2026-03-10T14:59:30Z', '2026-03-10T10:59:30Z', '2026-03-28T22:59:30Z', '2026-03-29T00:59:30Z', '2026-03-29T21:59:30Z', '2026-10-25T00:59:30Z',
  '2026-11-01T05:59:30Z', '2026-04-04T13:59:30Z', '2026-04-04T14:59:30Z', '2028-02-28T23:59:30Z', '2026-12-31T23:59:30Z',
);
const arrive = fc.record({ do: fc.constant('ingest' as const), messages: fc.array(message, { minLength: 3, maxLength: 8 }) });
const start = ({ actions }: Theme): fc.Arbitrary<Action[]> => fc.tuple(arrive, actions, actions);

/** `SEGMENT_THEME=order` tells worlds of one theme alone. */
const themes = Object.entries(THEMES).filter(([name]) => [undefined, name].includes(process.env.SEGMENT_THEME)).map(([, theme]) => ({ arbitrary: fc.constant(theme), weight: theme.weight ?? 1 }));

/** A random world. Its people come before its segments, so that first builds find somebody. */
export const world: fc.Arbitrary<World> = fc.oneof(...themes)
  .chain((theme) => fc.record({ origin, zone: fc.constantFrom('UTC', 'Asia/Seoul', 'Europe/Berlin'), definitions: definitions(theme.leaf), begin: start(theme), steps: fc.array(step(theme), { minLength: 3, maxLength: 6 }) }))
  .map(({ begin, steps, ...rest }) => ({ ...rest, steps: [{ actions: begin, rounds: 0, settle: false, halfSeconds: 0 }, ...steps] }));
