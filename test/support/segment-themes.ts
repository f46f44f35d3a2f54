import type { AttributeCondition, ConsentCondition, EventCondition, EventValueCondition, Leaf, PageCondition, SequenceCondition } from '../../src/contract/segment-conditions.js';
import { consenting } from './segment-arbitraries-consent.js';
import { eventName } from './segment-arbitraries-event.js';
import { listing, listLeaf } from './segment-arbitraries-list.js';
import { seconds } from './segment-arbitraries-values.js';
import type { JsonObject } from '../../src/people/domain/json.js';
import type { Ref } from './segment-people.js';
import type { Action, Message } from './segment-steps.js';
import fc from './fast-check.js';

/**
 * Chance alone rarely puts a condition beside the very facts that tell it from one that is nearly the same: two events at one
 * instant beside a sequence, a midnight beside a day. Each world has a theme that does so; everything else in it stays random.
 */
export interface Theme {
  /** Plain conditions: nothing around them hides a wrong answer. */
  leaf: fc.Arbitrary<Leaf>;
  /** What people do, first and now and then later. */
  actions: fc.Arbitrary<Action>;
  /** How far the clock moves, when the usual half minute tells nothing. */
  moves?: fc.Arbitrary<number>;
  /** How often; once when absent. */
  weight?: number;
}

const users = ['ada', '보라', 'cy', 'dan'];
const browsers = ['b1', 'b2', 'b3'];
/** So few that each has several facts. */
const few: fc.Arbitrary<Ref> = fc.record({ userId: fc.constantFrom('ada', '보라') });
const user: fc.Arbitrary<Ref> = fc.record({ userId: fc.constantFrom(...users) });
const browser: fc.Arbitrary<Ref> = fc.record({ anonymousId: fc.constantFrom(...browsers) });
const both: fc.Arbitrary<Ref> = fc.record({ userId: fc.constantFrom(...users), anonymousId: fc.constantFrom(...browsers) });
const messageId = fc.nat({ max: 100_000 }).map((id) => `t${id}`);

type Said = Pick<Message, 'type' | 'event' | 'properties' | 'traits' | 'context'>;
/** Messages of some people, each so many half seconds old. */
const messages = (who: fc.Arbitrary<Ref>, ago: readonly number[], said: fc.Arbitrary<Said>, least = 3): fc.Arbitrary<Action> =>
  fc.array(fc.tuple(who, messageId, fc.constantFrom(...ago), said).map(([ref, id, before, what]): Message => ({ ...what, ...ref, messageId: id, ago: before })), { minLength: least, maxLength: 8 }).map((list): Action => ({ do: 'ingest', messages: list }));
const tracked = (properties: fc.Arbitrary<Said['properties']>): fc.Arbitrary<Said> => fc.record({ type: fc.constant('track' as const), event: eventName, properties });

const little = fc.constantFrom({ seconds: 1 }, { seconds: 2 }, { seconds: 7 }, undefined);
const anyStep = fc.record({ event: eventName, within: little });
const deniedStep = fc.record({ event: eventName, within: fc.constantFrom({ seconds: 1 }, { seconds: 2 }), not: fc.constant(true as const) });
const sequence: fc.Arbitrary<SequenceCondition> = fc.tuple(fc.record({ event: eventName }), fc.array(anyStep, { maxLength: 1 }), fc.oneof({ arbitrary: anyStep, weight: 3 }, { arbitrary: deniedStep, weight: 1 }))
  .map(([first, middle, last]) => ({ type: 'sequence', steps: [first, ...middle, last] }));

const measured = { type: fc.constant('event_value' as const), event: eventName, property: fc.constant('p'), op: fc.constantFrom('at_least' as const, 'exactly' as const, 'at_most' as const) };
const value: fc.Arbitrary<EventValueCondition> = fc.oneof(
  { arbitrary: fc.record({ ...measured, measure: fc.constant('distinct' as const), value: fc.constantFrom(1, 2) }), weight: 2 },
  { arbitrary: fc.record({ ...measured, measure: fc.constant('average' as const), value: fc.constantFrom(1, 1.5, 2) }), weight: 1 },
);

const named = { type: fc.constant('event' as const), event: eventName, count: fc.record({ op: fc.constantFrom('at_least' as const, 'exactly' as const), value: fc.constantFrom(1, 2) }) };
const instant = fc.constantFrom(0, -1, -2).map((at) => seconds(at).toISOString());
const span: fc.Arbitrary<EventCondition> = fc.record({ ...named, between: fc.oneof(instant.map((to) => ({ to })), instant.map((from) => ({ from }))) });

/** What denials say of somebody who told nothing. */
const denied: fc.Arbitrary<AttributeCondition> = fc.oneof(
  fc.record({ type: fc.constant('attribute' as const), key: fc.constant('a'), op: fc.constantFrom('is_not', 'not_contains'), value: fc.constantFrom('pro', 'x') }),
  fc.record({ type: fc.constant('attribute' as const), key: fc.constant('a'), op: fc.constantFrom('not_in_list', 'has_none'), value: fc.constantFrom<string[]>(['pro'], ['pro', 'x']) }),
);
const saysLittle: fc.Arbitrary<Said> = fc.record({ type: fc.constant('identify' as const), traits: fc.constantFrom<JsonObject>({}, { a: null }, { a: 'pro' }, { a: ['pro'] }, { a: 2 }) });

