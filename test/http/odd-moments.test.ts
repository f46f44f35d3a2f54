import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import type { TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { broadcast, email, HOUR, LaunchWorld } from '../support/launches.js';
import { liveLedger, simulateVersion } from '../support/simulate.js';

let world: LaunchWorld;
let app: TestApp;
beforeAll(async () => {
  world = await LaunchWorld.start();
  app = world.app;
});
afterAll(() => world.close());

const at = (moment: string) => world.pass(new Date(moment).getTime() - world.clock.now().getTime());
const track = (userId: string, event: string, minutesAgo: number, properties: object = {}) => ({ type: 'track', userId, event, properties, messageId: crypto.randomUUID(), timestamp: new Date(world.clock.now().getTime() - minutesAgo * 60_000).toISOString() });
/** Told in one request and worked off before anything else is told. */
async function tell(...batch: object[]): Promise<void> {
  const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: app.writeKey, batch }) });
  expect(answer.status).toBe(200);
  await world.run();
}
const dues = async (campaign: string) => Object.fromEntries((await rows<{ name: string; at: Date }>(app.db, `
  select p.external_id as name, coalesce(d.due_at, r.due_at) as at
    from person as p join enrollment as r on r.person_id = p.id left join delivery as d on d.enrollment_id = r.id where r.campaign_id = $1`, [campaign])).map(({ name, at: due }) => [name, due.toISOString()]));
const runs = async (campaign: string) => (await rows<{ name: string; key: string; state: string; code: string | null }>(app.db, `
  select p.external_id as name, r.entry_key as key, r.state, r.exit_code as code from enrollment as r join person as p on p.id = r.person_id where r.campaign_id = $1 order by 1, 2`, [campaign]))
  .map(({ name, key, state, code }) => [name, key, state, code].filter((part) => part).join(' '));
const local = async (group: string, zones: Record<string, string>, sending: { launchAt: string; localTime: string }) => {
  await world.identify(Object.entries(zones).map(([name, timezone]) => ({ userId: `${group}-${name}`, traits: { group, timezone, email: `${group}-${name}@example.test` } })));
  const segment = await app.api('POST', '/v1/segments', { name: group, definition: { type: 'attribute', key: 'group', op: 'is', value: group } });
  await world.run();
  return world.publish(broadcast({ segmentId: segment.body.id, message: email({ topic: 'news' }), ...sending }));
};

test('whose local time is the very moment of the launch is reached then, however late the worker looks', async () => {
  await at('2026-03-03T00:00:00Z');
  const id = await local('nine', { seoul: 'Asia/Seoul', tokyo: 'Asia/Tokyo', berlin: 'Europe/Berlin', taipei: 'Asia/Taipei' }, { launchAt: '2026-03-05T00:00:00Z', localTime: '09:00' });
  await world.run();
  await at('2026-03-05T00:00:00.300Z');
  // 09:00 in Seoul and Tokyo is 00:00; Taipei's comes an hour later, Berlin's eight.
  expect(await dues(id)).toEqual({ 'nine-seoul': '2026-03-05T00:00:00.300Z', 'nine-tokyo': '2026-03-05T00:00:00.300Z', 'nine-taipei': '2026-03-05T01:00:00.000Z', 'nine-berlin': '2026-03-05T08:00:00.000Z' });
});

test('a launch that was held for longer meets the next local time, not the one that is long over', async () => {
  await at('2026-03-06T22:00:00Z');
  const id = await local('held', { seoul: 'Asia/Seoul', berlin: 'Europe/Berlin' }, { launchAt: '2026-03-07T00:00:00Z', localTime: '09:00' });
  await app.api('POST', `/v1/campaigns/${id}/pause`, {});
  await at('2026-03-07T03:00:00Z');
  await app.api('POST', `/v1/campaigns/${id}/resume`, {});
  await world.run();
  expect(await dues(id)).toEqual({ 'held-seoul': '2026-03-08T00:00:00.000Z', 'held-berlin': '2026-03-07T08:00:00.000Z' });
});

