import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildWorker } from '../../src/segments/jobs/build.worker.js';
import { MembershipWorker } from '../../src/segments/jobs/membership.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newPerson, queueChange, storePeople } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-10T09:00:00Z');
const clock = new VirtualClock(START);
const at = (seconds: number) => new Date(START.getTime() + seconds * 1000);
const login = (seconds: number) => ({ id: newId(), name: 'login', properties: {}, at: at(seconds) });
let app: TestApp;
const people = Array.from({ length: 7 }, (_, index) => newPerson({ lastSeenAt: START, attributes: index < 3 ? { plan: 'pro', name: `고객 ${index}` } : {}, email: `p${index}@example.com` }));

beforeAll(async () => {
  app = await startTestApp({ clock });
  // A wake runs the worker at once, also one that consumes what is looked at here.
  app.runner.wake = () => undefined;
  await storePeople(app.db, people);
});
afterAll(() => app.close());

/** Only the workers of segments: those behind them would consume what is looked at here. */
async function settle(): Promise<Date | null> {
  const workers = [app.nest.get(BuildWorker, { strict: false }), app.nest.get(MembershipWorker, { strict: false })];
  for (;;) {
    const rounds = [await workers[0]!.runOnce(), await workers[1]!.runOnce()];
    if (rounds.every(({ done }) => done === 0)) return rounds[1]!.next ?? null;
  }
}

const create = (name: string, definition: unknown) => app.api('POST', '/v1/segments', { name, definition });
const isPro: SegmentNode = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
const flipsOf = (id: string) => rows<{ person_id: string; entered: boolean; at: Date; cause: string }>(app.db, 'select c.person_id, c.entered, c.at, c.cause from membership_change as c where c.segment_id = $1 order by c.id', [id]);

test('a segment is created, built, listed, paged and explained; its first build announces nobody', async () => {
  const created = await create('유료 고객', isPro);
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({ state: 'building', revision: 1, memberCount: 0, sentence: { en: 'People where “plan” is “pro”.', ko: '‘plan’이 ‘pro’와 같은 고객' } });
  await settle();
  const { id } = created.body;
  expect((await app.api('GET', `/v1/segments/${id}`)).body).toMatchObject({ state: 'live', memberCount: 3, progress: null });
  expect((await app.api('GET', '/v1/segments')).body.items.map((one: { id: string }) => one.id)).toContain(id);
  const first = (await app.api('GET', `/v1/segments/${id}/members?limit=2`)).body;
  const second = (await app.api('GET', `/v1/segments/${id}/members?limit=2&after=${first.next}`)).body;
  expect([...first.items, ...second.items].map(({ name }: { name: string }) => name)).toEqual(['고객 0', '고객 1', '고객 2']);
  expect(second.next).toBeNull();
  expect((await app.api('GET', `/v1/segments/${id}/explain?personId=${people[4]!.id}`)).body.root).toEqual({ path: '', type: 'attribute', truth: false, compared: null, nextChangeAt: null, sentence: { en: '“plan” is “pro”', ko: expect.any(String) } });
  expect(await rows(app.db, 'select 1 from settled_change')).toEqual([]);
});

test('changes and the clock flip people, each flip with its exact instant, and both reach settled_change', async () => {
  const person = people[5]!;
  const { body } = await create('Two logins in 30 days', { type: 'event', event: 'login', count: { op: 'at_least', value: 2 }, within: { days: 30 } });
  await settle();
  person.events.push(login(-7), login(5));
  await storePeople(app.db, [person]);
  await queueChange(app.db, { at: at(5), people: [person.id], events: ['login'] });
  clock.set(at(5));
  const next = await settle();
  expect(await flipsOf(body.id)).toEqual([{ person_id: person.id, entered: true, at: at(5), cause: 'change' }]);
  const boundary = at(30 * 86_400 - 7);
  expect(next).toEqual(boundary);
  const explained = await app.api('GET', `/v1/segments/${body.id}/explain?personId=${person.id}`);
  expect(explained.body.root).toMatchObject({ truth: true, compared: 2, nextChangeAt: boundary.toISOString() });
  clock.set(new Date(boundary.getTime() + 4_321));
  await settle();
  expect((await flipsOf(body.id)).at(-1)).toEqual({ person_id: person.id, entered: false, at: boundary, cause: 'clock' });
  const settled = await rows(app.db, 'select s.kind, s.event_names, s.flip_persons, s.flip_entered, s.flip_at from settled_change as s order by s.id');
  expect(settled).toEqual([
    { kind: 'changed', event_names: ['login'], flip_persons: [person.id], flip_entered: [true], flip_at: [at(5)] },
    { kind: 'flips', event_names: [], flip_persons: [person.id], flip_entered: [false], flip_at: [boundary] },
  ]);
  expect(await rows(app.db, 'select 1 from person_change')).toEqual([]);
  clock.set(at(0));
  await settle();
  expect(await flipsOf(body.id)).toHaveLength(2);
  clock.set(new Date(boundary.getTime() + 10_000));
});

