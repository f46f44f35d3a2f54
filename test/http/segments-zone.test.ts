import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildWorker } from '../../src/segments/jobs/build.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newPerson, storePeople } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-12T00:00:00Z');
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock: new VirtualClock(START) });
  app.runner.wake = () => undefined;
});
afterAll(() => app.close());

const settle = async () => { while ((await app.nest.get(BuildWorker, { strict: false }).runOnce()).done > 0); };

test('when the workspace moves to another zone, whatever reads its days is built anew, and nothing else', async () => {
  const evening = '2026-03-10T20:00:00Z';
  const [own, inherited] = [newPerson({ lastSeenAt: START, attributes: { due: evening }, timeZone: 'UTC' }), newPerson({ lastSeenAt: START, attributes: { due: evening } })];
  await storePeople(app.db, [own, inherited]);
  const create = async (name: string, definition: unknown): Promise<string> => (await app.api('POST', '/v1/segments', { name, definition })).body.id;
  const onDay = await create('on the day', { type: 'attribute', key: 'due', op: 'on', value: '2026-03-11' });
  const outer = await create('names it', { type: 'segment', op: 'not_in', segmentId: onDay });
  const exact = await create('exact', { type: 'attribute', key: 'due', op: 'before', value: '2026-03-11T00:00:00Z' });
  await settle();
  const counts = async () => Promise.all([onDay, outer, exact].map(async (id) => (await app.api('GET', `/v1/segments/${id}`)).body.memberCount));
  expect(await counts()).toEqual([0, 2, 2]);
  expect((await app.api('PATCH', '/v1/workspace', { timeZone: 'Asia/Seoul' })).status).toBe(200);
  await settle();
  expect(await counts()).toEqual([1, 1, 2]);
  const flips = await rows(app.db, `select c.person_id, c.entered, c.cause from membership_change as c where c.segment_id = $1`, [onDay]);
  expect(flips).toEqual([{ person_id: inherited.id, entered: true, cause: 'build' }]);
  expect(await rows(app.db, 'select distinct s.time_zone from segment as s')).toEqual([{ time_zone: 'Asia/Seoul' }]);
  await app.api('PATCH', '/v1/workspace', { name: 'Same zone' });
  await settle();
  expect(await counts()).toEqual([1, 1, 2]);
});

test('so is a segment on a goal whose filter reads days', async () => {
  await app.api('PATCH', '/v1/workspace', { timeZone: 'UTC' });
  const [campaign, version, experiment] = [newId(), newId(), newId()];
  const goals = [{ key: 'due', name: 'Due', primary: true, window: { days: 1 }, event: { name: 'Ordered', where: [{ property: 'due', op: 'on', value: '2026-03-11' }] } }];
  await rows(app.db, `insert into campaign (id, type, name, state, draft, created_by, created_at, updated_at, state_at) values ($1, 'series', 'Campaign', 'active', $2, 'test', $3, $3, $3)`, [campaign, JSON.stringify({ goals }), START]);
  await rows(app.db, `insert into campaign_version (id, campaign_id, number, definition, published_by, published_at) values ($1, $2, 1, $3, 'test', $4)`, [version, campaign, JSON.stringify({ goals, steps: {}, experiments: { message: { experimentId: experiment } }, conditions: {} }), START]);
  await rows(app.db, `insert into experiment (id, campaign_id, step_id, version_id, salt, arms, created_at) values ($1, $2, 'message', $3, 's', '[]', $4)`, [experiment, campaign, version, START]);
  const buyer = newPerson({ lastSeenAt: START, events: [{ id: newId(), name: 'Ordered', at: START, properties: { due: '2026-03-10T20:00:00Z' } }] });
  await storePeople(app.db, [buyer]);
  await rows(app.db, `insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, source, assigned_at) values ($1, $2, $3, 'a', false, 'hash', $4)`, [experiment, buyer.id, campaign, START]);
  const { body } = await app.api('POST', '/v1/segments', { name: 'met it', definition: { type: 'engagement', kind: 'converted', campaignId: campaign } });
  await settle();
  const count = async () => (await app.api('GET', `/v1/segments/${body.id}`)).body.memberCount;
  expect(await count()).toBe(0);
  await app.api('PATCH', '/v1/workspace', { timeZone: 'Asia/Seoul' });
  await settle();
  expect(await count()).toBe(1);
});
