import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { partWithin } from '../../src/segments/store/limited.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newPerson, storePeople } from '../support/segment-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-10T09:00:00Z');
const EVENTS = 20_000;
const clock = new VirtualClock(NOW);
const person = newPerson({ lastSeenAt: NOW });
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  app.runner.wake = () => undefined;
  await storePeople(app.db, [person]);
  await rows(app.db, `
    insert into event (id, person_id, type, name, occurred_at, received_at, message_id)
    select gen_random_uuid(), $1, 'track', case when n % 2 = 0 then 'a' else 'b' end, $2::timestamptz - (n - 1) * interval '1 minute', $2, n::text from generate_series(1, $3::int) as n`, [person.id, NOW, EVENTS]);
  await rows(app.db, 'analyze event');
});
afterAll(() => app.close());

const span = { days: 30 };
const count = (value: number): SegmentNode => ({ type: 'event', event: 'a', count: { op: 'at_least', value }, within: span });
const sequence: SegmentNode = { type: 'sequence', within: span, steps: [{ event: 'a' }, { event: 'b', within: { seconds: 30 } }, { event: 'a' }, { event: 'b' }] };

test.each([
  { name: 'a change at the first boundary needs no more', definition: count(EVENTS / 2), truth: true, next: expect.any(String), until: null },
  { name: 'without a change it says how far it looked', definition: count(1), truth: true, next: null, until: expect.any(String) },
  { name: 'a sequence costs a pass at each of them', definition: sequence, truth: false, next: null, until: expect.any(String) },
  { name: 'what the clock cannot change is not looked for', definition: { type: 'event', event: 'nothing', count: { op: 'at_least', value: 1 } } as SegmentNode, truth: false, next: null, until: null },
])('explaining a person with 20,000 events answers in time: $name', async ({ name, definition, truth, next, until }) => {
  const { body: { id } } = await app.api('POST', '/v1/segments', { name, definition });
  const { status, body } = await app.api('GET', `/v1/segments/${id}/explain?personId=${person.id}`);
  expect([status, body]).toMatchObject([200, { root: { truth, nextChangeAt: next }, lookedUntil: until }]);
  // How far a look gets in its time hangs on the machine; it never says less than now.
  if (body.lookedUntil) expect(Date.parse(body.lookedUntil)).toBeGreaterThanOrEqual(NOW.getTime());
}, 30_000);

test('a part that takes too long is left out, and what follows has the time it had', async () => {
  await inTransaction(app.db, async (tx) => {
    await rows(tx, `select set_config('statement_timeout', '4s', true)`);
    expect(await partWithin(tx, 50, () => rows(tx, 'select pg_sleep(2)'))).toBeNull();
    expect(await partWithin(tx, 2_000, () => rows(tx, 'select 1 as one'))).toEqual([{ one: 1 }]);
    expect(await rows(tx, `select current_setting('statement_timeout') as timeout`)).toEqual([{ timeout: '4s' }]);
    await expect(partWithin(tx, 2_000, () => rows(tx, 'select 1 / 0'))).rejects.toMatchObject({ code: '22012' });
  });
});
