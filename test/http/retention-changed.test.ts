import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RetentionWorker } from '../../src/operations/retention/jobs/retention.worker.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makePeople } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-20T09:00:00Z'));
let app: TestApp;

const tracked = (day: string, count: number) => fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: Array.from({ length: count }, (_, index) => ({ type: 'track', event: 'Order', userId: `u-${index % 5}`, messageId: `${day}-${index}`, timestamp: `${day}T08:00:00Z` })) }) });
const months = () => rows<{ month: string; n: number }>(app.db, `select to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM') as month, count(*)::int as n from event as e group by 1 order by 1`);
const save = async (policy: object) => {
  const answer = await app.api('PUT', '/v1/retention', { policy, agreed: { rows: 1_000, readers: true } });
  expect(answer.status).toBe(200);
};

/** Lets the worker choose its step by the policy of now, and changes the policy while it waits to begin. */
async function changeInTheMiddle(policy: object): Promise<void> {
  clock.advance(25 * 3_600_000);
  const holder = app.db.createQueryRunner();
  await holder.startTransaction();
  await holder.query('lock table campaign_version in access exclusive mode');
  const working = app.nest.get(RetentionWorker, { strict: false }).runOnce();
  const waits = () => row(app.db, `select 1 from pg_stat_activity as a where a.datname = current_database() and a.wait_event_type = 'Lock' and a.query like '%from campaign_version%feature as f where f.event%'`);
  while (!(await waits())) await new Promise((done) => { setTimeout(done, 20); });
  await save(policy);
  await holder.commitTransaction();
  await holder.release();
  await working;
  await app.runner.runUntilIdle();
}

beforeAll(async () => {
  app = await startTestApp({ clock });
  await makePeople(app, 'u', 5, { plan: 'pro' });
  for (const day of ['2024-05-05', '2026-02-02', '2026-02-28', '2026-03-01']) await tracked(day, 10);
  clock.set(new Date('2026-07-15T09:00:00Z'));
  await app.runner.runUntilIdle();
});
afterAll(() => app.close());

test('what a policy lengthened in the middle of a step keeps is kept, by months and beside them', async () => {
  const all = await months(); // March holds also the five by which the people were made.
  expect(all.map(({ n }) => n)).toEqual([10, 20, 15]);
  await save({ events: 120 });
  await changeInTheMiddle({ events: 1_000 });
  expect(await months()).toEqual(all);
  await save({ events: 120 });
  await changeInTheMiddle({});
  expect(await months()).toEqual(all);
});

test('a month goes whole, and not while any moment of it is young enough', async () => {
  clock.set(new Date('2026-07-29T23:59:00Z'));
  await save({ events: 120 });
  await app.runner.runUntilIdle();
  // 120 days before is the evening of 31 March: February is old, March is not, not even its first day.
  expect((await months())).toEqual([{ month: '2026-03', n: 15 }]);
  clock.advance(25 * 3_600_000);
  await app.runner.runUntilIdle();
  expect(await months()).toEqual([]);
});
