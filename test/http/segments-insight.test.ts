import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { BuildWorker } from '../../src/segments/jobs/build.worker.js';
import { MembershipWorker } from '../../src/segments/jobs/membership.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newPerson, queueChange, storePeople } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-27T20:00:00Z');
const clock = new VirtualClock(START);
let app: TestApp;
const people = Array.from({ length: 10 }, (_, index) => newPerson({ lastSeenAt: START, attributes: { n: index, plan: index < 6 ? 'pro' : 'free' } }));
beforeAll(async () => {
  app = await startTestApp({ clock });
  app.runner.wake = () => undefined;
  await storePeople(app.db, people);
});
afterAll(() => app.close());

async function settle(): Promise<void> {
  const workers = [app.nest.get(BuildWorker, { strict: false }), app.nest.get(MembershipWorker, { strict: false })];
  while ((await Promise.all([await workers[0]!.runOnce(), await workers[1]!.runOnce()])).some(({ done }) => done > 0));
}

async function live(name: string, definition: SegmentNode): Promise<string> {
  const { body } = await app.api('POST', '/v1/segments', { name, definition });
  await settle();
  return body.id;
}
const below = (value: number): SegmentNode => ({ type: 'attribute', key: 'n', op: 'lt', value });
const change = async (index: number, attributes: Record<string, unknown>) => {
  people[index]!.attributes = { ...people[index]!.attributes, ...attributes };
  await storePeople(app.db, [people[index]!]);
  await queueChange(app.db, { at: clock.now(), people: [people[index]!.id], keys: Object.keys(attributes) });
  await settle();
};

test('overlap counts who is in several segments; those without members yet are a conflict', async () => {
  const [a, b] = [await live('a', below(4)), await live('b', { type: 'not', of: below(3) })];
  const found = await app.api('GET', `/v1/segments/overlap?ids=${a},${b}`);
  expect([found.status, found.body]).toEqual([200, { any: 10, all: 1, segments: [{ id: a, name: 'a', members: 4, only: 3 }, { id: b, name: 'b', members: 7, only: 6 }], pairs: [{ ids: [a, b], both: 1 }] }]);
  const { body: unbuilt } = await app.api('POST', '/v1/segments', { name: 'unbuilt', definition: below(1) });
  const early = await app.api('GET', `/v1/segments/overlap?ids=${a},${unbuilt.id}`);
  expect([early.status, early.body.code, early.body.message]).toEqual([409, 'segment.not-live', 'The segment “unbuilt” has no members yet: it is still being built. Try again in a moment.']);
  expect((await app.api('GET', `/v1/segments/overlap?ids=${a},${newId()}`)).status).toBe(404);
  for (const ids of ['', a, `${a},${a}`, 'x,y', [a, b, newId(), newId(), newId(), newId()].join(',')]) expect([ids, (await app.api('GET', `/v1/segments/overlap?ids=${ids}`)).status]).toEqual([ids, 400]);
});

