import { keyOf } from '../../kernel/ids.js';
import { REQUEST_ERASURES } from '../features/store/merge-requests.js';
import type { IdentityKey } from '../domain/identity-plan.js';
import { row, rows, type Db } from '../../platform/database/db.js';

export interface Removed { events: number; attributeHistory: number; identities: number; tags: number; lists: number; rejectedEvents: number }

/** An id shorter than this is in rows that do not mean it; rejected rows go by themselves after 30 days. */
const LEAST_TOLD = 5;

/** What proves later that an id was erased without keeping the id: the key of `kind:value`. */
export const identityHash = (kind: 'user_id' | 'anonymous_id' | 'email', value: string): string => keyOf(`${kind}:${value}`);

/** Those of the ids that were an erased person's and are nobody's now. */
export function findErased(db: Db, ids: readonly IdentityKey[]): Promise<IdentityKey[]> {
  return rows<IdentityKey>(db, `
    select w.kind, w.value from unnest($1::text[], $2::text[], $3::text[]) as w (kind, value, hash)
     where exists (select 1 from erased_person as e where e.identity_hashes @> array[w.hash])
       and not exists (select 1 from person_identity as i where i.kind = w.kind and i.value = w.value)`,
    [ids.map(({ kind }) => kind), ids.map(({ value }) => value), ids.map(({ kind, value }) => identityHash(kind, value))]);
}

export const anybodyErased = async (db: Db): Promise<boolean> => (await row(db, 'select 1 from erased_person as e limit 1')) !== null;

/**
 * Removes a person and all that was known, and leaves only hashes of their ids. Null when there is no such person (any more).
 * The person is locked first, so events that arrive meanwhile wait and then belong to somebody new.
 */
export async function erasePerson(tx: Db, id: string, now: Date): Promise<Removed | null> {
  const person = await row<{ email: string | null }>(tx, 'select p.email from person as p where p.id = $1::uuid for update', [id]);
  if (!person) return null;
  const identities = await rows<{ kind: 'user_id' | 'anonymous_id'; value: string }>(tx, 'delete from person_identity as i where i.person_id = $1::uuid returning i.kind, i.value', [id]);
  const merged = await rows<{ fromId: string }>(tx, 'delete from person_merge as m where m.into_id = $1::uuid returning m.from_id as "fromId"', [id]);
  const hashes = identities.map(({ kind, value }) => identityHash(kind, value));
  if (person.email) hashes.push(identityHash('email', person.email.toLowerCase()));
  await rows(tx, 'insert into erased_person (person_id, identity_hashes, at) select e.id, $2::text[], $3::timestamptz from unnest($1::uuid[]) as e (id)', [[id, ...merged.map((one) => one.fromId)], hashes, now]);
  const removed: Removed = {
    events: await eraseEvents(tx, id),
    attributeHistory: await count(tx, 'delete from attribute_history as h where h.person_id = $1::uuid returning 1', [id]),
    identities: identities.length,
    tags: await count(tx, 'delete from person_tag as t where t.person_id = $1::uuid returning 1', [id]),
    lists: await count(tx, 'delete from list_member as l where l.person_id = $1::uuid returning 1', [id]),
    rejectedEvents: await count(tx, `
      delete from event_rejected as r
       where r.payload ->> 'userId' = any($1::text[]) or r.payload ->> 'anonymousId' = any($1::text[]) or r.payload -> 'ref' ->> 'userId' = any($1::text[]) or r.payload -> 'ref' ->> 'anonymousId' = any($1::text[])
      returning 1`, [identities.map(({ value }) => value)]),
  };
  // What other systems sent about them, as it came.
  const known = [...identities.map(({ value }) => value), ...(person.email ? [person.email] : [])];
  await rows(tx, 'delete from source_delivery as d where d.handles && $1::text[]', [person.email ? [...known, person.email.toLowerCase()] : known]);
  for (const forget of REQUEST_ERASURES) await rows(tx, forget, [id]);
  await rows(tx, 'delete from person_date as d where d.person_id = $1::uuid', [id]);
  // Somebody else claimed an id of theirs; a browser said it without a proof.
  await rows(tx, 'delete from identity_conflict as c where c.person_id = $1::uuid or c.value = any($2::text[])', [id, known]);
  await rows(tx, `update unproven_identity as u set last_user = '' where u.last_user = any($1::text[])`, [known]);
  await rows(tx, `
    delete from import_rejection as r
     where exists (select from unnest($1::text[]) as k (value) where length(k.value) >= ${LEAST_TOLD} and strpos(lower(r.raw), lower(k.value)) > 0)`, [known]);
  await rows(tx, 'delete from person as p where p.id = $1::uuid', [id]);
  await rows(tx, `insert into person_change (kind, at, person_ids) values ('deleted', $1::timestamptz, array[$2::uuid])`, [now, id]);
  return removed;
}

const count = async (tx: Db, sql: string, values: unknown[]): Promise<number> => (await row<{ n: number }>(tx, `with gone as (${sql}) select count(*)::int as n from gone`, values))!.n;

async function eraseEvents(tx: Db, id: string): Promise<number> {
  const removed = await row<{ n: number }>(tx, `
    with gone as (delete from event as e where e.person_id = $1::uuid returning e.name, e.occurred_at),
         tallied as (insert into event_tally (name, events, last_at) select g.name, -count(*), min(g.occurred_at) from gone as g group by g.name returning 1)
    select count(*)::int as n from gone`, [id]);
  return removed!.n;
}

export const wasErased = async (db: Db, id: string): Promise<boolean> => (await row(db, 'select e.person_id from erased_person as e where e.person_id = $1::uuid', [id])) !== null;
