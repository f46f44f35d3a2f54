import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { inTurn, type Statement } from '../../src/platform/database/in-turn.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await rows(database.db, 'create table note (n int primary key)');
});
afterAll(() => database.drop());

const note = (n: number, told: string[]) => (): Statement => {
  told.push(`prepared ${n}`);
  return { text: 'insert into note (n) select $1::int from pg_sleep(0.05)', values: [n], done: () => { told.push(`done ${n}`); } };
};

test('each statement is prepared while the one before it runs, and run after it', async () => {
  const told: string[] = [];
  await inTransaction(database.db, (tx) => inTurn(tx, [note(1, told), () => null, note(2, told), note(3, told)]));
  expect(told).toEqual(['prepared 1', 'done 1', 'prepared 2', 'prepared 3', 'done 2', 'done 3']);
  expect(await rows(database.db, 'select n.n from note as n order by n.n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test('one that fails ends it and is thrown; nothing of the transaction stays', async () => {
  const told: string[] = [];
  await expect(inTransaction(database.db, (tx) => inTurn(tx, [note(4, told), note(1, told), note(5, told)]))).rejects.toThrow(/duplicate key/);
  expect(told).not.toContain('done 5');
  await expect(inTransaction(database.db, (tx) => inTurn(tx, [note(6, told), () => { throw new Error('can not be prepared'); }]))).rejects.toThrow('can not be prepared');
  expect(await rows(database.db, 'select n.n from note as n where n.n > 3')).toEqual([]);
});
