import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MaintenanceWorker } from '../../src/platform/jobs/maintenance.worker.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { VirtualClock } from '../support/virtual-clock.js';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const partitionOf = async (at: string): Promise<string> => {
  const id = '01a20178-3908-753c-8579-4e22a6b4a9ad';
  await database.db.query(`insert into event (id, person_id, type, name, occurred_at, received_at, message_id) values ($1, $1, 'track', 'x', $2, $2, 'm')`, [id, at]);
  const [row] = await database.db.query('select e.tableoid::regclass::text as name from event as e where e.occurred_at = $1', [at]);
  return row.name;
};

test('a process that runs into a new year goes on partitioning, in any number of processes, and never twice in a row', async () => {
  const clock = new VirtualClock(new Date('2031-01-20T00:00:00Z'));
  const workers = [new MaintenanceWorker(database.db, clock), new MaintenanceWorker(database.db, clock)];
  const rounds = await Promise.all(workers.map((worker) => worker.runOnce()));
  expect(rounds.map(({ next }) => next?.toISOString())).toEqual(['2031-01-20T06:00:00.000Z', '2031-01-20T06:00:00.000Z']);
  expect(await partitionOf('2031-01-15T00:00:00Z')).toBe('event_2031_01');
  expect(await partitionOf('2031-08-15T00:00:00Z')).toBe('event_default');
  clock.set(new Date('2031-05-20T00:00:00Z'));
  await workers[0]!.runOnce();
  expect(await partitionOf('2031-07-15T00:00:00Z')).toBe('event_2031_07');
});
