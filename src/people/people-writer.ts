import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { AppError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import { personWriteProblems, type PersonWrite, type PersonWriteResult, type WriteContext } from './domain/person-write.js';
import { spanOf } from './domain/seen.js';
import { BatchWrite, type PeopleBatchItem } from './people-batch.js';
import { settleIdentities } from './store/identity.store.js';

export type { PersonWrite, PersonWriteResult, WriteContext } from './domain/person-write.js';

/**
 * The one way people are written. Finds or makes every person, joins identities, appends to the attribute history, sets
 * current values and the columns that follow from them, and announces the batch with one `person_change` row, all in the
 * caller's transaction and in a fixed number of statements. Call it once per transaction, through
 * {@link inPeopleTransaction}, so that a lost race is tried again.
 *
 * @throws AppError `people.invalid-write` with one problem per fault (`path` starts with the index of the write), before
 *   anything is written; `person.not-found` when a `personId` names nobody.
 */
export async function writePeople(tx: Db, writes: PersonWrite[], context: WriteContext): Promise<PersonWriteResult[]> {
  const problems = writes.flatMap((write, index) => personWriteProblems(write).map((problem) => ({ ...problem, path: `${index}.${problem.path}` })));
  if (problems.length > 0) throw new AppError('people.invalid-write', `${problems[0]!.path}: ${problems[0]!.message}`, 'invalid', problems);
  return writeBatch(tx, writes, context);
}

/** {@link writePeople} for writes that are already checked and may carry events, aliases and new people without an id. */
export async function writeBatch(tx: Db, items: PeopleBatchItem[], context: WriteContext): Promise<PersonWriteResult[]> {
  if (items.length === 0) return [];
  const settled = await settleIdentities(tx, items, { now: context.now, seen: spanOf(items.flatMap(({ event }) => (event ? [event.occurredAt] : []))) }, newId);
  const missing = settled.plan.persons.indexOf(null);
  if (missing >= 0) throw new AppError('person.not-found', `There is no person with id ${(items[missing]!.ref as { personId: string }).personId}.`, 'not_found');
  return new BatchWrite(tx, items, settled, context).run();
}

const ATTEMPTS = 4;
/** Serialization failure, deadlock. */
const LOST_RACE = new Set(['40001', '40P01']);

/** One transaction, tried again when it lost a race against another one. */
export async function inPeopleTransaction<T>(db: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (attempt === ATTEMPTS || typeof code !== 'string' || !(LOST_RACE.has(code) || code === 'people.busy')) throw error;
      await pause(attempt * 10);
    }
  }
}
