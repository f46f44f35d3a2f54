import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { ObservedCounts } from '../../src/platform/observed-counts.js';
import { AuditLog } from '../../src/platform/audit.js';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import { launchNext } from '../../src/campaigns/engine/launch.js';
import { stepTest } from '../../src/campaigns/engine/test-then-send.js';
import { dueLaunches } from '../../src/campaigns/store/launches.store.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp } from '../support/campaign-definitions.js';
import { armsOf, makePeople, publishTest, type PublishedTest } from '../support/experiments.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const PAGE = 7;
const VISITORS = 24;
const COUNT = 90 + VISITORS;
let app: TestApp;
let segmentId: string;
beforeAll(async () => {
  app = await startTestApp({ clock });
  await makePeople(app, 'resume', COUNT - VISITORS, { group: 'resume' });
  await send(Array.from({ length: VISITORS }, (_, index) => ({ type: 'identify', anonymousId: `visitor-${index}`, traits: { group: 'resume' } })));
  segmentId = (await app.api('POST', '/v1/segments', { name: 'Resume', definition: { type: 'attribute', key: 'group', op: 'is', value: 'resume' } })).body.id;
  await app.runner.runUntilIdle();
});
afterAll(() => app.close());

const send = (batch: object[]) => fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch }) });
const moment = () => ({ now: clock.now(), zone: 'UTC' });
const publish = () => publishTest(app, {
  type: 'broadcast', segmentId, goals: [{ key: 'bought', name: 'Bought', event: { name: 'Order Completed' } }],
  message: inApp('message', { topic: 'account', variants: [{ key: 'A', content: { body: 'A' } }, { key: 'B', content: { body: 'B' } }], test: { send: { share: 0.3, wait: { hours: 1 } } } }),
});
const page = (id: string) => inTransaction(app.db, (tx) => launchNext(tx, id, PAGE, moment()));
/** A page whose connection is lost after all its work, before its commit. */
const cut = (id: string) => expect(inTransaction(app.db, async (tx) => {
  expect(await launchNext(tx, id, PAGE, moment())).toBeGreaterThan(0);
  const { pid } = (await row<{ pid: number }>(tx, 'select pg_backend_pid() as pid'))!;
  await rows(app.db, 'select pg_terminate_backend($1)', [pid]);
})).rejects.toThrow();
const stepIn = (tx: EntityManager, of: PublishedTest) => stepTest(tx, { experimentId: of.experimentId, campaignId: of.id }, { audit: app.nest.get(AuditLog, { strict: false }), observed: app.nest.get(ObservedCounts, { strict: false }) }, moment());
const step = (of: PublishedTest) => inTransaction(app.db, (tx) => stepIn(tx, of));
const totals = (of: PublishedTest) => row(app.db, `
  select (select count(*)::int from delivery as d where d.campaign_id = $1) as deliveries, (select count(distinct d.person_id)::int from delivery as d where d.campaign_id = $1) as people,
         (select count(*)::int from enrollment as e where e.campaign_id = $1) as runs, (select count(*)::int from decision as d where d.campaign_id = $1) as refusals,
         (select t.test_people + t.rest_people from test_then_send as t where t.campaign_id = $1) as known,
         (select count(*)::int from launch_person as f join test_then_send as t on t.rest_launch_id = f.launch_id where t.campaign_id = $1) as "left"`, [of.id]);
const onlyDue = async () => {
  const due = await dueLaunches(app.db, clock.now());
  expect(due).toHaveLength(1);
  return due[0]!;
};
/** Takes a launch to its end with every other page cut off, by hand: no worker is called meanwhile. */
async function withLosses(id: string): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    if (turn % 2 === 0 && (await dueLaunches(app.db, clock.now())).length > 0) await cut(id);
    if ((await page(id)) === 0) return;
  }
}

test('both launches go on behind the last page that was committed, whatever connection is lost', async () => {
  const of = await publish();
  await withLosses(await onlyDue());
  expect(await totals(of)).toMatchObject({ known: COUNT, refusals: 0 });
  expect(await step(of)).toBe(false); // The messages of the test have not left yet.
  await app.runner.runUntilIdle();
  clock.advance(3_600_000);
  expect(await step(of)).toBe(true);
  expect(await step(of)).toBe(false);
  const before = (await armsOf(app, of)).length;
  await withLosses(await onlyDue());
  expect(await totals(of)).toEqual({ deliveries: COUNT, people: COUNT, runs: COUNT, refusals: 0, known: COUNT, left: 0 });
  const arms = await armsOf(app, of);
  expect(arms.filter(({ source }) => source === 'choice').map(({ variant }) => variant)).toEqual(Array.from({ length: COUNT - before }, () => 'A'));
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/campaigns/${of.id}/results`)).body.steps[0].reconciliation).toMatchObject({ eligible: COUNT, difference: 0 });
});

test('several processes at once decide once and reach nobody twice; who was merged or erased meanwhile is one or none', async () => {
  const of = await publish();
  await app.runner.runUntilIdle();
  const frozen = await rows<{ id: string; user: string | null; visitor: string | null }>(app.db, `
    select f.person_id as id, p.external_id as user, i.value as visitor
      from launch_person as f join test_then_send as t on t.rest_launch_id = f.launch_id join person as p on p.id = f.person_id
      left join person_identity as i on i.person_id = p.id and i.kind = 'anonymous_id' where t.campaign_id = $1 order by 1`, [of.id]);
  const users = frozen.flatMap(({ user }) => user ?? []);
  const [one, two] = frozen.flatMap(({ visitor }) => visitor ?? []);
  await app.api('DELETE', `/v1/people/${frozen.find(({ user }) => user === users[2])!.id}`);
  // One merge is worked off before the rest goes, the other is not.
  await send([{ type: 'identify', userId: users[0], anonymousId: one }]);
  await app.runner.runUntilIdle();
  await send([{ type: 'identify', userId: 'outsider', traits: {} }]);
  await send([{ type: 'identify', userId: 'outsider', anonymousId: two }]);
  clock.advance(3_600_000);
  await app.api('POST', `/v1/campaigns/${of.id}/pause`);
  expect(await step(of)).toBe(false);
  await app.api('POST', `/v1/campaigns/${of.id}/resume`);
  await inTransaction(app.db, async (tx) => {
    expect(await stepIn(tx, of)).toBe(true);
    // Another process, before this one has committed.
    expect(await step(of)).toBe(false);
  });
  expect(await step(of)).toBe(false);
  const launch = await onlyDue();
  const process = async () => { for (let idle = 0; idle < 3; ) idle = (await page(launch)) === 0 ? idle + 1 : 0; };
  await Promise.all([process(), process()]);
  await app.runner.runUntilIdle();
  expect(await row(app.db, 'select count(*)::int as merges from person_merge')).toEqual({ merges: 2 });
  expect(await rows(app.db, 'select d.person_id from delivery as d where d.campaign_id = $1 group by d.person_id having count(*) > 1', [of.id])).toEqual([]);
  expect(await totals(of)).toMatchObject({ deliveries: COUNT - 2, people: COUNT - 2, left: 0 });
  expect(await rows(app.db, 'select count(*)::int as n from experiment_choice as c where c.experiment_id = $1', [of.experimentId])).toEqual([{ n: 1 }]);
});
