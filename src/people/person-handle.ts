import { AppError, conflict, notFound } from '../kernel/errors.js';
import type { Db } from '../platform/database/db.js';
import { findPersonIds, survivorOf } from './people.store.js';
import { findByEmail } from './store/people-read.store.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id a handle means: `external:ID`, `anonymous:ID` and `email:ADDRESS` look people up and fail when there is nobody
 * (or, for an address, more than one); a plain id leads to the survivor of merges and is not checked for existence, so that
 * the ledger of an erased person can still be asked.
 */
export async function personIdOf(db: Db, handle: string): Promise<string> {
  const [, kind, value] = /^(external|anonymous|email):(.+)$/s.exec(handle) ?? [];
  if (kind === undefined || value === undefined) {
    if (!UUID.test(handle)) throw new AppError('person.bad-handle', 'Name a person by id, or by external:ID, anonymous:ID or email:ADDRESS.');
    return survivorOf(db, handle);
  }
  const ids = kind === 'email' ? await findByEmail(db, value) : (await findPersonIds(db, kind === 'external' ? { userIds: [value] } : { anonymousIds: [value] })).map((found) => found.personId);
  if (ids.length > 1) throw conflict('person.ambiguous', `Several people have the e-mail address ${value}. Use GET /v1/people?email= to see them.`);
  if (ids.length === 0) throw notFound('person', handle);
  return ids[0]!;
}
