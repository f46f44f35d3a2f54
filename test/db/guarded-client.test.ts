import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

interface Pool { connect(): Promise<{ listenerCount(name: string): number; emit(name: string, error: Error): boolean; release(broken: boolean): void }> }

test('a connection that is lost between the pool and whoever takes it ends nobody', async () => {
  const { master } = database.db.driver as unknown as { master: Pool };
  const client = await master.connect();
  expect(client.emit('error', new Error('terminating connection due to administrator command'))).toBe(true);
  client.release(true);
  expect(await database.db.query('select 1 as one')).toEqual([{ one: 1 }]);
});
