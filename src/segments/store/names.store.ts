import { rows, type Db } from '../../platform/database/db.js';
import type { NamedKind, NamedThing } from '../domain/segment-file.js';

const TABLES: Record<NamedKind, string> = {
  segment: `select s.id, s.name from segment as s where s.purpose = 'shared' and s.state <> 'archived'`,
  list: 'select l.id, l.name from list as l where l.archived_at is null',
  campaign: `select c.id, c.name from campaign as c where c.state <> 'archived'`,
};

export interface NamedId extends NamedThing { id: string }

/** Everything that can be named, by its name in small letters. */
export async function findNamed(db: Db, things: readonly NamedThing[]): Promise<NamedId[]> {
  const found: NamedId[] = [];
  for (const [kind, table] of Object.entries(TABLES) as [NamedKind, string][]) {
    const names = [...new Set(things.filter((thing) => thing.kind === kind).map(({ name }) => name))];
    if (names.length === 0) continue;
    const some = await rows<{ id: string; name: string }>(db, `select t.id, t.name from (${table}) as t where lower(t.name) in (select lower(n.name) from unnest($1::text[]) as n (name)) order by t.id`, [names]);
    found.push(...some.map((one) => ({ kind, ...one })));
  }
  return found;
}

/** The name of each of these, unless another of its kind has it too. */
export async function findUniqueNames(db: Db, things: readonly { kind: NamedKind; id: string }[]): Promise<NamedId[]> {
  const found: NamedId[] = [];
  for (const [kind, table] of Object.entries(TABLES) as [NamedKind, string][]) {
    const ids = [...new Set(things.filter((thing) => thing.kind === kind).map(({ id }) => id))];
    if (ids.length === 0) continue;
    const some = await rows<{ id: string; name: string }>(db, `
      select t.id, t.name from (${table}) as t
       where t.id = any($1::uuid[]) and not exists (select 1 from (${table}) as o where lower(o.name) = lower(t.name) and o.id <> t.id)`, [ids]);
    found.push(...some.map((one) => ({ kind, ...one })));
  }
  return found;
}
