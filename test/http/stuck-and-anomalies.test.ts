import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-01-05T00:00:00Z');
const NOW = new Date('2026-03-02T09:20:00Z');
const DAY_MS = 86_400_000;
const clock = new VirtualClock(START);
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const settle = () => app.runner.runUntilIdle();
const publish = async (name: string, definition: object) => {
  const { body } = ok(await app.api('POST', '/v1/campaigns', { name, definition }));
  ok(await app.api('POST', `/v1/campaigns/${body.id}/publish`));
  return body.id as string;
};

/** People who went through a campaign at a moment, as the ledger has them. */
const entered = (campaignId: string, count: number, at: Date) => rows(app.db, `
  with made as (insert into person (id, kind, attributes, first_seen_at, last_seen_at, created_at, updated_at) select gen_random_uuid(), 'user', '{}', $3, $3, $3, $3 from generate_series(1, $2::int) returning id)
  insert into enrollment (id, person_id, campaign_id, version_id, state, step_id, entered_at, left_at)
  select gen_random_uuid(), m.id, c.id, c.current_version_id, 'completed', 'm', $3, $3 from made as m, campaign as c where c.id = $1`, [campaignId, count, at]);
const notes = async (more = '') => ok(await app.api('GET', `/v1/anomalies${more}`)).body.items as { id: string; campaignName: string; kind: string; seen: number; expected: number }[];
const home = async () => (ok(await app.api('GET', '/v1/home')).body.attention as { kind: string; name: string }[]).filter(({ kind }) => ['zero', 'collapse', 'surge'].includes(kind));

test('a campaign that suddenly takes nobody, or far more than it should, is told of until somebody has seen it or it is as usual', async () => {
  const [none, many, usual] = [await publish('멈춤', series({ start: 'm', steps: [inApp('m')] })), await publish('폭주', series({ start: 'm', steps: [inApp('m')] })), await publish('평소', series({ start: 'm', steps: [inApp('m')] }))];
  await settle();
  const ago = (days: number, hours = 3) => new Date(NOW.getTime() - days * DAY_MS - hours * 3_600_000);
  for (const id of [none, many, usual]) for (const days of [7, 14, 21, 28]) await entered(id, 40 + days / 7, ago(days));
  await entered(many, 130, ago(0));
  await entered(usual, 38, ago(0));
  clock.set(NOW);
  const fresh = await publish('새 캠페인', series({ start: 'm', steps: [inApp('m')] }));
  await settle();
  await settle();
  const found = await notes();
  expect(found.map(({ campaignName, kind, seen, expected }) => [campaignName, kind, seen, expected]).toSorted()).toEqual([['멈춤', 'zero', 0, 41.5], ['폭주', 'surge', 130, 41.5]]);
  expect((await home()).map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual(['surge 폭주', 'zero 멈춤']);
  expect(await notes(`?campaignId=${fresh}`)).toEqual([]);
  const idOf = (name: string) => found.find(({ campaignName }) => campaignName === name)!.id;
  expect(ok(await app.api('POST', `/v1/anomalies/${idOf('멈춤')}/acknowledge`)).body).toMatchObject({ acknowledgedAt: NOW.toISOString() });
  ok(await app.api('POST', `/v1/anomalies/${idOf('폭주')}/snooze`, { until: new Date(NOW.getTime() + 7_200_000).toISOString() }));
  expect(await home()).toEqual([]);
  expect((await app.api('GET', '/v1/audit?limit=2')).body.items.map(({ action }: { action: string }) => action)).toEqual(['anomaly.snooze', 'anomaly.acknowledge']);
  // The same hour is looked at once, the next one again; what goes on is the same note.
  clock.advance(3_600_000);
  await settle();
  expect((await notes()).map(({ id }) => id).toSorted()).toEqual(found.map(({ id }) => id).toSorted());
  clock.advance(2 * 3_600_000);
  await entered(none, 41, new Date(clock.now().getTime() - 3_600_000));
  await settle();
  await settle();
  expect((await notes()).map(({ campaignName }) => campaignName)).toEqual(['폭주']);
  expect((await notes('?open=false')).length).toBe(2);
  expect((await home()).map(({ kind }) => kind)).toEqual(['surge']);
  const refusal = async (path: string, body?: object) => { const { status, body: { code } } = await app.api('POST', path, body); return [status, code]; };
  expect(await refusal(`/v1/anomalies/${idOf('멈춤')}/acknowledge`)).toEqual([409, 'anomaly.not-open']);
  expect(await refusal(`/v1/anomalies/${idOf('폭주')}/snooze`, { until: '2001-01-01T00:00:00Z' })).toEqual([400, 'anomaly.bad-moment']);
});

test('who stands at a step too long is counted with why and what to do, and listed', async () => {
  for (const id of ['a', 'b', 'c']) ok(await app.api('POST', '/v1/people', { externalId: id, attributes: { email: `${id}@example.test` } }));
  const waiting = await publish('기다림', series({ entry: { type: 'api' }, goals: [], start: 'w', steps: [{ id: 'w', type: 'wait', for: { hours: 1 }, next: 'm' }, inApp('m')] }));
  ok(await app.api('POST', `/v1/campaigns/${waiting}/enter`, { people: [{ externalId: 'a' }, { externalId: 'b' }] }));
  await settle();
  const stuck = async (id: string) => ok(await app.api('GET', `/v1/campaigns/${id}/stuck`)).body.items;
  expect(await stuck(waiting)).toEqual([]);
  // No worker runs: the step was due a quarter of an hour ago.
  clock.advance(75 * 60_000);
  const [group] = await stuck(waiting);
  expect(group).toMatchObject({ stepId: 'w', kind: 'overdue', count: 2, afterMinutes: 10, whatToDo: { en: expect.stringContaining('worker') } });
  const first = ok(await app.api('GET', `/v1/campaigns/${waiting}/stuck/people?kind=overdue&step=w&limit=1`)).body;
  const rest = ok(await app.api('GET', `/v1/campaigns/${waiting}/stuck/people?kind=overdue&step=w&limit=1&after=${first.next}`)).body;
  expect([...first.items, ...rest.items].map(({ externalId }) => externalId).toSorted()).toEqual(['a', 'b']);
  ok(await app.api('POST', `/v1/campaigns/${waiting}/pause`));
  expect(await stuck(waiting)).toMatchObject([{ kind: 'held', count: 2 }]);
  ok(await app.api('POST', `/v1/campaigns/${waiting}/resume`));
  await settle();
  expect(await stuck(waiting)).toEqual([]);
  clock.advance(8 * DAY_MS);
  expect(await stuck(waiting)).toMatchObject([{ stepId: 'm', kind: 'never_shown', count: 2 }]);
  expect((await app.api('GET', `/v1/campaigns/${waiting}/stuck/people?kind=asleep&step=w`)).status).toBe(400);
});

test('refusals of a span are listed', async () => {
  const id = await publish('빈 세그먼트', series({ entry: { type: 'api' }, audience: { type: 'tag', op: 'has', tag: 'nobody' }, goals: [], start: 'm', steps: [inApp('m')] }));
  ok(await app.api('POST', `/v1/campaigns/${id}/enter`, { people: [{ externalId: 'a' }] }));
  const at = clock.now();
  const listed = async (from: Date, to: Date) => ok(await app.api('GET', `/v1/campaigns/${id}/decisions?code=NOT_IN_AUDIENCE&from=${from.toISOString()}&to=${to.toISOString()}`)).body.items.length;
  expect([await listed(at, new Date(at.getTime() + 1)), await listed(new Date(at.getTime() - 1), at)]).toEqual([1, 0]);
});
