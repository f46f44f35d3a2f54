import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS, SimulationsWorker } from '../../src/campaigns/simulate/jobs/simulations.job.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';
import { spawnDanbi } from '../support/process.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Some pages of a simulation, which takes 800 people each. */
const PEOPLE = 3_200;
const DAY = 86_400_000;
const clock = new VirtualClock(new Date());
const from = new Date(clock.now().getTime() - 10 * DAY);

let app: TestApp;
let campaign: string;

const ok = async (method: string, path: string, body?: unknown) => {
  const answer = await app.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};

beforeAll(async () => {
  app = await startTestApp({ clock });
  await rows(app.db, `
    insert into person (id, external_id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select md5('p' || n)::uuid, 'p-' || n, 'user', 'p' || n || '@example.test', jsonb_build_object('plan', (array['trial', 'team'])[1 + n % 2]), $2, $2, $2, $2 from generate_series(1, $1::int) as n`, [PEOPLE, from]);
  await rows(app.db, `
    insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id)
    select gen_random_uuid(), md5('p' || n)::uuid, 'track', e.name, '{}', t.at, t.at, gen_random_uuid()::text
      from generate_series(1, $1::int) as n
      cross join lateral (values ('Signed Up', n % 5), ('Project Created', 5 + n % 3)) as e (name, day)
      cross join lateral (select date_trunc('milliseconds', $2::timestamptz + make_interval(days => e.day, secs => n % 7200)) as at) as t
     where e.name = 'Signed Up' or n % 3 = 0`, [PEOPLE, new Date(from.getTime() + DAY)]);
  await rows(app.db, 'analyze person, event');
  const steps = [email('a', 'w', { control: { weight: 1 } }), { id: 'w', type: 'wait', for: { days: 2 }, next: 'b' }, email('b', null)];
  campaign = (await ok('POST', '/v1/campaigns', { name: 'Rehearsed', definition: series({ goals: [{ key: 'active', name: 'Active', exits: true, event: { name: 'Project Created' } }], audience: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' }, steps }) })).id;
  await ok('POST', `/v1/campaigns/${campaign}/publish`);
}, 600_000);
afterAll(() => app.close());

const ask = async (): Promise<string> => (await ok('POST', `/v1/campaigns/${campaign}/simulations`, { version: 1, from: from.toISOString(), to: clock.now().toISOString() })).id;
const stood = async (id: string) => (await row<{ state: string; done: number; total: number | null; tries: number; isEmpty: boolean }>(app.db, `
  select s.state, s.done, s.total, s.tries, s.result is null and not exists (select from simulation_person as p where p.simulation_id = s.id) as "isEmpty" from simulation as s where s.id = $1`, [id]))!;
/** All that is kept of a simulation, but for its id and its moments. */
const kept = async (id: string) => ({
  ...(await row<object>(app.db, 'select s.state, s.result, s.total, s.problem from simulation as s where s.id = $1', [id])),
  people: await rows(app.db, 'select p.side, p.person_id, p.outcome, p.lines from simulation_person as p where p.simulation_id = $1 order by p.side, p.person_id', [id]),
});
const environment = () => ({ PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, DATABASE_POOL: '6' });

/** Has a process of its own begin a simulation and kills it with some pages done and some to do: it stands before people whom we hold. */
async function killInTheMiddle(id: string): Promise<void> {
  const danbi = spawnDanbi(environment());
  await danbi.until(/ready at/);
  for (let at = await stood(id); at.done === 0; at = await stood(id)) {
    if (at.state === 'failed') throw new Error(`the simulation failed: ${JSON.stringify(await kept(id))}`);
    await sleep(10);
  }
  const other = app.db.createQueryRunner();
  try {
    await other.startTransaction();
    await other.query('lock table attribute_history in access exclusive mode');
    danbi.child.kill('SIGKILL');
    await danbi.ended;
  } finally {
    await other.rollbackTransaction();
    await other.release();
  }
}

test('a simulation whose process is killed in the middle of it is taken up by another one, or by the next start, and ends as one that was not', async () => {
  const worker = app.nest.get(SimulationsWorker, { strict: false });
  const whole = await ask();
  await worker.runOnce();
  const expected = await kept(whole);
  expect(expected).toMatchObject({ state: 'done', total: PEOPLE, people: { length: expect.any(Number) } });
  expect(expected.people.length).toBeGreaterThan(20);

  const killed = await ask();
  await killInTheMiddle(killed);
  const left = await stood(killed);
  expect(left).toMatchObject({ state: 'running', tries: 1, total: PEOPLE, isEmpty: true });
  expect([left.done > 0, left.done < PEOPLE]).toEqual([true, true]);
  // Until its lease is over nobody can know that it is dead.
  expect(await worker.runOnce()).toMatchObject({ done: 0 });
  clock.set(new Date(Date.now() + LEASE_MS + 1));
  expect(await worker.runOnce()).toEqual({ done: 1 });
  expect(await kept(killed)).toEqual(expected);
  await worker.drain();

  const again = await ask();
  await killInTheMiddle(again);
  expect(await stood(again)).toMatchObject({ state: 'running', tries: 1, isEmpty: true });
  await rows(app.db, `update simulation as s set lease_until = $2 where s.id = $1`, [again, new Date(Date.now() - 1)]);
  const next = spawnDanbi(environment());
  await next.until(/ready at/);
  while ((await stood(again)).state === 'running') await sleep(20);
  next.child.kill('SIGTERM');
  await next.ended;
  expect(await stood(again)).toMatchObject({ state: 'done', tries: 2 });
  expect(await kept(again)).toEqual(expected);
}, 600_000);
