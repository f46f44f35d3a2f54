import type { DataSource, EntityManager } from 'typeorm';

/** A connection pool or an open transaction. Always the first parameter of a store function. */
export type Db = Pick<EntityManager, 'query'>;

/** Runs one statement and returns its rows, whatever the statement is (TypeORM answers updates with `[rows, count]`). */
export async function rows<T = Record<string, unknown>>(db: Db, sql: string, values: readonly unknown[] = []): Promise<T[]> {
  const answer: unknown = await db.query(sql, values as unknown[]);
  if (Array.isArray(answer) && answer.length === 2 && Array.isArray(answer[0]) && typeof answer[1] === 'number') return answer[0] as T[];
  return (answer ?? []) as T[];
}

/** The first row, or null. */
export async function row<T = Record<string, unknown>>(db: Db, sql: string, values: readonly unknown[] = []): Promise<T | null> {
  return (await rows<T>(db, sql, values))[0] ?? null;
}

/** Whether the query has any row; it is asked for no more than one. */
export async function exists(db: Db, sql: string, values: readonly unknown[] = []): Promise<boolean> {
  return (await row<{ found: boolean }>(db, `select exists (${sql}) as found`, values))!.found;
}

/** Runs `work` in one transaction: commits its result, rolls back when it throws. */
export function inTransaction<T>(db: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return db.transaction(work);
}