test('growth says who entered and left in each calendar day and why, and reconciles with the members there are', async () => {
  const id = await live('growing', { type: 'any', of: [{ type: 'attribute', key: 'plan', op: 'is', value: 'pro' }, { type: 'attribute', key: 'trial', op: 'within_last', value: { days: 1 } }] });
  clock.set(new Date('2026-03-28T10:00:00Z'));
  await change(0, { plan: 'free' });
  await change(8, { trial: '2026-03-28T09:00:00Z' });
  clock.set(new Date('2026-03-29T21:30:00Z'));
  await settle();
  const { body } = await app.api('GET', `/v1/segments/${id}/growth?from=2026-03-27T12:00:00Z&timeZone=Europe/Berlin`);
  const none = { change: 0, clock: 0, build: 0, merge: 0, erase: 0 };
  expect(body).toEqual({
    from: '2026-03-26T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z', every: 'day', timeZone: 'Europe/Berlin', members: 5,
    buckets: [
      { from: '2026-03-26T23:00:00.000Z', to: '2026-03-27T23:00:00.000Z', entered: { ...none, build: 6 }, left: none, members: 6 },
      { from: '2026-03-27T23:00:00.000Z', to: '2026-03-28T23:00:00.000Z', entered: { ...none, change: 1 }, left: { ...none, change: 1 }, members: 6 },
      { from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z', entered: none, left: { ...none, clock: 1 }, members: 5 },
    ],
  });
  expect((await app.api('GET', `/v1/segments/${id}`)).body.memberCount).toBe(5);
  const byDefault = (await app.api('GET', `/v1/segments/${id}/growth`)).body;
  expect([byDefault.timeZone, byDefault.buckets.length, byDefault.buckets[0].members, byDefault.buckets.at(-1).members]).toEqual(['UTC', 31, 0, 5]);
  const ahead = (await app.api('GET', `/v1/segments/${id}/growth?to=9999-12-31T00:00:00Z`)).body;
  expect(ahead.buckets).toEqual(byDefault.buckets);
  for (const query of ['from=9998-12-31T00:00:00Z&to=9999-12-31T00:00:00Z', 'every=minute', 'timeZone=Mars', 'from=2026-03-29', 'from=2026-03-29T00:00:00Z&to=2026-03-28T00:00:00Z', 'from=2020-01-01T00:00:00Z', 'from=0001-01-01T00:00:00Z&every=week']) expect([query, (await app.api('GET', `/v1/segments/${id}/growth?${query}`)).status]).toEqual([query, 400]);
});

test('a person’s segments are listed with the moment of entering, and paged', async () => {
  const first = (await app.api('GET', `/v1/people/${people[1]!.id}/segments?limit=1`)).body;
  const rest = (await app.api('GET', `/v1/people/${people[1]!.id}/segments?after=${first.next}`)).body;
  expect([...first.items, ...rest.items].map(({ name, since }: { name: string; since: string }) => [name, since])).toEqual([['a', START.toISOString()], ['growing', START.toISOString()]]);
  expect(rest.next).toBeNull();
  expect((await app.api('GET', `/v1/people/${newId()}/segments`)).status).toBe(404);
  const outside = newPerson({ lastSeenAt: START });
  await storePeople(app.db, [outside]);
  expect((await app.api('GET', `/v1/people/${outside.id}/segments`)).body).toEqual({ items: [], next: null });
});

test('an estimate of few people is their exact number; faults come back as in a preview', async () => {
  const { body } = await app.api('POST', '/v1/segments/estimate', { definition: below(4) });
  expect(body).toEqual({ valid: true, problems: [], sentence: expect.anything(), exact: true, count: 4, low: 4, high: 4, sampled: 11, total: 11 });
  const wrong = await app.api('POST', '/v1/segments/estimate', { definition: { type: 'attribute', key: 'n', op: 'bigger', value: 1 } });
  expect([wrong.status, wrong.body]).toMatchObject([200, { valid: false, problems: [{ path: 'op' }], sentence: null, exact: null, count: null }]);
});

test('explain says on what it rests, and refuses moments of which nothing is known', async () => {
  const [{ id }] = (await app.api('GET', '/v1/segments?limit=1')).body.items;
  const ask = (at: string) => app.api('GET', `/v1/segments/${id}/explain?personId=${people[1]!.id}&at=${at}`);
  expect((await ask('2026-03-27T20:00:00Z')).body).toMatchObject({ basis: 'recorded', recordedSince: START.toISOString(), personId: people[1]!.id });
  expect((await ask(clock.now().toISOString())).body.basis).toBe('now');
  expect((await ask('2027-01-01T00:00:00Z')).body.basis).toBe('expected');
  const early = await ask('2026-03-27T19:59:59Z');
  expect([early.status, early.body.code, early.body.message]).toEqual([400, 'segment.before-recording', 'Recording of this person began at 2026-03-27T20:00:00.000Z; nothing is known of 2026-03-27T19:59:59.000Z.']);
  expect((await ask('2046-01-01T00:00:00Z')).body.code).toBe('segment.too-far-ahead');
});

test('whoever asks waits no longer than the statement timeout, and is told so', async () => {
  const [{ id }] = (await app.api('GET', '/v1/segments?limit=1')).body.items;
  await inTransaction(app.db, async (tx) => {
    await rows(tx, 'lock table person, segment_member, membership_change in access exclusive mode');
    const asked = await Promise.all([
      app.api('POST', '/v1/segments/estimate', { definition: below(4) }),
      app.api('GET', `/v1/segments/${id}/members`), app.api('GET', `/v1/segments/${id}/growth`), app.api('GET', `/v1/segments/${id}/explain?personId=${people[1]!.id}`),
    ]);
    for (const { status, body } of asked) expect([status, body.error, body.code]).toEqual([503, 'unavailable', 'segment.too-slow']);
    expect(asked[0].body.message).toBe('Estimating took longer than 2 seconds and was stopped. Ask for a preview, which may take longer, or narrow the definition.');
  });
}, 600_000);
