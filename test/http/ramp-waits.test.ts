import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import type { TestApp } from '../support/app.js';
import { broadcast, email, HOUR, LaunchWorld } from '../support/launches.js';

let world: LaunchWorld;
let app: TestApp;
beforeAll(async () => {
  world = await LaunchWorld.start();
  app = world.app;
});
afterAll(() => world.close());

const ramp = { stages: [{ percent: 50, wait: { hours: 1 } }] };
const news = (change: object = {}) => email({ topic: 'news', ...change });
const rampOf = async (id: string) => (await world.launchOf(id)).launch.ramp;
const hoursOn = (hours: number) => new Date(world.clock.now().getTime() + hours * HOUR).toISOString();
const at = (moment: string) => world.pass(new Date(moment).getTime() - world.clock.now().getTime());

test('what a cap holds for days holds no stage', async () => {
  const { people, segmentId } = await world.audience('capped', 40);
  const first = people.slice(0, 12);
  // A third of them had their message of the week.
  const names = (await rows<{ name: string }>(app.db, 'select p.external_id as name from person as p where p.id = any($1::uuid[])', [first])).map(({ name }) => name);
  await world.identify(names.map((userId) => ({ userId, traits: { had: true } })));
  const had = await app.api('POST', '/v1/segments', { name: 'had', definition: { type: 'attribute', key: 'had', op: 'is', value: true } });
  await world.run();
  expect((await app.api('PUT', '/v1/pacing', { caps: [{ key: 'weekly', limit: 1, window: { kind: 'rolling', for: { days: 5 } } }] })).status).toBe(200);
  await world.publish(broadcast({ segmentId: had.body.id, message: news() }));
  await world.run();
  const id = await world.publish(broadcast({ segmentId, message: news(), ramp }));
  await world.run();
  const one = await world.states(id);
  expect(one.queued).toBeGreaterThan(0);
  expect(await rampOf(id)).toMatchObject({ stage: 1, unsent: false, nextAt: hoursOn(1) });
  await world.pass(HOUR);
  expect(await rampOf(id)).toMatchObject({ stage: 2 });
  expect(await world.states(id)).toEqual({ sent: 28, queued: 12 });
  await world.pass(5 * 24 * HOUR);
  expect(await world.states(id)).toEqual({ sent: 40 });
  await app.api('PUT', '/v1/pacing', { caps: [] });
});

test('of which most waits for an hour of the day is looked at when that has come, and its wait begins then', async () => {
  await at('2026-03-08T09:00:00Z');
  const { segmentId } = await world.audience('local', 40);
  // The first stage goes at 18:00, and its hour to be watched ends at 19:00.
  const id = await world.publish(broadcast({ segmentId, message: news(), ramp, localTime: '18:00' }));
  await world.run();
  await world.pass(HOUR);
  expect(await rampOf(id)).toMatchObject({ stage: 1, messages: 0, nextAt: hoursOn(9) });
  await world.pass(8 * HOUR);
  const { sent } = await world.states(id);
  expect([sent! > 0, (await rampOf(id)).stage]).toEqual([true, 1]);
  await world.pass(HOUR);
  expect(await rampOf(id)).toMatchObject({ stage: 2 });
  expect(await world.states(id)).toEqual({ sent });
  await world.pass(23 * HOUR);
  expect(await world.states(id)).toEqual({ sent: 40 });
});

test('quiet hours fold no stages into one at their end', async () => {
  await at('2026-03-10T19:00:00Z');
  const { segmentId } = await world.audience('quiet', 40);
  await app.api('PUT', '/v1/pacing', { quietHours: { on: true, from: '18:00', to: '08:00' } });
  const id = await world.publish(broadcast({ segmentId, message: news(), ramp }));
  await world.run();
  await world.pass(HOUR);
  expect(await rampOf(id)).toMatchObject({ stage: 1, messages: 0, nextAt: '2026-03-11T09:00:00.000Z' });
  await at('2026-03-11T08:00:00Z');
  const { sent, queued } = await world.states(id);
  expect([sent! > 0, queued, (await rampOf(id)).stage]).toEqual([true, undefined, 1]);
  await world.pass(HOUR);
  expect(await world.states(id)).toEqual({ sent: 40 });
  await app.api('PUT', '/v1/pacing', {});
});
