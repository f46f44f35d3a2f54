import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const clock = new VirtualClock(NOW);
const ROWS = 2_300;
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  await rows(app.db, `
    with made as (insert into person (id, external_id, kind, first_seen_at, last_seen_at, created_at, updated_at) select gen_random_uuid(), 'p' || n, 'user', $1, $1, $1, $1 from generate_series(0, $2::int - 1) as n returning id, external_id)
    insert into person_identity (kind, value, person_id, linked_at) select 'user_id', m.external_id, m.id, $1 from made as m`, [NOW, ROWS]);
});
afterAll(() => app.close());

const publish = async (definition: object) => {
  const { body } = await app.api('POST', '/v1/campaigns', { name: '파일로 진입', definition });
  expect((await app.api('POST', `/v1/campaigns/${body.id}/publish`)).status).toBe(200);
  return body.id as string;
};
const byName = () => publish(series({ entry: { type: 'api' }, goals: [], start: 'm', steps: [inApp('m')] }));
async function send(id: string, body: string | ReadableStream, { key = 'one', type = 'text/csv' }: { key?: string; type?: string } = {}) {
  const answer = await fetch(`${app.url}/v1/campaigns/${id}/entry-files?name=people.csv`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': type, ...(key ? { 'idempotency-key': key } : {}) }, body, ...(typeof body === 'string' ? {} : { duplex: 'half' }) } as RequestInit);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const entered = async (id: string) => (await row<{ count: number }>(app.db, 'select count(*)::int as count from enrollment as e where e.campaign_id = $1', [id]))!.count;
const csv = (from: number, to: number) => ['externalId', ...Array.from({ length: to - from }, (_, index) => `p${from + index}`)].join('\n');

test('a file that was cut off goes on where it stopped, lets in nobody twice, and says what was wrong with which line', async () => {
  const id = await byName();
  const whole = `${csv(0, ROWS)}\nnobody\n"p1"\n`;
  // The connection breaks after the first thousand rows and a bit.
  const cut = new ReadableStream({ start(controller) { controller.enqueue(new TextEncoder().encode(csv(0, 1_400))); }, async pull(controller) {
    for (;;) {
      const [file] = (await app.api('GET', `/v1/campaigns/${id}/entry-files?request=one`)).body.items;
      if (file?.received === 1_000) break;
    }
    controller.error(new Error('cut'));
  } });
  await expect(send(id, cut)).rejects.toThrow();
  expect(await entered(id)).toBe(1_000);
  const [file] = (await app.api('GET', `/v1/campaigns/${id}/entry-files`)).body.items;
  expect(file).toMatchObject({ request: 'one', name: 'people.csv', received: 1_000, entered: 1_000, endedAt: null });
  // Another file under the same key is refused before anybody enters by it.
  expect(await send(id, `${csv(500, 1_800)}\n`)).toMatchObject({ status: 409, body: { code: 'enter.other-file' } });
  const done = await send(id, whole);
  expect(done).toMatchObject({ status: 200, body: { id: file.id, received: ROWS + 2, entered: ROWS, repeated: 0, refused: 1, rejected: 1, endedAt: NOW.toISOString() } });
  expect((await send(id, whole)).body).toEqual(done.body);
  await app.runner.runUntilIdle();
  expect(await entered(id)).toBe(ROWS);
  const first = (await app.api('GET', `/v1/campaigns/${id}/entry-files/${file.id}/rows?limit=1`)).body;
  const rest = (await app.api('GET', `/v1/campaigns/${id}/entry-files/${file.id}/rows?limit=1&after=${first.next}`)).body;
  expect([...first.items, ...rest.items]).toEqual([
    { line: ROWS + 2, kind: 'rejected', code: 'enter.unknown-person', message: 'There is no such person.' }, { line: ROWS + 3, kind: 'refused', code: 'REENTRY_BLOCKED', message: null },
  ]);
  expect((await app.api('GET', '/v1/audit?limit=1')).body.items).toMatchObject([{ action: 'campaign.enter', detail: { received: ROWS + 2, entered: ROWS } }]);
});

test('lines of JSON carry properties, as columns of a table do; what is no row is told with its line', async () => {
  const id = await publish(series({ entry: { type: 'api' }, goals: [], reentry: { policy: 'after_exit' }, start: 'm', steps: [inApp('m', { variants: [{ key: 'A', content: { body: '{{event.plan}}' } }] })] }));
  const lines = '{"externalId":"p1","properties":{"plan":"연간"}}\n\nnot json\n{"externalId":"p2","colour":"red"}\n';
  expect((await send(id, lines, { type: 'application/x-ndjson' })).body).toMatchObject({ received: 3, entered: 1, rejected: 2 });
  const [file] = (await app.api('GET', `/v1/campaigns/${id}/entry-files`)).body.items;
  expect((await app.api('GET', `/v1/campaigns/${id}/entry-files/${file.id}/rows`)).body.items).toMatchObject([{ line: 3, message: 'The line is not valid JSON.' }, { line: 4, code: 'enter.invalid' }]);
  expect((await send(id, 'externalId,properties.plan\np3,월간\n', { key: 'table' })).body).toMatchObject({ entered: 1, rejected: 0 });
  expect((await rows<{ plan: string }>(app.db, `select e.entry #>> '{properties,plan}' as plan from enrollment as e where e.campaign_id = $1 order by e.entered_at, e.id`, [id])).map(({ plan }) => plan).toSorted()).toEqual(['연간', '월간']);
  const refusal = async (answer: ReturnType<typeof send>) => { const { status, body: { code } } = await answer; return [status, code]; };
  expect(await refusal(send(id, 'id\np1\n', { key: 'two' }))).toEqual([400, 'enter.bad-header']);
  expect(await refusal(send(id, 'externalId\n"p1\n', { key: 'three' }))).toEqual([400, 'enter.broken-csv']);
  expect(await refusal(send(id, 'externalId\np1\n', { key: '' }))).toEqual([400, 'enter.bad-idempotency-key']);
  const other = await publish(series({ start: 'm', steps: [inApp('m')] }));
  expect(await refusal(send(other, 'externalId\np1\n'))).toEqual([409, 'campaign.no-api-entry']);
  expect((await app.api('GET', `/v1/campaigns/${other}/entry-files`)).body.items).toEqual([]);
});