test('both sides of the date line, and a launch that is resumed within the hour', async () => {
  await at('2026-03-09T22:00:00Z');
  const id = await local('line', { kiritimati: 'Pacific/Kiritimati', niue: 'Pacific/Niue' }, { launchAt: '2026-03-09T23:00:00Z', localTime: '13:00' });
  await app.api('POST', `/v1/campaigns/${id}/pause`, {});
  await at('2026-03-09T23:40:00Z');
  await app.api('POST', `/v1/campaigns/${id}/resume`, {});
  await world.run();
  // 23:00 UTC on the ninth is 13:00 on the tenth in Kiritimati (+14) and noon of the ninth in Niue (-11).
  expect(await dues(id)).toEqual({ 'line-kiritimati': '2026-03-09T23:40:00.000Z', 'line-niue': '2026-03-10T00:00:00.000Z' });
});

test('in the night of the change a local time that is left out comes as the clocks are put forward', async () => {
  await at('2026-03-28T20:00:00Z');
  const gap = await local('gap', { berlin: 'Europe/Berlin', seoul: 'Asia/Seoul' }, { launchAt: '2026-03-28T21:00:00Z', localTime: '02:30' });
  await at('2026-03-28T21:00:00Z');
  expect(await dues(gap)).toEqual({ 'gap-berlin': '2026-03-29T01:30:00.000Z', 'gap-seoul': '2026-03-29T17:30:00.000Z' });
  await at('2026-03-30T00:00:00Z');
  expect(await world.states(gap)).toEqual({ sent: 2 });
});

const waiting = (change: object) => series({ start: 'rest', steps: [{ id: 'rest', type: 'wait', for: { days: 2 }, next: 'note' }, inApp('note', { topic: 'account' })], ...change });
const paid = (event: object = {}) => [{ key: 'paid', name: 'Paid', exits: true, event: { name: 'Order paid', ...event } }];

test('a goal that was told before the older event that lets in ends the run before its first step', async () => {
  await tell(...['early', 'late', 'not'].map((userId) => ({ type: 'identify', userId, traits: {} })));
  const from = world.clock.now();
  const id = await world.publish(waiting({
    entry: { type: 'event', event: 'Order placed' }, goals: paid(), exitRules: [{ key: 'gone', name: 'Gone', event: { name: 'Cancelled' } }],
    start: 'mark', steps: [{ id: 'mark', type: 'action', action: { kind: 'add_tag', tag: 'buyer' }, next: 'rest' }, { id: 'rest', type: 'wait', for: { days: 2 }, next: 'note' }, inApp('note', { topic: 'account' })],
  }));
  await world.pass(HOUR);
  await tell(track('early', 'Order paid', 5), track('late', 'Cancelled', 4), track('not', 'Order paid', 30));
  await world.pass(60_000);
  await tell(track('early', 'Order placed', 10), track('late', 'Order placed', 10), track('not', 'Order placed', 10));
  expect(await runs(id)).toEqual(['early exited GOAL_REACHED', 'late exited EXIT_RULE', 'not active']);
  expect(await rows(app.db, `select p.external_id as name from person_tag as t join person as p on p.id = t.person_id where t.tag = 'buyer'`)).toEqual([{ name: 'not' }]);
  await world.pass(60_000);
  expect((await simulateVersion(app.db, id, { from, to: world.clock.now() })).ledger).toEqual(await liveLedger(app.db, id));
});

test('of runs that are told apart by a key only the one whose goal it was ends', async () => {
  await tell({ type: 'identify', userId: 'keys', traits: {} });
  const id = await world.publish(waiting({ entry: { type: 'event', event: 'Order placed', key: 'order' }, reentry: { policy: 'concurrent_by_key' }, goals: paid({ sameKey: true }) }));
  await world.pass(HOUR);
  await tell(track('keys', 'Order paid', 5, { order: 'A' }), track('keys', 'Order paid', 20, { order: 'C' }));
  await tell(track('keys', 'Order placed', 10, { order: 'A' }), track('keys', 'Order placed', 10, { order: 'B' }), track('keys', 'Order placed', 10, { order: 'C' }));
  expect(await runs(id)).toEqual(['keys A exited GOAL_REACHED', 'keys B active', 'keys C active']);
});

