import { rows, type Db } from './db.js';

/** How the tables would lie on the nodes of a Citus cluster, and what stands in the way. */
export interface Distribution {
  /** Tables spread by the person they are of. */
  spread: string[];
  /** Tables that are whole on every node. */
  whole: string[];
  /** The statements, in their order. */
  statements: string[];
  /** Why it can not be done to this schema as it is, a sentence each. */
  obstacles: string[];
}

interface Table { name: string; isSpread: boolean; looseKeys: string[]; triggers: number }

/** The table of people is spread by its own key. */
const PERSON = 'person';
const FACTS = `
  with known as (
    select c.oid, c.relname, case when c.relname = '${PERSON}' then 'id' else 'person_id' end as key
      from pg_class as c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition)
  select t.relname as name,
         exists (select from pg_attribute as a where a.attrelid = t.oid and a.attname = t.key and a.attnotnull and not a.attisdropped) as "isSpread",
         array(select i.indexrelid::regclass::text from pg_index as i
                where i.indrelid = t.oid and i.indisunique
                  and not exists (select from unnest(i.indkey::int[]) as k (n) join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.n where a.attname = t.key) order by 1) as "looseKeys",
         (select count(*)::int from pg_trigger as g where g.tgrelid = t.oid and not g.tgisinternal) as triggers
    from known as t order by t.relname`;

/** Reads from the catalogue how the tables of this schema would be spread by person (Citus: `create_distributed_table`, `create_reference_table`). Changes nothing. */
export async function distributionOf(db: Db): Promise<Distribution> {
  const tables = await rows<Table>(db, FACTS);
  const spread = tables.filter(({ isSpread }) => isSpread);
  const whole = tables.filter(({ isSpread }) => !isSpread);
  const named = (list: readonly Table[]) => list.map(({ name }) => name);
  return {
    spread: named(spread),
    whole: named(whole),
    statements: [
      ...named(whole).map((name) => `select create_reference_table('${name}')`),
      `select create_distributed_table('${PERSON}', 'id')`,
      ...named(spread).filter((name) => name !== PERSON).map((name) => `select create_distributed_table('${name}', 'person_id', colocate_with => '${PERSON}')`),
    ],
    obstacles: spread.flatMap(({ name, looseKeys, triggers }) => [
      ...looseKeys.map((key) => `${name}: the unique index ${key} does not contain the person, so no node could keep it alone`),
      ...(triggers > 0 ? [`${name}: has triggers of its own (${triggers}), which Citus runs on shards only with citus.enable_unsafe_triggers`] : []),
    ]),
  };
}
