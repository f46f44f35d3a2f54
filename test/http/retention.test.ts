import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { callApi, startTestApp, type TestApp } from '../support/app.js';
import { makePeople } from '../support/experiments.js';
import { broadcast, note } from '../support/launches.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PEOPLE = 60;
const MINUTE = 60_000;
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let campaignId: string;
let segmentId: string;

const definitionFor = (id: string) => broadcast({
  segmentId: id, message: note({ variants: [{ key: 'A', content: { body: 'one' } }, { key: 'B', content: { body: 'two' } }], control: { weight: 1 } }),
  goals: [{ key: 'bought', name: 'Bought', window: { days: 7 }, event: { name: 'Order' }, value: { property: 'total', currency: 'KRW' } }],
});
const send = (batch: object[]) => fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch }) });
const tracked = (event: string, day: string, count: number) =>
  send(Array.from({ length: count }, (_, index) => ({ type: 'track', event, userId: `u-${index % PEOPLE}`, messageId: `${event}-${day}-${index}`, timestamp: `${day}T08:00:00Z`, properties: { total: 3 } })));
const answers = async () => ({
  results: JSON.stringify((await app.api('GET', `/v1/campaigns/${campaignId}/results`)).body, (key, value: unknown) => (key === 'asOf' ? null : value)),
  cells: await rows(app.db, 'select c.key, c.count, c.amount, c.squares from result_cell as c order by c.key'),
  people: await rows(app.db, 'select p.campaign_id, p.person_id, p.counts, p.amounts from result_person as p order by 1, 2'),
  verdicts: await rows(app.db, 'select * from result_tested_goal as g order by 1, 2, 3'),
});
const old = async () => (await rows<{ name: string; n: number }>(app.db, `select e.name, count(*)::int as n from event as e where e.occurred_at < '2026-04-01' group by e.name order by e.name`));
const exists = async (table: string) => (await row<{ found: boolean }>(app.db, 'select to_regclass($1) is not null as found', [table]))!.found;
const preview = async (policy: object) => (await app.api('POST', '/v1/retention/preview', { policy })).body;
const save = (policy: object, agreed?: object) => app.api('PUT', '/v1/retention', { policy, ...(agreed ? { agreed } : {}) });

beforeAll(async () => {
  app = await startTestApp({ clock });
  const people = await makePeople(app, 'u', PEOPLE, { plan: 'pro' });
  expect(people).toHaveLength(PEOPLE);
  const everybody = (await app.api('POST', '/v1/segments', { name: 'Pro', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } })).body.id;
  segmentId = (await app.api('POST', '/v1/segments', { name: 'Ever bought', definition: { type: 'event', event: 'Order', count: { op: 'at_least', value: 1 } } })).body.id;
  await app.api('POST', '/v1/segments', { name: 'Bought this month', definition: { type: 'event', event: 'Order', within: { days: 30 }, count: { op: 'at_least', value: 1 } } });
  await app.runner.runUntilIdle();
  const made = await app.api('POST', '/v1/campaigns', { name: 'Spring', definition: definitionFor(everybody) });
  campaignId = made.body.id;
  expect((await app.api('POST', `/v1/campaigns/${campaignId}/publish`, {})).status).toBe(200);
  await app.runner.runUntilIdle();
  clock.set(new Date('2026-03-20T09:00:00Z'));
  await tracked('Order', '2026-02-02', 50);
  await tracked('$page', '2026-02-21', 70);
  for (const day of ['2026-03-03', '2026-03-06', '2026-03-15']) await tracked('Order', day, PEOPLE / 2);
  await tracked('$page', '2026-03-09', 90);
  await tracked('Order', '2024-05-05', 40);
  clock.set(new Date('2026-07-15T09:00:00Z'));
  await app.runner.runUntilIdle();
});
afterAll(() => app.close());

test('a preview says what would go, what stays for results, and who looks further back', async () => {
  const [before, seen] = [await old(), await preview({ events: 100 })];
  const total = before.reduce((sum, { n }) => sum + n, 0);
  const [events] = seen.going;
  expect(events).toMatchObject({ kind: 'events', days: 100, isExact: true, from: '2024-05-05T08:00:00.000Z', to: '2026-04-01T00:00:00.000Z' });
  expect(events.kept).toBe(PEOPLE);
  expect(events.rows + events.kept).toBe(total);
  expect(events.rows).toBe(PEOPLE + 50 + 70 + 90 + 40 + PEOPLE / 2);
  expect(seen.readers).toEqual([{ id: segmentId, kind: 'segment', name: 'Ever bought', days: null }]);
  expect(await old()).toEqual(before);
});

test('what goes for good is agreed to by its number, and so are segments that ask for more', async () => {
  const { rows: going } = await preview({ events: 100 });
  expect(await save({ events: 100 })).toMatchObject({ status: 409, body: { code: 'retention.not-agreed' } });
  expect(await save({ events: 100 }, { rows: going - 20, readers: true })).toMatchObject({ status: 409, body: { code: 'retention.not-agreed' } });
  expect(await save({ events: 100 }, { rows: going })).toMatchObject({ status: 409, body: { code: 'retention.readers' } });
  for (const policy of [{ events: 59 }, { audit: 30 }, { webhook_attempts: 31 }, { events: 1.5 }, { events: null }, { everything: 60 }]) expect((await save(policy, { rows: 1e9, readers: true })).status).toBe(400);
  expect((await app.api('GET', '/v1/retention')).body.policy).toEqual({});
});

