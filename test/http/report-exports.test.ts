import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parse } from 'csv-parse/sync';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';
import { ReportWorld } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));
let app: TestApp;
let world: ReportWorld;
let people: string[];

const get = (path: string) => fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${app.key}` } });
const textOf = async (path: string) => (await get(path)).text();
const parquetOf = async (path: string) => (await get(path)).arrayBuffer();
const base = () => `/v1/campaigns/${world.campaign.id}`;

beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
  await world.publish(series({ steps: [email('a', null)], goals: [{ key: 'bought', name: '구매', event: { name: 'Bought' }, value: { property: 'amount', currency: 'KRW' } }] }));
  people = (await world.people(4)).toSorted();
  await app.db.query('update person set external_id = case id when $1 then $2 else $3 end where id in ($1, $4)', [people[0], '=HYPERLINK("http://x")', '김민지, "VIP"', people[1]]);
  const opened = await world.message({ person: people[0]!, state: 'delivered', at: '2026-03-02T10:00:00.123Z', address: 'a@Example.com', language: 'ko' });
  await world.react(opened, people[0]!, 'open', '2026-03-02T11:00:00Z', 'machine');
  await world.react(opened, people[0]!, 'open', '2026-03-02T12:00:00Z', 'human');
  await world.react(opened, people[0]!, 'click', '2026-03-02T12:00:05Z', 'human');
  // 0.1 + 0.2 and a sum beyond what a double holds.
  for (const amount of [0.1, 0.2, '12345678901234567.89']) await world.event(people[0]!, 'Bought', '2026-03-03T00:00:00Z', { amount });
  await world.message({ person: people[1]!, state: 'failed', reason: 'RENDER_MISSING_VAR', at: '2026-03-02T10:00:00Z' });
  await world.message({ person: people[2]!, state: 'sent', at: '2026-03-02T10:00:00Z' });
  await world.refuse({ person: people[3]!, code: 'NO_CONSENT', at: '2026-03-02T11:00:00Z' });
  clock.set(new Date('2026-03-05T00:00:00Z'));
});
afterAll(() => app.close());

describe('raw rows', () => {
  test('of deliveries as CSV: reactions folded, Korean, quotes, no formula, no address', async () => {
    const bytes = Buffer.from(await (await get(`${base()}/exports/deliveries?bom=1`)).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const text = bytes.toString();
    const found = parse(text, { columns: true, bom: true }) as Record<string, string>[];
    expect(found).toHaveLength(3);
    const row = found.find((one) => one.person_id === people[0])!;
    expect(row).toMatchObject({ external_id: `'=HYPERLINK("http://x")`, version: '1', step: 'a', state: 'delivered', email_domain: 'example.com', language: 'ko', opened: 'human', opened_at: '2026-03-02T11:00:00.000Z', clicked: 'human', clicks: '1', queued_at: '2026-03-02T10:00:00.123Z', is_control: 'false', bounced_at: '' });
    expect(found.find((one) => one.person_id === people[1])).toMatchObject({ external_id: '김민지, "VIP"', reason: 'RENDER_MISSING_VAR', opened: '' });
    expect(text).not.toContain('@');
    expect(await textOf(`${base()}/exports/deliveries?raw=true`)).toContain('"=HYPERLINK');
  });

  test('of people: arm, outcomes, exact amounts; the same in all three formats', async () => {
    const lines = (await textOf(`${base()}/exports/people?format=ndjson`)).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => line.person_id)).toEqual(people.slice(0, 3));
    expect(lines[0]).toMatchObject({ variant: 'A', is_control: false, eligible: true, messages: 1, delivered: true, opened: true, clicked: true, runs: 1, run_state: 'completed', bought_met: true, bought_met_at: '2026-03-03T00:00:00.000Z', bought_value: '12345678901234568.19', bought_matured: false });
    expect(lines[1]).toMatchObject({ eligible: true, delivered: false, bought_met: false, bought_value: null });
    const csv = parse(await textOf(`${base()}/exports/people?format=csv`), { columns: true }) as Record<string, string>[];
    expect(csv.map((line) => [line.person_id, line.bought_value])).toEqual(lines.map((line) => [line.person_id, line.bought_value ?? '']));
    const file = await parquetOf(`${base()}/exports/people?format=parquet`);
    const rows = await parquetReadObjects({ file });
    expect(rows.map((row) => JSON.parse(JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))) as unknown)).toEqual(lines);
    const types = Object.fromEntries(parquetMetadata(file).schema.slice(1).map(({ name, type, converted_type, logical_type }) => [name, [type, converted_type, logical_type?.type]]));
    expect(types).toMatchObject({ assigned_at: ['INT64', 'TIMESTAMP_MILLIS', 'TIMESTAMP'], messages: ['INT64', undefined, undefined], is_control: ['BOOLEAN', undefined, undefined], external_id: ['BYTE_ARRAY', 'UTF8', undefined] });
    expect(rows[0]!.assigned_at).toBeInstanceOf(Date);
  });

  test('of many deliveries arrive whole, in several groups, and end the snapshot; a reader who leaves ends it too', async () => {
    await app.db.query(`
      insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, experiment_id, variant, topic, state, due_at, queued_at)
      select gen_random_uuid(), $1, $2, $3, 'a', gen_random_uuid(), 'email', $4, 'A', 'news', 'queued', $5, $5 from generate_series(1, 12000)`, [people[3], world.campaign.id, world.campaign.versionId, world.campaign.experiments.a!.experimentId, '2026-03-02T10:00:00Z']);
    const file = await parquetOf(`${base()}/exports/deliveries?format=parquet`);
    const { row_groups: groups, num_rows: count } = parquetMetadata(file);
    expect(count).toBe(12_003n);
    expect(groups.map(({ num_rows: size }) => Number(size))).toEqual([5_000, 5_000, 2_003]);
    const ids = (await parquetReadObjects({ file, columns: ['delivery_id'] })).map((row) => row.delivery_id);
    expect(new Set(ids).size).toBe(12_003);
    const open = () => app.db.query(`select count(*)::int as open from pg_stat_activity where datname = current_database() and xact_start is not null and state = 'idle in transaction'`);
    expect(await open()).toEqual([{ open: 0 }]);
    // Two at once are made (the table is held, so that neither ends too soon), a third is told to wait; when readers leave, there is room again.
    const leaving = [new AbortController(), new AbortController()];
    const table = app.db.createQueryRunner();
    await table.startTransaction();
    await table.query('lock table delivery in access exclusive mode');
    const asked = leaving.map(({ signal }) => fetch(`${app.url}${base()}/exports/deliveries?format=ndjson`, { headers: { authorization: `Bearer ${app.key}` }, signal }));
    const waiting = () => app.db.query(`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    while ((await waiting())[0].waiting < 2) await new Promise((done) => { setTimeout(done, 20); });
    const third = await get(`${base()}/exports/deliveries`);
    expect([third.status, (await third.json() as { code: string }).code]).toEqual([503, 'export.busy']);
    await table.rollbackTransaction();
    await table.release();
    const readers = (await Promise.all(asked)).map(({ body }) => body!.getReader());
    await Promise.all(readers.map((reader) => reader.read()));
    for (const one of leaving) one.abort();
    await Promise.all(readers.map((reader) => reader.closed.catch(() => undefined)));
    for (let tries = 0; tries < 100 && (await open())[0].open > 0; tries += 1) await new Promise((done) => { setTimeout(done, 20); });
    expect(await open()).toEqual([{ open: 0 }]);
    expect((await textOf(`${base()}/exports/deliveries?format=ndjson`)).trim().split('\n')).toHaveLength(12_003);
  });
});

describe('reports as files', () => {
  test('of a campaign and of the workspace say what the answer says', async () => {
    const answer = (await app.api('GET', `${base()}/reports/time-series?zone=Asia/Seoul`)).body.items as Record<string, number>[];
    const csv = parse(await textOf(`${base()}/reports/time-series/export?zone=Asia/Seoul`), { columns: true }) as Record<string, string>[];
    expect(csv.map((row) => [row.start, Number(row.sent), Number(row.opened_human)])).toEqual(answer.map((item) => [item.start, item.sent, item.openedHuman]));
    const rows = await parquetReadObjects({ file: await parquetOf('/v1/reports/refusals/export?format=parquet&by=day') });
    expect(rows).toMatchObject([{ code: 'RENDER_MISSING_VAR', count: 1n, local: '2026-03-02' }, { code: 'NO_CONSENT', reason_ko: '수신 동의 없음' }].toSorted((a, b) => (a.code < b.code ? 1 : -1)).reverse());
    const flow = await parquetReadObjects({ file: await parquetOf(`${base()}/reports/step-flow/export?format=parquet`) });
    expect(flow[0]!.edges).toMatchObject([{ to: null, outcome: 'queued' }]);
  });

  test('every report can be had in every format, the empty ones too', async () => {
    const { body: empty } = await app.api('POST', '/v1/campaigns', { name: '빈', definition: series() });
    const paths = ['funnel', 'time-series', 'step-flow', 'auto-message', 'surveys', 'refusals', 'attribution'].map((name) => `/v1/campaigns/${empty.id}/reports/${name}/export`)
      .concat(['time-series', 'deliverability', 'overlap', 'holdouts', 'refusals'].map((name) => `/v1/reports/${name}/export`), ['deliveries', 'people'].map((name) => `/v1/campaigns/${empty.id}/exports/${name}`));
    for (const path of paths) {
      for (const format of ['csv', 'ndjson', 'parquet']) {
        const answer = await get(`${path}?format=${format}`);
        expect([path, answer.status, answer.headers.get('content-disposition')]).toEqual([path, 200, expect.stringContaining(`.${format}"`)]);
        const bytes = await answer.arrayBuffer();
        if (format === 'csv') expect(new TextDecoder().decode(bytes)).toMatch(/^[a-z_]+,/);
        if (format === 'parquet') expect(parquetMetadata(bytes).schema.length).toBeGreaterThan(3);
      }
    }
  });

  test('refuse what they do not know', async () => {
    for (const [path, status] of [['/v1/reports/nothing/export', 400], [`${base()}/reports/funnel/export?format=xlsx`, 400], [`${base()}/reports/funnel/export?version=x`, 400], [`${base()}/reports/funnel/export?foo=1`, 400], ['/v1/campaigns/0198c0de-0000-7000-8000-000000000001/exports/people', 404]] as const) {
      expect([path, (await get(path)).status]).toEqual([path, status]);
    }
  });
});