test('an edit is built beside the live members, can be cancelled without a trace, and announces differences', async () => {
  const { body } = await create('Edited', isPro);
  await settle();
  const without = { type: 'not', of: isPro };
  const stale = await app.api('PATCH', `/v1/segments/${body.id}`, { revision: 9, definition: without });
  expect([stale.status, stale.body.code]).toEqual([409, 'segment.changed']);
  const edited = await app.api('PATCH', `/v1/segments/${body.id}`, { revision: 1, definition: without });
  expect(edited.body).toMatchObject({ state: 'building', revision: 2, memberCount: 3, definition: without });
  const cancelled = await app.api('DELETE', `/v1/segments/${body.id}/build`);
  expect(cancelled.body).toMatchObject({ segment: {} });
  expect(cancelled.body.segment).toMatchObject({ state: 'live', revision: 1, definition: isPro, memberCount: 3 });
  await app.api('PUT', `/v1/segments/${body.id}`, { revision: 1, name: 'Edited', definition: without });
  await rows(app.db, 'delete from settled_change');
  await settle();
  expect((await app.api('GET', `/v1/segments/${body.id}`)).body).toMatchObject({ state: 'live', revision: 3, memberCount: 4 });
  const [settled, ...more] = await rows<{ kind: string; flip_entered: boolean[] }>(app.db, 'select s.kind, s.flip_entered from settled_change as s');
  expect([settled!.kind, settled!.flip_entered.filter(Boolean).length, settled!.flip_entered.length, more.length]).toEqual(['flips', 4, 7, 0]);
  const unbuilt = await create('Never live', isPro);
  expect((await app.api('DELETE', `/v1/segments/${unbuilt.body.id}/build`)).body).toEqual({ segment: null });
  expect((await app.api('GET', `/v1/segments/${unbuilt.body.id}`)).status).toBe(404);
});

test('a segment that names another follows its edits, refuses its archiving, and may not close a cycle', async () => {
  const inner = (await create('Inner', isPro)).body;
  const outer = (await create('Outer', { type: 'segment', op: 'not_in', segmentId: inner.id })).body;
  expect(outer.sentence.ko).toBe('‘Inner’ 세그먼트에 속하지 않는 고객');
  await settle();
  expect((await app.api('GET', `/v1/segments/${outer.id}`)).body.memberCount).toBe(4);
  const refused = await app.api('POST', `/v1/segments/${inner.id}/archive`);
  expect([refused.status, refused.body.message]).toEqual([409, 'The segment cannot be archived: “Outer” names it. Change that one first.']);
  const cycle = await app.api('PATCH', `/v1/segments/${inner.id}`, { revision: 1, definition: { type: 'all', of: [isPro, { type: 'segment', op: 'in', segmentId: outer.id }] } });
  expect([cycle.status, cycle.body.code, cycle.body.problems[0].path]).toEqual([400, 'segment.cycle', 'definition.of.1.segmentId']);
  expect(cycle.body.message).toContain('Inner → Outer → Inner');
  await app.api('PATCH', `/v1/segments/${inner.id}`, { revision: 1, definition: { type: 'attribute', key: 'plan', op: 'is', value: 'team' } });
  await settle();
  expect((await app.api('GET', `/v1/segments/${outer.id}`)).body.memberCount).toBe(7);
  expect((await app.api('POST', `/v1/segments/${outer.id}/archive`)).body).toEqual({ id: outer.id, state: 'archived' });
  expect((await app.api('POST', `/v1/segments/${inner.id}/archive`)).status).toBe(200);
});

