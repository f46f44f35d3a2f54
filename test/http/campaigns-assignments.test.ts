import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { assignVariants } from '../../src/campaigns/store/assignments.store.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-01T00:00:00Z'));
const ROWS = 64_000;
const ARMS = ['mens', 'womens', 'none'];
let app: TestApp;

/** People `hc0` … as an import leaves them. */
beforeAll(async () => {
  app = await startTestApp({ clock });
  await rows(app.db, `
    with made as (
      insert into person (id, external_id, kind, first_seen_at, last_seen_at, created_at, updated_at)
      select gen_random_uuid(), 'hc' || n, 'user', $1, $1, $1, $1 from generate_series(0, ${ROWS - 1}) as n returning id, external_id)
    insert into person_identity (kind, value, person_id, linked_at) select 'user_id', m.external_id, m.id, $1 from made as m`, [clock.now()]);
});
afterAll(() => app.close());

const external = (change: object = {}) => broadcast({ external: true, message: undefined, arms: [{ key: 'mens', name: 'Mens E-Mail' }, { key: 'womens', name: 'Womens E-Mail' }, { key: 'none', name: '발송 안 함', control: true }], ...change });
async function published(definition: unknown): Promise<string> {
  const { body } = await app.api('POST', '/v1/campaigns', { name: '과거 실험', definition });
  const answer = await app.api('POST', `/v1/campaigns/${body.id}/publish`);
  expect([answer.status, answer.body.campaign?.state]).toEqual([200, 'active']);
  return body.id as string;
}
const give = (id: string, assignments: unknown[], more: object = {}) => app.api('POST', `/v1/campaigns/${id}/assignments`, { assignments, ...more });
async function stream(id: string, type: string, text: string, query = '') {
  const answer = await fetch(`${app.url}/v1/campaigns/${id}/assignments${query}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': type }, body: text });
  return { status: answer.status, body: await answer.json() as any }; // eslint-disable-line typescript/no-explicit-any -- examined by the test
}
const counts = (id: string) => rows(app.db, 'select a.variant, a.is_control as "isControl", a.source, a.bucket, count(*)::int as n from assignment as a where a.campaign_id = $1 group by 1, 2, 3, 4 order by 1', [id]);

test('64,000 rows of a past experiment add up, and sending them again changes nothing', async () => {
  const id = await published(external());
  const lines = Array.from({ length: ROWS }, (_, n) => JSON.stringify({ externalId: `hc${n}`, variant: ARMS[n % 3], at: '2026-01-01T09:00:00+09:00' })).join('\n');
  const first = await stream(id, 'application/x-ndjson', lines);
  expect(first).toEqual({ status: 200, body: { received: ROWS, assigned: ROWS, unchanged: 0, rejectedTotal: 0, rejected: [] } });
  expect((await stream(id, 'application/x-ndjson; charset=utf-8', `${lines}\n`)).body).toMatchObject({ received: ROWS, assigned: 0, unchanged: ROWS, rejectedTotal: 0 });
  expect(await counts(id)).toEqual([
    { variant: 'mens', isControl: false, source: 'external', bucket: null, n: 21_334 },
    { variant: 'none', isControl: true, source: 'external', bucket: null, n: 21_333 },
    { variant: 'womens', isControl: false, source: 'external', bucket: null, n: 21_333 },
  ]);
  expect(await row(app.db, `select count(distinct a.assigned_at)::int as n, min(a.assigned_at) as at from assignment as a where a.campaign_id = $1`, [id])).toEqual({ n: 1, at: new Date('2026-01-01T00:00:00Z') });
  // Nothing is ever sent.
  await app.runner.runUntilIdle();
  expect(await row(app.db, 'select (select count(*)::int from launch where campaign_id = $1) as launches, (select count(*)::int from enrollment where campaign_id = $1) as runs', [id])).toEqual({ launches: 0, runs: 0 });
});

test('each bad row is refused by itself, and the summary adds up', async () => {
  const id = await published(external());
  const [person] = await rows<{ id: string }>(app.db, `select p.id from person as p where p.external_id = 'hc1'`);
  const merged = newId();
  await rows(app.db, `insert into person_merge (from_id, into_id, at, source) values ($1, $2, $3, 'test')`, [merged, person!.id, clock.now()]);
  const { body } = await give(id, [
    { externalId: 'hc0', variant: 'mens' },
    { externalId: 'hc0', variant: 'mens' },
    { externalId: 'hc0', variant: 'none' },
    { personId: person!.id.toUpperCase(), variant: 'none' },
    { personId: merged, variant: 'none' },
    { externalId: 'nobody', variant: 'mens' },
    { personId: newId(), variant: 'mens' },
    { externalId: 'hc2', variant: 'Mens E-Mail' },
    { externalId: 'hc2', variant: 'other' },
    { externalId: 'hc2', personId: person!.id, variant: 'mens' },
    { variant: 'mens' },
    { externalId: 'hc2', variant: 'mens', at: 'yesterday' },
    { externalId: 'hc2', variant: 'mens', at: '2026-03-02T00:00:00Z' },
    'nonsense',
  ]);
  expect(body).toMatchObject({ received: 14, assigned: 2, unchanged: 2, rejectedTotal: 10 });
  expect(body.rejected.map(({ index, code }: { index: number; code: string }) => `${index} ${code}`)).toEqual([
    '2 assignment.already-assigned', '5 assignment.unknown-person', '6 assignment.unknown-person', '7 assignment.invalid', '8 assignment.unknown-variant',
    '9 assignment.invalid', '10 assignment.invalid', '11 assignment.invalid', '12 assignment.in-future', '13 assignment.invalid',
  ]);
  expect(await counts(id)).toMatchObject([{ variant: 'mens', n: 1 }, { variant: 'none', isControl: true, n: 1 }]);
  const changed = await give(id, [{ externalId: 'hc0', variant: 'womens' }]);
  expect(changed.body).toMatchObject({ assigned: 0, unchanged: 0, rejectedTotal: 1, rejected: [{ index: 0, code: 'assignment.already-assigned', message: expect.stringContaining('"mens"') }] });
});

test('senders of the same people at the same time store each once', async () => {
  const id = await published(external());
  const given = (variant: string) => give(id, Array.from({ length: 2_000 }, (_, n) => ({ externalId: `hc${n}`, variant })));
  const answers = await Promise.all(['mens', 'womens', 'none'].map(given));
  const sum = (key: string) => answers.reduce((total, { body }) => total + body[key], 0);
  expect([sum('assigned'), sum('unchanged'), sum('rejectedTotal')]).toEqual([2_000, 0, 4_000]);
});

test('CSV and broken lines: a row that can not be read is refused, the rest is stored', async () => {
  const id = await published(external());
  const csv = await stream(id, 'text/csv', '\uFEFFexternalId,variant,at\r\nhc5,mens,\r\n"hc6",none,2026-01-01T00:00:00Z\r\nhc7,nope,\r\n');
  expect(csv.body).toMatchObject({ received: 3, assigned: 2, rejectedTotal: 1, rejected: [{ index: 2, code: 'assignment.unknown-variant' }] });
  const ndjson = await stream(id, 'application/x-ndjson', '{"externalId":"hc8","variant":"mens"}\n{"externalId":"hc9","va\n\n{"externalId":"hc10","variant":"none"}');
  expect(ndjson.body).toMatchObject({ received: 3, assigned: 2, rejected: [{ index: 1, code: 'assignment.invalid', message: 'The line is not valid JSON.' }] });
  expect((await stream(id, 'text/csv', 'customer,variant\n1,mens\n')).body).toMatchObject({ error: 'invalid', code: 'assignment.bad-header', message: expect.stringContaining('"customer"') });
  expect((await stream(id, 'text/csv', 'externalId,variant\n"hc11,mens\n')).body).toMatchObject({ code: 'assignment.broken-csv' });
  expect(await stream(id, 'application/x-ndjson', `{"externalId":"${'x'.repeat(200_000)}`)).toMatchObject({ status: 413, body: { code: 'assignment.line-too-long' } });
  expect((await stream(id, 'text/csv', `customer,variant\n${'1,mens\n'.repeat(50_000)}`)).status).toBe(400);
  expect((await stream(id, 'application/xml', '<a/>')).status).toBe(415);
  // A refused body leaves its connection usable.
  expect((await Promise.all(Array.from({ length: 10 }, () => app.api('GET', `/v1/campaigns/${id}`)))).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
});

test('the experiment meant must be clear, and exist', async () => {
  const two = await published(series({ start: 'a', steps: [inApp('a', { next: 'b' }), inApp('b', { control: { weight: 1 } })] }));
  expect((await give(two, [{ externalId: 'hc1', variant: 'A' }])).body).toMatchObject({ code: 'assignment.unknown-experiment', message: expect.stringContaining('a, b') });
  expect((await give(two, [{ externalId: 'hc1', variant: 'A' }], { experiment: 'c' })).body.code).toBe('assignment.unknown-experiment');
  expect((await give(two, [{ externalId: 'hc1', variant: 'control' }], { experiment: 'b' })).body).toMatchObject({ assigned: 1 });
  expect((await give(two, [])).status).toBe(400);
  expect((await give(two, Array.from({ length: 5_001 }, () => ({})))).status).toBe(400);
  const draft = await app.api('POST', '/v1/campaigns', { name: '초안', definition: external() });
  expect((await give(draft.body.id, [{}])).body.code).toBe('campaign.not-published');
  expect((await give(newId(), [{}])).status).toBe(404);
});

test('who was put into an arm by hand keeps it when the campaign reaches them', async () => {
  const id = await published(series({ start: 'a', steps: [inApp('a', { control: { weight: 1 } })] }));
  const { body: version } = await app.api('GET', `/v1/campaigns/${id}/versions/1`);
  const people = await rows<{ id: string }>(app.db, `select p.id from person as p where p.external_id = any($1)`, [['hc1', 'hc2', 'hc3', 'hc4', 'hc5', 'hc6']]);
  const personIds = people.map((person) => person.id);
  await give(id, personIds.map((personId) => ({ personId, variant: 'control' })));
  const { id: experimentId, salt, arms } = version.experiments.a;
  const assigned = await assignVariants(app.db, { experiment: { experimentId, salt, arms }, campaignId: id, personIds, now: clock.now() });
  expect([...assigned.values()]).toEqual(personIds.map(() => ({ variant: 'control', isControl: true })));
  const listed = await app.api('GET', `/v1/campaigns/${id}/assignments?personId=${personIds[0]}`);
  expect(listed.body).toEqual({ items: [{ experimentId, experiment: 'a', personId: personIds[0], variant: 'control', isControl: true, source: 'external', assignedAt: clock.now().toISOString() }], next: null });
  const seen: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const { body }: { body: { items: { personId: string }[]; next: string | null } } = await app.api('GET', `/v1/campaigns/${id}/assignments?limit=4${next ? `&after=${next}` : ''}`);
    seen.push(...body.items.map((item) => item.personId));
    next = body.next;
  }
  expect(seen.toSorted()).toEqual(personIds.toSorted());
});