const day = fc.constantFrom('2026-03-09', '2026-03-10', '2026-03-11');
const dated = { type: fc.constant('attribute' as const), key: fc.constant('d') };
const ofDays: fc.Arbitrary<AttributeCondition> = fc.oneof(
  fc.record({ ...dated, op: fc.constantFrom('on', 'before', 'after'), value: day }),
  fc.record({ ...dated, op: fc.constant('day_of_week'), value: fc.subarray(['mon' as const, 'tue' as const, 'wed' as const, 'sat' as const], { minLength: 1, maxLength: 2 }) }),
  fc.record({ ...dated, op: fc.constant('hour_between'), value: fc.constantFrom<[number, number][]>([0, 9], [9, 18], [22, 6]) }),
);
const ofYears: fc.Arbitrary<AttributeCondition> = fc.oneof(
  fc.record({ ...dated, op: fc.constant('anniversary'), value: fc.constantFrom(0, 1, -1) }),
  fc.record({ ...dated, op: fc.constant('anniversary_within'), value: fc.constantFrom(0, 1, 2) }),
);
/** Every third hour of three days: for zones far apart about half of them are another day. */
const dates = (year: number) => fc.nat({ max: 23 }).map((third) => new Date(Date.UTC(year, 2, 9, 3 * third)).toISOString());
const zoned = (date: fc.Arbitrary<string>): fc.Arbitrary<Said> => fc.tuple(date, fc.constantFrom('Pacific/Auckland', 'America/New_York', 'Asia/Seoul', 'Pacific/Kiritimati')).map(([d, timezone]) => ({ type: 'identify', traits: { d, timezone } }));
const HOUR = 2 * 3_600;

const visits: fc.Arbitrary<PageCondition> = fc.record({ type: fc.constant('page' as const), measure: fc.constant('visits' as const), op: fc.constantFrom('at_least' as const, 'exactly' as const), value: fc.constantFrom(1, 2, 3) });
const viewed: fc.Arbitrary<Said> = fc.oneof(
  { arbitrary: fc.constant<Said>({ type: 'page', properties: { url: 'https://shop.kr/pricing' } }), weight: 4 },
  { arbitrary: fc.constant<Said>({ type: 'page', properties: { url: 'https://shop.kr/?utm_campaign=fall' } }), weight: 1 },
  { arbitrary: fc.constant<Said>({ type: 'track', event: '$page_engaged', properties: { dwell_ms: 1000 } }), weight: 1 },
);

const allowed: fc.Arbitrary<ConsentCondition> = fc.record({ type: fc.constant('consent' as const), channel: fc.constant('email' as const), topic: fc.constantFrom('product-updates', 'offers', 'account'), state: fc.constantFrom('allowed' as const, 'allowed' as const, 'unset' as const, 'subscribed' as const) });
const arrivals = messages(user, [0, 2], tracked(fc.constant({})), 2);

const rare: fc.Arbitrary<EventCondition> = fc.record({ ...named, count: fc.record({ op: fc.constantFrom('at_most' as const, 'exactly' as const, 'at_least' as const), value: fc.constantFrom(0, 1, 2) }) });
const isText: fc.Arbitrary<AttributeCondition> = fc.record({ type: fc.constant('attribute' as const), key: fc.constant('a'), op: fc.constantFrom('is', 'is_not'), value: fc.constantFrom('pro', '무료') });
const learned: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ type: fc.constant('identify' as const), traits: fc.constantFrom('pro', '무료').map((a) => ({ a })) }),
  tracked(fc.constant({})),
);

/** The themes, by name. */
export const THEMES: Record<string, Theme> = {
  order: { weight: 2, leaf: sequence, actions: messages(user, [0, 0, 1, 2, 2, 4], tracked(fc.constant({}))) },
  values: { weight: 2, leaf: value, actions: messages(few, [0, 2], tracked(fc.record({ p: fc.constantFrom('x', 'x', 'y', 1, 1, 2, null) }, { requiredKeys: [] }))) },
  spans: { leaf: span, actions: messages(user, [0, 2, 4], tracked(fc.constant({}))) },
  missing: { weight: 2, leaf: denied, actions: messages(user, [0, 2], saysLittle) },
  days: { weight: 2, leaf: ofDays, actions: messages(user, [0], zoned(dates(2026))) },
  years: { leaf: ofYears, actions: messages(user, [0], zoned(dates(2025))), moves: fc.constantFrom(6 * HOUR, 12 * HOUR, 24 * HOUR) },
  visits: { leaf: visits, actions: messages(user, [0, 0, 3_599, 3_600, 3_600, 3_601, 7_200], viewed) },
  lists: { leaf: listLeaf, actions: fc.oneof(arrivals, fc.record({ do: fc.constant('fact' as const), type: fc.constant('list' as const), who: user, what: listing.arbitrary })) },
  topics: { leaf: allowed, actions: fc.oneof(arrivals, fc.record({ do: fc.constant('fact' as const), type: fc.constant('consent' as const), who: user, what: consenting.arbitrary })) },
  merges: { leaf: fc.oneof(rare, isText), actions: fc.oneof({ arbitrary: messages(fc.oneof(user, browser, browser), [0, 2, 60], learned, 2), weight: 2 }, { arbitrary: messages(both, [0, 2], learned, 1), weight: 2 }, { arbitrary: fc.record({ do: fc.constant('erase' as const), who: user }), weight: 1 }) },
};
