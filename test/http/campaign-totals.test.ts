import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RollupsService } from '../../src/analytics/rollups.service.js';
import { newId } from '../../src/kernel/ids.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { ReportWorld, twoArms } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-20T00:00:00Z'));
const AT = '2026-03-10T10:00:00Z';
let app: TestApp;
let world: ReportWorld;
beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
});
afterAll(() => app.close());

/** Nothing else of the service runs: what waits goes on waiting. */
async function countAll(): Promise<void> {
  while (await app.nest.get(RollupsService, { strict: false }).work());
}
const totals = async (...ids: string[]) => (await app.api('GET', `/v1/campaign-totals?ids=${ids.join(',')}`));

test('people in series, messages waiting and sent, and the goal at the message most came to', async () => {
  const people = (await world.people(5)) as [string, string, string, string, string];
  const { id } = await world.publish(series({ steps: [twoArms('a', 'b'), twoArms('b', null)] }), '환영');
  await world.message({ person: people[0], state: 'delivered', at: AT });
  await world.message({ person: people[0], step: 'b', variant: 'B', state: 'sent', at: AT });
  await world.event(people[0], 'Project Created', '2026-03-11T10:00:00Z');
  await world.message({ person: people[1], variant: 'B', state: 'bounced', at: AT });
  await world.message({ person: people[2], state: 'queued', settledAt: null, attempts: 0, at: AT });
  await world.message({ person: people[3], state: 'ghost', variant: 'control', isControl: true, at: AT });
  await world.run({ person: people[4], step: 'a', at: AT, state: 'active', due: AT });
  const draft = (await app.api('POST', '/v1/campaigns', { name: '초안', definition: series() })).body.id as string;
  await countAll();
  const { status, body } = await totals(draft, id, newId());
  expect(status).toBe(200);
  expect(body.items).toEqual([
    { campaignId: draft, inSeries: 0, queued: 0, sent: 0, goal: null },
    { campaignId: id, inSeries: 1, queued: 1, sent: 3, goal: { key: 'active', name: '활성 사용자', stepId: 'a', people: 4, converted: 1 } },
  ]);
});

test('an edited goal counts nobody twice', async () => {
  const [person] = (await world.people(1)) as [string];
  const { id } = await world.publish(series(), '바뀐 목표');
  await world.message({ person, state: 'delivered', at: AT });
  await world.event(person, 'Project Created', '2026-03-11T10:00:00Z');
  const { body: seen } = await app.api('GET', `/v1/campaigns/${id}`);
  const goals = [{ key: 'active', name: '활성 사용자', window: { days: 3 }, event: { name: 'Project Created' } }];
  expect((await app.api('PUT', `/v1/campaigns/${id}`, { revision: seen.revision, name: seen.name, definition: { ...seen.definition, goals } })).status).toBe(200);
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`)).status).toBe(200);
  await countAll();
  expect((await totals(id)).body.items[0].goal).toMatchObject({ people: 1, converted: 1 });
});

test('what is no list of ids is refused with its place', async () => {
  for (const ids of ['', 'x', Array.from({ length: 201 }, () => newId()).join(',')]) expect((await totals(ids)).status).toBe(400);
});
