import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { Counter, inMemoryOf, instantsOf, judge, loadCounts } from '../../src/segments/past-counts.js';
import { heldThen, readPast } from '../../src/segments/past-questions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const START = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;
const span = { after: new Date(START), to: new Date(START + 96 * HOUR) };
const people = Array.from({ length: 24 }, () => newId());
const rng = (seed: number) => () => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return seed / 2 ** 32; };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await rows(db, `insert into person (id, kind, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select p.id, 'user', '{}', $2, $2, $2::timestamptz + case when p.place % 4 = 0 then interval '20 hours' else interval '-9 days' end, $2 from unnest($1::uuid[]) with ordinality as p (id, place)`, [people, span.after]);
  await rows(db, `insert into person_tag (person_id, tag, added_at) select p.id, 'vip', $2 from unnest($1::uuid[]) as p (id)`, [people.filter((_, place) => place % 3 === 0), span.after]);
  const random = rng(11);
  const events = people.flatMap((personId) => Array.from({ length: Math.floor(random() * 9) }, () => {
    const at = START + Math.floor((random() * 140 - 40) * 60) * 60_000;
    // Some are told of late, some ahead of their time; some came with another profile, which became part of this one at a moment, or (of what is not known here) never did.
    const received = at + (random() < 0.3 ? Math.floor((random() * 60 - 20) * HOUR) : 0);
    const from = random() < 0.3 ? newId() : null;
    return { id: newId(), personId, name: random() < 0.7 ? 'Login' : 'Paid', properties: { plan: random() < 0.5 ? 'team' : 'solo' }, at, received, from, merged: from && random() < 0.8 ? START + Math.floor(random() * 90 * HOUR) : null };
  }));
  await rows(db, `insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id, from_id)
    select x."id", x."personId", 'track', x."name", x."properties", to_timestamp(x."at" / 1000.0), to_timestamp(x."received" / 1000.0), x."id"::text, x."from"
      from jsonb_to_recordset($1::jsonb) as x ("id" uuid, "personId" uuid, "name" text, "properties" jsonb, "at" float8, "received" float8, "from" uuid)`, [JSON.stringify(events)]);
  const merges = events.filter(({ merged }) => merged !== null);
  await rows(db, `insert into person_merge (from_id, into_id, at, source) select x."from", x."personId", to_timestamp(x."merged" / 1000.0), 'test' from jsonb_to_recordset($1::jsonb) as x ("from" uuid, "personId" uuid, "merged" float8)`, [JSON.stringify(merges)]);
  expect(merges.length).toBeGreaterThan(5);
});
afterAll(() => database.drop());

const login = (more: object = {}): SegmentNode => ({ type: 'event', event: 'Login', count: { op: 'at_least', value: 1 }, ...more });
const vip: SegmentNode = { type: 'tag', op: 'has', tag: 'vip' };
const definitions: { name: string; node: SegmentNode }[] = [
  { name: 'ever', node: login() }, { name: 'never', node: login({ count: { op: 'exactly', value: 0 } }) }, { name: 'three times', node: login({ count: { op: 'between', value: 2, to: 3 } }) },
  { name: 'in a window', node: login({ within: { days: 1 } }) }, { name: 'in a short one, twice', node: login({ within: { hours: 30 }, count: { op: 'more_than', value: 1 } }) },
  { name: 'in a span', node: login({ between: { from: '2026-03-01', to: '2026-03-02T12:00:00Z' } }) }, { name: 'with a property', node: login({ where: [{ property: 'plan', op: 'is', value: 'team' }] }) },
  { name: 'not, of a window', node: { type: 'not', of: login({ within: { hours: 6 } }) } }, { name: 'both', node: { type: 'all', of: [login({ within: { days: 2 } }), { type: 'not', of: login({ event: 'Paid' }) }] } },
  { name: 'with a tag', node: { type: 'all', of: [vip, login({ within: { days: 2 } })] } }, { name: 'or a tag', node: { type: 'any', of: [{ type: 'not', of: vip }, login({ event: 'Paid', within: { hours: 40 } })] } },
];

test.each(definitions)('a count in memory is what the data answers, at every moment: $name', async ({ node }) => {
  const { db } = database;
  const definition = await readPast(db, node);
  const memory = inMemoryOf([definition]);
  const judged = memory.judged[0]!;
  const counts = await loadCounts(db, memory, people, span);
  const asked: { personId: string; at: Date; then: null; counters: Counter[]; instants: number[] }[] = [];
  for (const personId of people) {
    const counters = counts.map((each) => new Counter(each.get(personId) ?? { before: 0, since: [], at: [] }));
    const instants = instantsOf(judged, counters).filter((at) => at > span.after.getTime() && at <= span.to.getTime());
    for (const at of new Set([...instants.flatMap((each) => [each - 1, each, each + 1]), ...Array.from({ length: 13 }, (_, step) => START + step * 8 * HOUR)])) if (at <= span.to.getTime()) asked.push({ personId, at: new Date(at), then: null, counters, instants });
  }
  const known = await Promise.all(memory.parts.map((part) => heldThen(db, part, asked)));
  const truths = await heldThen(db, definition, asked);
  // Before somebody was known the data answers nothing; whoever asks in memory knows since when they are.
  const told = asked.flatMap(({ counters, at }, place) => (truths[place] === null ? [] : [{ place, truth: judge(judged, counters, (part) => known[part]![place] === true, at.getTime()) }]));
  expect(told.map(({ truth }) => truth)).toEqual(told.map(({ place }) => truths[place]));
  // Unlike answers of one person have an instant between them.
  for (const [index, { place }] of told.entries()) {
    const [one, before] = [asked[place]!, asked[told[index - 1]?.place ?? 0]!];
    if (index === 0 || one.personId !== before.personId || truths[place] === truths[told[index - 1]!.place]) continue;
    const [low, high] = [Math.min(+one.at, +before.at), Math.max(+one.at, +before.at)];
    expect(one.instants.some((at) => at > low && at <= high)).toBe(true);
  }
  expect(new Set(told.map(({ truth }) => truth)).size).toBe(2);
});

test('what asks for more than counts and what is known of the person is left to the data', async () => {
  const { db } = database;
  const more: SegmentNode[] = [
    { type: 'event_value', event: 'Paid', measure: 'sum', property: 'amount', op: 'at_least', value: 3 }, { type: 'attribute', key: '$last_seen_at', op: 'exists' }, { type: 'attribute', key: 'renews', op: 'within_last', value: { days: 3 } },
    { type: 'engagement', kind: 'opened' }, { type: 'any', of: [login(), { type: 'event_time', event: 'Login', which: 'last', op: 'within_last', value: { days: 1 } }] },
  ];
  const definitionsOf = await Promise.all(more.map((node) => readPast(db, node)));
  expect(inMemoryOf(definitionsOf).judged).toEqual(more.map(() => null));
  // What is known of a person without any count is one part, asked once.
  const still = inMemoryOf([await readPast(db, { type: 'all', of: [vip, { type: 'attribute', key: 'plan', op: 'is', value: 'team' }] })]);
  expect([still.judged[0], still.parts.length]).toEqual([{ type: 'part', part: 0 }, 1]);
});
