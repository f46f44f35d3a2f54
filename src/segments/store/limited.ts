import type { DataSource } from 'typeorm';
import { AppError } from '../../kernel/errors.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';

/**
 * Answers a question that somebody waits for: from one moment of the data, changing nothing, and given up when a statement
 * takes longer than `milliseconds`, waiting for locks included, so that no form ever holds the database.
 *
 * @throws segment.too-slow saying what took so long and `instead`, what to do
 */
export async function answerWithin<T>(db: DataSource, milliseconds: number, words: { what: string; instead: string }, work: (tx: Db) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    await rows(tx, 'set transaction isolation level repeatable read, read only');
    await rows(tx, `select set_config('statement_timeout', $1, true)`, [String(milliseconds)]);
    return work(tx);
  }).catch((error: unknown) => {
    const { code = '' } = error as { code?: string };
    // Class 54: more nesting, columns or text than PostgreSQL takes.
    if (code.startsWith('54')) throw new AppError('segment.too-complex', 'The definition is more than the database can evaluate in one question. Split it, or nest it less.', 'invalid', [], { cause: error });
    if (code !== '57014') throw error;
    throw new AppError('segment.too-slow', `${words.what} took longer than ${milliseconds / 1000} seconds and was stopped. ${words.instead}`, 'unavailable', [], { cause: error });
  });
}

/** Part of such an answer that may be left out: null when it takes longer than `milliseconds`. */
export async function partWithin<T>(tx: Db, milliseconds: number, work: () => Promise<T>): Promise<T | null> {
  const [before] = await rows<{ timeout: string }>(tx, `select current_setting('statement_timeout') as timeout`);
  await rows(tx, 'savepoint part');
  await rows(tx, `select set_config('statement_timeout', $1, true)`, [String(milliseconds)]);
  try {
    const found = await work();
    await rows(tx, 'release savepoint part');
    await rows(tx, `select set_config('statement_timeout', $1, true)`, [before!.timeout]);
    return found;
  } catch (error) {
    if ((error as { code?: string }).code !== '57014') throw error;
    // The limit goes back with the savepoint.
    await rows(tx, 'rollback to savepoint part');
    return null;
  }
}
