import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { keepPlan, keepPlanForOne } from '../../src/platform/database/kept-plans.js';
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

test('the plan of a marked statement is kept by its connection, also after one that failed, and of no other', async () => {
  const half = keepPlan('select 10 / $1::int as half');
  const several = keepPlanForOne('select count(*)::int as count from unnest($1::int[]) as n');
  await database.db.transaction(async (tx) => {
    await tx.query('savepoint before');
    await expect(tx.query(half, [0])).rejects.toThrow('division by zero');
    await expect(tx.query(half, [1])).rejects.toThrow('aborted');
    await tx.query('rollback to savepoint before');
    for (const divisor of [1, 2, 5]) expect(await row(tx, half, [divisor])).toEqual({ half: 10 / divisor });
    for (const given of [[1], [1, 2], []]) expect(await row(tx, several(given.length), [given])).toEqual({ count: given.length });
    const kept = await rows<{ statement: string; times: string }>(tx, 'select s.statement, s.generic_plans + s.custom_plans as times from pg_prepared_statements as s order by s.name');
    expect(kept.map(({ statement, times }) => [statement.replace('/* plan kept */ ', ''), Number(times)])).toEqual([['select 10 / $1::int as half', 3], ['select count(*)::int as count from unnest($1::int[]) as n', 1]]);
  });
});
