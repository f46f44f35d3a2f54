import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createDataSource } from '../../ormconfig.js';
import { rows } from '../../src/platform/database/db.js';
import { keepPartitions } from '../../src/platform/database/prepare-db.js';
import { AgendaAlarms } from '../../src/platform/jobs/agenda-alarms.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

// What several processes do at one instant when they start over one database, each with connections of its own.
const PROCESSES = 6;
let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

test('all of them bring the table of the alarms to be, and ring', async () => {
  const rung: string[] = [];
  const alarms = Array.from({ length: PROCESSES }, () => new AgendaAlarms(database.url, pino({ level: 'silent' })));
  await Promise.all(alarms.map((one) => one.start((name) => rung.push(name))));
  await alarms[0]!.set('any', new Date());
  while (rung.length === 0) await new Promise((done) => { setTimeout(done, 50); });
  await Promise.all(alarms.map((one) => one.stop()));
  expect(rung[0]).toBe('any');
});

test('the months of a year to come are made once', async () => {
  const year = new Date('2031-05-15T00:00:00Z');
  const sources = await Promise.all(Array.from({ length: PROCESSES }, () => createDataSource(database.url, 2).initialize()));
  await Promise.all(sources.map((db) => keepPartitions(db, year)));
  await Promise.all(sources.map((db) => db.destroy()));
  expect(await rows(database.db, `select count(*)::int as made from pg_class as c where c.relname ~ '^(event|decision|delivery_event)_2031_[0-9]+$'`)).toEqual([{ made: 15 }]);
});