test('preview counts, samples and says what is wrong; sizes and duplicate names are refused', async () => {
  const good = await app.api('POST', '/v1/segments/preview', { definition: isPro });
  expect(good.body).toMatchObject({ valid: true, count: 3, sentence: { en: 'People where “plan” is “pro”.' } });
  expect(good.body.sample).toHaveLength(3);
  const bad = await app.api('POST', '/v1/segments/preview', { definition: { type: 'all', of: [isPro, { type: 'attribute', key: 'age', op: 'bigger', value: 3 }] } });
  expect([bad.status, bad.body.valid, bad.body.problems[0].path]).toEqual([200, false, 'of.1.op']);
  const unsaved = await create('유료 고객', isPro);
  expect([unsaved.status, unsaved.body.code]).toEqual([409, 'segment.name-taken']);
  const deep = `{"name": "Deep", "definition": ${'{"type": "not", "of": '.repeat(10_000)}${JSON.stringify(isPro)}${'}'.repeat(10_001)}`;
  const answer = await fetch(`${app.url}/v1/segments`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' }, body: deep });
  expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([400, 'definition: The definition is nested more than 40 deep.']);
  const wide = await create('Wide', { type: 'any', of: Array.from({ length: 100 }, () => ({ type: 'any', of: Array.from({ length: 100 }, () => isPro) })) });
  expect([wide.status, wide.body.message]).toEqual([400, 'definition: The definition has more than 1000 conditions.']);
  const injected = await app.api('POST', '/v1/segments/preview', { definition: { type: 'attribute', key: `plan') or true --`, op: 'is', value: `'; drop table person; --` } });
  expect(injected.body).toMatchObject({ valid: true, count: 0 });
  expect((await app.api('GET', '/v1/segments/operators')).body.items.map(({ key }: { key: string }) => key)).toContain('within_last');
});

test('merged and erased people leave everything; the person merged into is evaluated for every segment', async () => {
  const [winner, loser, erased] = [newPerson({ lastSeenAt: START }), newPerson({ lastSeenAt: START, attributes: { plan: 'vip' } }), newPerson({ lastSeenAt: START, attributes: { plan: 'vip' } })];
  await storePeople(app.db, [winner, loser, erased]);
  const { body } = await create('VIP', { type: 'attribute', key: 'plan', op: 'is', value: 'vip' });
  await settle();
  expect((await app.api('GET', `/v1/segments/${body.id}`)).body.memberCount).toBe(2);
  await rows(app.db, 'delete from settled_change');
  await rows(app.db, 'delete from person as p where p.id = any($1)', [[loser.id, erased.id]]);
  winner.attributes = { plan: 'vip' };
  await storePeople(app.db, [winner]);
  await queueChange(app.db, { kind: 'merged', at: clock.now(), people: [loser.id], into: winner.id });
  await queueChange(app.db, { kind: 'deleted', at: clock.now(), people: [erased.id] });
  await settle();
  expect((await app.api('GET', `/v1/segments/${body.id}/members`)).body.items.map(({ id }: { id: string }) => id)).toEqual([winner.id]);
  const left = (await flipsOf(body.id)).filter((flip) => !flip.entered).map(({ person_id, cause }) => [person_id, cause]);
  expect(new Map(left as [string, string][])).toEqual(new Map([[loser.id, 'merge'], [erased.id, 'erase']]));
  const settled = await rows<{ kind: string; flip_persons: string[]; merged_into: string | null }>(app.db, 'select s.kind, s.flip_persons, s.merged_into from settled_change as s order by s.id');
  expect(settled.map(({ kind, merged_into }) => [kind, merged_into])).toEqual([['merged', winner.id], ['deleted', null]]);
  expect(new Set(settled[0]!.flip_persons)).toEqual(new Set([winner.id]));
  expect(settled[1]!.flip_persons).toEqual([]);
});