test('a page of a launch that comes late ends for whoever did it since the launch began', async () => {
  const { people, segmentId } = await world.audience('pages', 3);
  const names = new Map((await rows<{ id: string; name: string }>(app.db, 'select p.id, p.external_id as name from person as p where p.id = any($1::uuid[])', [people])).map(({ id, name }) => [id, name]));
  const id = await world.publish(waiting({ entry: { type: 'segment', segmentId, take: 'current_only' }, goals: paid() }));
  expect(await world.page(await world.launchId(id), 1)).toBe(1);
  await app.api('POST', `/v1/campaigns/${id}/pause`, {});
  await world.pass(60_000);
  const begun = new Set((await rows<{ id: string }>(app.db, 'select r.person_id as id from enrollment as r where r.campaign_id = $1', [id])).map((run) => run.id));
  const [second, third] = people.filter((person) => !begun.has(person)).map((person) => names.get(person)!).toSorted() as [string, string];
  await tell(track(second, 'Order paid', 0));
  await app.api('POST', `/v1/campaigns/${id}/resume`, {});
  await world.run();
  expect((await runs(id)).toSorted()).toEqual([...[...begun].map((person) => `${names.get(person)} active`), `${second} exited GOAL_REACHED`, `${third} active`].toSorted());
});

test('a local time that is there twice comes once, and a week of a cap begins at midnight where the person is', async () => {
  await at('2026-10-24T21:00:00Z');
  const twice = await local('twice', { berlin: 'Europe/Berlin' }, { launchAt: '2026-10-24T22:00:00Z', localTime: '02:30' });
  await at('2026-10-24T22:00:00Z');
  expect(await dues(twice)).toEqual({ 'twice-berlin': '2026-10-25T00:30:00.000Z' });
  await at('2026-10-25T12:00:00Z');
  expect([await world.states(twice), world.sink.accepted.filter(({ to }) => to.includes('twice-berlin@example.test')).length]).toEqual([{ sent: 1 }, 1]);

  expect((await app.api('PUT', '/v1/pacing', { caps: [{ key: 'weekly', limit: 1, window: { kind: 'calendar', unit: 'week' } }] })).status).toBe(200);
  await at('2026-10-31T00:00:00Z');
  const zones = { berlin: 'Europe/Berlin', seoul: 'Asia/Seoul', niue: 'Pacific/Niue' };
  const first = await local('week', zones, { launchAt: '2026-10-31T01:00:00Z', localTime: '22:59' });
  await at('2026-10-31T01:00:00Z');
  for (const time of ['09:59', '13:59', '21:59']) await at(`2026-10-31T${time}:00Z`);
  await at('2026-11-01T22:58:00Z');
  expect(await world.states(first)).toEqual({ sent: 3 });
  const [launch] = await rows<{ segmentId: string }>(app.db, 'select l.segment_id as "segmentId" from launch as l where l.campaign_id = $1', [first]);
  const second = await world.publish(broadcast({ segmentId: launch!.segmentId, message: email({ topic: 'news' }) }));
  await world.run();
  // Seoul is in its new week since 15:00 UTC; Berlin comes to it at 23:00, Niue at 11:00 on Monday.
  expect(await world.states(second)).toEqual({ sent: 1, queued: 2 });
  await at('2026-11-01T22:59:59.999Z');
  expect(await world.states(second)).toEqual({ sent: 1, queued: 2 });
  await at('2026-11-01T23:00:00Z');
  expect(await world.states(second)).toEqual({ sent: 2, queued: 1 });
  await at('2026-11-02T10:59:59Z');
  expect(await world.states(second)).toEqual({ sent: 2, queued: 1 });
  await at('2026-11-02T11:00:00Z');
  expect(await world.states(second)).toEqual({ sent: 3 });
});
