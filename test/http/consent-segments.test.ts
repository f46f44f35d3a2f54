import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ConsentCondition } from '../../src/contract/segment-conditions.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { createOwned } from '../../src/segments/segment-questions.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-06-10T03:00:00.000Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const condition = (state: ConsentCondition['state'], topic = 'product-updates'): ConsentCondition => ({ type: 'consent', channel: 'email', topic, state });
const segment = async (definition: object) => (await app.api('POST', '/v1/segments', { name: newId(), definition })).body.id as string;
const person = async () => (await app.api('POST', '/v1/people', { externalId: newId() })).body as { id: string; externalId: string };
const say = (who: string, state: string, topic = 'product-updates') => app.api('PUT', `/v1/people/${who}/consent`, { consents: [{ channel: 'email', topic, state }] });
const isMember = async (id: string, personId: string) => (await rows(app.db, 'select 1 from segment_member as m where m.segment_id = $1 and m.person_id = $2', [id, personId])).length === 1;
const history = (personId: string) => rows<{ key: string; value: string }>(app.db, `select h.key, h.value from attribute_history as h where h.person_id = $1 and h.key like '$consent:%' and h.from_id is null order by h.at, h.id`, [personId]);
const settle = () => app.runner.runUntilIdle();

test('what a person says moves them between segments, once, and is kept in the history', async () => {
  const [yes, unset, allowed] = [await segment(condition('subscribed')), await segment(condition('unset')), await segment(condition('allowed'))];
  const { id } = await person();
  await settle();
  const where = async () => Promise.all([yes, unset, allowed].map((one) => isMember(one, id)));
  expect(await where()).toEqual([false, true, true]);
  await say(id, 'subscribed');
  await settle();
  expect(await where()).toEqual([true, false, true]);
  clock.advance(1_000);
  await say(id, 'subscribed');
  expect(await rows(app.db, 'select 1 from person_change')).toEqual([]);
  await say(id, 'unsubscribed');
  await settle();
  expect(await where()).toEqual([false, false, false]);
  expect(await history(id)).toEqual([{ key: '$consent:email:product-updates', value: 'subscribed' }, { key: '$consent:email:product-updates', value: 'unsubscribed' }]);
  expect((await app.api('GET', `/v1/people/${id}`)).body.attributes).toEqual({});
  const before = (await app.api('GET', `/v1/segments/${yes}/explain?personId=${id}&at=${new Date(clock.now().getTime() - 500).toISOString()}`)).body;
  expect(before.root).toMatchObject({ truth: true, compared: 'subscribed' });
});

test('a topic that now needs a yes first moves everybody, in hidden segments too; a new name moves nobody', async () => {
  await app.api('POST', '/v1/topics', { key: 'news', name: 'News', nameKo: '소식' });
  const [silent, keen] = [await person(), await person()];
  await say(keen.id, 'subscribed', 'news');
  const shared = await segment({ type: 'not', of: condition('allowed', 'news') });
  const naming = await segment({ type: 'segment', op: 'not_in', segmentId: shared });
  const hidden = await createOwned(app.db, { ownerId: newId(), name: 'audience', definition: condition('allowed', 'news'), createdBy: 'test', now: clock.now() });
  await settle();
  const where = async (id: string) => Promise.all([shared, naming, hidden].map((one) => isMember(one, id)));
  expect([await where(silent.id), await where(keen.id)]).toEqual([[false, true, true], [false, true, true]]);
  clock.advance(1_000);
  expect((await app.api('PATCH', '/v1/topics/news', { optIn: true })).status).toBe(200);
  await settle();
  expect([await where(silent.id), await where(keen.id)]).toEqual([[true, false, false], [false, true, true]]);
  const late = await person();
  await settle();
  expect(await where(late.id)).toEqual([true, false, false]);
  const flipped = async () => (await rows(app.db, 'select 1 from membership_change as c where c.segment_id = $1 and c.person_id = any($2::uuid[])', [shared, [silent.id, late.id]])).length;
  const flips = await flipped();
  await app.api('PATCH', '/v1/topics/news', { name: 'New name', optIn: true });
  expect(await rows(app.db, 'select 1 from person_change')).toEqual([]);
  await app.api('PATCH', '/v1/topics/news', { optIn: false });
  await settle();
  expect([await where(silent.id), await where(late.id), (await flipped()) - flips]).toEqual([[false, true, true], [false, true, true], 2]);
  expect((await app.api('GET', `/v1/segments/${naming}`)).body.state).toBe('live');
});

test('a merge gives the survivor what the merged person said, in segments and in the history', async () => {
  const left = await segment(condition('unsubscribed'));
  const user = await person();
  const anonymousId = newId();
  const visitor = (await app.api('POST', '/v1/people', { anonymousId })).body;
  await say(visitor.id, 'unsubscribed');
  await settle();
  expect([await isMember(left, user.id), await isMember(left, visitor.id)]).toEqual([false, true]);
  clock.advance(1_000);
  await app.api('POST', '/v1/batch', { writeKey: app.writeKey, batch: [{ type: 'identify', userId: user.externalId, anonymousId, traits: {} }] });
  await settle();
  expect([await isMember(left, user.id), await isMember(left, visitor.id)]).toEqual([true, false]);
  expect(await history(user.id)).toEqual([{ key: '$consent:email:product-updates', value: 'unsubscribed' }]);
});

test('a topic that does not exist is named with its place', async () => {
  const refused = await app.api('POST', '/v1/segments', { name: newId(), definition: { type: 'all', of: [condition('unset', 'gone')] } });
  expect(refused.body).toMatchObject({ code: 'segment.unknown-topic', problems: [{ path: 'definition.of.0.topic', code: 'segment.unknown-topic' }] });
});
