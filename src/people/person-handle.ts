import { AppError, conflict, notFound } from '../kernel/errors.js';
import type { Db } from '../platform/database/db.js';
import { storableText } from './domain/json.js';
import { findPersonIds, survivorOf, survivorsOf } from './people.store.js';
import { findByEmail, findByEmails } from './store/people-read.store.js';

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

/** Whom many handles mean. */
export interface HandledPeople {
  /** Ids by handle; an id that nobody has is taken as it is. Handles that mean nobody are absent. */
  found: Map<string, string>;
  /** Addresses that several people have. */
  ambiguous: Set<string>;
}

/** {@link personIdOf} for many handles, in a few statements, and without refusing any. */
export async function personIdsOf(db: Db, handles: readonly string[]): Promise<HandledPeople> {
  const parsed = [...new Set(handles)].map((handle) => ({ handle, parts: /^(external|anonymous|email):(.+)$/s.exec(handle) }));
  const of = (kind: string) => parsed.flatMap(({ parts }) => (parts?.[1] === kind ? [storableText(parts[2]!)] : []));
  const ids = parsed.flatMap(({ handle, parts }) => (!parts && UUID.test(handle) ? [handle.toLowerCase()] : []));
  const people = new Map<string, string[]>();
  const add = (key: string, id: string) => people.set(key, [...(people.get(key) ?? []), id]);
  for (const one of await findPersonIds(db, { userIds: of('external'), anonymousIds: of('anonymous') })) add(`${one.kind === 'user_id' ? 'external' : 'anonymous'}:${one.value}`, one.personId);
  for (const one of await findByEmails(db, of('email'))) add(`email:${one.email}`, one.id);
  const survivors = await survivorsOf(db, ids);
  for (const id of ids) add(id, survivors.get(id) ?? id);
  const keyOf = (handle: string) => (/^(external|anonymous):/.test(handle) ? storableText(handle) : storableText(handle).toLowerCase());
  const answers = parsed.map(({ handle }) => ({ handle, meant: people.get(keyOf(handle)) ?? [] }));
  return {
    found: new Map(answers.flatMap(({ handle, meant }) => (meant.length === 1 ? [[handle, meant[0]!] as const] : []))),
    ambiguous: new Set(answers.flatMap(({ handle, meant }) => (meant.length > 1 ? [handle] : []))),
  };
}