test('old events go, months that nothing is counted from as a whole; every result stays, and can be counted again', async () => {
  const [before, { going: [{ kept }], rows: going }] = [await answers(), await preview({ events: 100 })];
  expect((await save({ events: 100 }, { rows: going, readers: true })).status).toBe(200);
  clock.advance(11 * MINUTE);
  await app.runner.runUntilIdle();
  expect(await exists('event_2026_02')).toBe(false);
  expect(await exists('event_2026_03')).toBe(true);
  expect(await old()).toEqual([{ name: 'Order', n: kept }]);
  expect(await answers()).toEqual(before);
  await rows(app.db, `insert into result_mark (campaign_id, person_ids, people) select p.campaign_id, array_agg(p.person_id), count(*) from result_person as p group by p.campaign_id`);
  expect((await app.api('POST', '/v1/analytics/reconciliation', { campaignId })).status).toBe(202);
  await app.runner.runUntilIdle();
  expect(await answers()).toEqual(before);
  expect((await app.api('GET', `/v1/analytics/reconciliation?campaignId=${campaignId}`)).body.items[0]).toMatchObject({ state: 'equal', differences: [] });
  const { body } = await app.api('GET', '/v1/retention');
  expect([body.policy, body.kinds[0].removed, body.readers.map(({ name }: { name: string }) => name)]).toEqual([{ events: 100 }, going, ['Ever bought']]);
  const audit = (await app.api('GET', '/v1/audit?limit=20')).body.items.filter(({ action }: { action: string }) => action.startsWith('retention.'));
  expect(audit.map(({ action, subject }: { action: string; subject: string }) => `${action} ${subject}`).sort()).toEqual(['retention.change workspace', 'retention.remove retention:event_2026_02', 'retention.remove retention:event_2026_03', 'retention.remove retention:event_default']);
});

test('a campaign that asks for what is kept no longer is told so, by the name of the segment', async () => {
  const definition = definitionFor(segmentId);
  const { body } = await app.api('POST', '/v1/campaigns', { name: 'Buyers', definition });
  const check = (await app.api('POST', `/v1/campaigns/${body.id}/check`, {})).body;
  expect(check.findings).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'campaign.looks-past-retention', message: expect.stringContaining('"Ever bought"'), messageKo: expect.stringContaining('세그먼트 "Ever bought"') }));
});

test('nobody who writes into an old month waits for its end, and the end waits for nobody', async () => {
  await tracked('$page', '2026-03-05', 5);
  const writer = app.db.createQueryRunner();
  await writer.startTransaction();
  await writer.query(`insert into event (id, person_id, type, name, occurred_at, received_at, message_id) select gen_random_uuid(), p.id, 'track', 'late', '2026-03-06', now(), 'late' from person as p limit 1`);
  clock.advance(25 * 60 * MINUTE);
  await app.runner.runUntilIdle();
  await writer.commitTransaction();
  await writer.release();
  expect((await old()).map(({ name }) => name)).toEqual(['Order', 'late']);
  clock.advance(25 * 60 * MINUTE);
  await app.runner.runUntilIdle();
  expect((await old()).map(({ name }) => name)).toEqual(['Order']);
});

test('other kinds go by age in their own way, and only what is old', async () => {
  await rows(app.db, `insert into sandbox_mail (id, received_at, mail_from, rcpt_to, subject, message_id, raw) select gen_random_uuid(), $1::timestamptz - make_interval(days => n), 'a@b.c', 'd@e.f', 's', n::text, 'x' from generate_series(1, 20) as n`, [clock.now()]);
  await rows(app.db, `insert into audit_entry (at, actor, action, subject) select $1::timestamptz - make_interval(days => 360 + n), 'system', 'x.y', 'z' from generate_series(1, 10) as n`, [clock.now()]);
  await rows(app.db, `insert into inbound_event (id, source, dedupe_key, content_type, body, received_at, state, attempts, settled_at) select gen_random_uuid(), 'smtp', n::text, 'message/rfc822', 'words', $1::timestamptz - make_interval(days => n), 'ignored', 1, $1::timestamptz - make_interval(days => n) from generate_series(1, 20) as n`, [clock.now()]);
  const policy = { events: 100, test_mail: 10, audit: 365, returned_mail: 14 };
  const seen = await preview(policy);
  const counts = Object.fromEntries(seen.going.map(({ kind, rows: n }: { kind: string; rows: number }) => [kind, n]));
  expect(counts).toMatchObject({ events: 0, audit: 5, returned_mail: 6 });
  expect((await save(policy, { rows: seen.rows, readers: true })).status).toBe(200);
  clock.advance(11 * MINUTE);
  await app.runner.runUntilIdle();
  const [left] = await rows(app.db, `select (select count(*)::int from sandbox_mail as m where m.rcpt_to = 'd@e.f') as mails, (select count(*)::int from audit_entry as a where a.action = 'x.y') as audit,
      (select count(*)::int from inbound_event as i where octet_length(i.body) > 0) as words, (select count(*)::int from inbound_event) as known`);
  expect(left).toEqual({ mails: 9, audit: 4, words: 13, known: 20 });
});

test('only owners see and change it', async () => {
  const { body } = await app.api('POST', '/v1/api-keys', { kind: 'server', name: 'm', role: 'marketer' });
  for (const [method, path] of [['GET', '/v1/retention'], ['PUT', '/v1/retention'], ['POST', '/v1/retention/preview']] as const) {
    expect((await callApi(`${app.url}${path}`, body.secret, method, method === 'GET' ? undefined : { policy: {} })).status).toBe(403);
  }
});
