import { rows, type Db } from '../../platform/database/db.js';
import { freeKey, keyOfName } from '../domain/key-of-name.js';
import type { KeyedKind } from '../domain/kinds.js';

/** Everything that can be named, oldest first. A stopped or archived campaign, and a holdout that ended, keep their keys, so that files never make another in their place. */
const THINGS = `
  select 'segment' as kind, s.id, s.name, s.created_at as at from segment as s where s.purpose = 'shared' and s.state <> 'archived'
  union all select 'list', l.id, l.name, l.created_at from list as l where l.archived_at is null
  union all select 'campaign', c.id, c.name, c.created_at from campaign as c
  union all select 'holdout', h.id, h.name, h.since from holdout as h
  union all select 'endpoint', e.id, e.name, e.created_at from webhook_endpoint as e`;

/** Holds the keys until the transaction ends, so that nobody gives the same one twice. */
export async function lockFileKeys(tx: Db): Promise<void> {
  await rows(tx, 'select pg_advisory_xact_lock(7305052)');
}

/** Gives a key to everything that has none, by its name, and takes those of what is gone. Hold the keys. */
export async function giveFileKeys(tx: Db): Promise<void> {
  await rows(tx, `delete from file_key as k where not exists (select from (${THINGS}) as t where t.kind = k.kind and t.id = k.id)`);
  const without = await rows<{ kind: KeyedKind; id: string; name: string }>(tx, `
    select t.kind, t.id, t.name from (${THINGS}) as t where not exists (select from file_key as k where k.kind = t.kind and k.id = t.id) order by t.kind, t.at, t.id`);
  if (without.length === 0) return;
  const taken = new Map<KeyedKind, Set<string>>();
  for (const { kind, key } of await rows<{ kind: KeyedKind; key: string }>(tx, 'select k.kind, k.key from file_key as k')) taken.set(kind, (taken.get(kind) ?? new Set()).add(key));
  const given = without.map(({ kind, id, name }) => {
    const keys = taken.get(kind) ?? new Set<string>();
    const key = freeKey(keyOfName(name, kind), keys);
    taken.set(kind, keys.add(key));
    return { kind, id, key };
  });
  await insertFileKeys(tx, given);
}

export interface FileKeyRow { kind: KeyedKind; key: string; id: string }

export async function insertFileKeys(tx: Db, keys: readonly FileKeyRow[]): Promise<void> {
  await rows(tx, `insert into file_key (kind, key, id) select n.kind, n.key, n.id from jsonb_to_recordset($1::jsonb) as n (kind text, key text, id uuid)`, [JSON.stringify(keys)]);
}

export const loadFileKeys = (db: Db): Promise<FileKeyRow[]> => rows(db, 'select k.kind, k.key, k.id from file_key as k order by k.kind, k.key');
