import { row, rows, type Db } from '../../../platform/database/db.js';
import { listKey } from '../../domain/reserved-keys.js';
import type { WriteContext } from '../../domain/person-write.js';
import { uuids } from '../../store/arrays.js';
import { recordFacts } from '../../store/facts.store.js';
import { lockPeople } from '../../store/person.store.js';

export interface ListRow { id: string; name: string; description: string; members: number; createdBy: string; createdAt: Date; updatedAt: Date }

const SELECT = `
  select l.id, l.name, l.description, l.created_by as "createdBy", l.created_at as "createdAt", l.updated_at as "updatedAt",
         (select count(*)::int from list_member as m where m.list_id = l.id) as members
    from list as l where l.archived_at is null`;

export async function insertList(tx: Db, list: { id: string; name: string; description: string; createdBy: string }, now: Date): Promise<void> {
  await rows(tx, `
    insert into list (id, name, description, created_by, created_at, updated_at) values ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz)`, [list.id, list.name, list.description, list.createdBy, now]);
}

export const loadList = (db: Db, id: string): Promise<ListRow | null> => row<ListRow>(db, `${SELECT} and l.id = $1`, [id]);

/** Those of the lists that are in use. */
export const knownLists = async (db: Db, ids: readonly string[]): Promise<Set<string>> =>
  new Set((await rows<{ id: string }>(db, 'select l.id from list as l where l.id = any($1::uuid[]) and l.archived_at is null', [uuids(ids)])).map(({ id }) => id));

/** Newest first; ids are in order of time. */
export const listLists = (db: Db, after: string | null, limit: number): Promise<ListRow[]> =>
  rows<ListRow>(db, `${SELECT} and ($1::uuid is null or l.id < $1::uuid) order by l.id desc limit $2`, [after, limit]);

/** Locks a list that is in use; false when there is none. `share` lets others put people on it meanwhile, and keeps it from being archived. */
export const lockList = async (tx: Db, id: string, mode: 'share' | 'update'): Promise<boolean> =>
  (await rows(tx, `select l.id from list as l where l.id = $1 and l.archived_at is null for ${mode}`, [id])).length > 0;

export async function changeList(tx: Db, id: string, change: { name?: string; description?: string }, now: Date): Promise<void> {
  await rows(tx, `
    update list as l set name = coalesce($2, l.name), description = coalesce($3, l.description), updated_at = $4::timestamptz where l.id = $1`, [id, change.name ?? null, change.description ?? null, now]);
}

/** The list is found no more; who was on it stays known. */
export async function archiveList(tx: Db, id: string, now: Date): Promise<void> {
  await rows(tx, 'update list as l set archived_at = $2::timestamptz, updated_at = $2::timestamptz where l.id = $1', [id, now]);
}

/** Puts people on a list; answers who is there, and who of them was not on it before. People who are gone are left out. */
export async function addMembers(tx: Db, listId: string, personIds: readonly string[], context: WriteContext): Promise<{ there: string[]; added: string[] }> {
  const there = await lockPeople(tx, personIds);
  const added = await rows<{ id: string }>(tx, `
    insert into list_member (list_id, person_id, added_at) select $1, p.id, $3::timestamptz from unnest($2::uuid[]) as p (id)
    on conflict (list_id, person_id) do nothing returning person_id as id`, [listId, uuids(there), context.now]);
  await recordFacts(tx, added.map(({ id }) => ({ personId: id, key: listKey(listId), value: true })), context);
  return { there, added: added.map(({ id }) => id) };
}

/** Takes people off a list; answers who is there, and who of them was on it. */
export async function removeMembers(tx: Db, listId: string, personIds: readonly string[], context: WriteContext): Promise<{ there: string[]; removed: string[] }> {
  const there = await lockPeople(tx, personIds);
  const removed = await rows<{ id: string }>(tx, `
    delete from list_member as m where m.list_id = $1 and m.person_id = any($2::uuid[]) returning m.person_id as id`, [listId, uuids(there)]);
  await recordFacts(tx, removed.map(({ id }) => ({ personId: id, key: listKey(listId), value: null })), context);
  return { there, removed: removed.map(({ id }) => id) };
}

export interface ListMember { id: string; externalId: string | null; kind: string; email: string | null; name: string | null; addedAt: Date }

/** A page of who is on a list, in order of person id. */
export const listMembers = (db: Db, listId: string, after: string | null, limit: number): Promise<ListMember[]> =>
  rows<ListMember>(db, `
    select p.id, p.external_id as "externalId", p.kind, p.email, p.attributes ->> 'name' as name, m.added_at as "addedAt"
      from list_member as m join person as p on p.id = m.person_id
     where m.list_id = $1 and ($2::uuid is null or m.person_id > $2::uuid) order by m.person_id limit $3`, [listId, after, limit]);
