import { row, rows, type Db } from '../../platform/database/db.js';

export interface FieldSeen {
  key: string;
  /** JSON types seen, `date` for texts that begin like one; the most frequent first. */
  types: string[];
  /** How many of those looked at have a value. */
  having: number;
  /** The most frequent short values. */
  samples: string[];
}

/** Most fields listed, and values shown of each; the most frequent come first. */
const MOST = 500;
const SAMPLES = 8;
/** Texts are shown as far as this; values of more than so many kinds say nothing as an example, but are shown all the same. */
const LONGEST = 60;
/** Up to so many people are all looked at; of more, a random sample. */
const COUNTED = 20_000;
const SAMPLED = 4_000;
const NEWEST_EVENTS = 1_000;

/** What stands under the keys of these objects. Null and blank count as missing. */
const FIELDS = `
  typed as (
    select a.key, left(a.value #>> '{}', ${LONGEST}) as value, jsonb_typeof(a.value) in ('string', 'number', 'boolean') as plain,
           case when jsonb_typeof(a.value) <> 'string' then jsonb_typeof(a.value) when a.value #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\d($|T)' then 'date' else 'string' end as type
      from looked as l cross join lateral jsonb_each(l.data) as a
     where jsonb_typeof(a.value) <> 'null' and not (jsonb_typeof(a.value) = 'string' and a.value #>> '{}' ~ '^\\s*$')),
  kinds as (
    select k.key, array_agg(k.type order by k.having desc, k.type) as types, sum(k.having)::int as having
      from (select t.key, t.type, count(*) as having from typed as t group by t.key, t.type) as k group by k.key),
  ranked as (
    select v.key, v.value, row_number() over (partition by v.key order by v.people desc, v.value) as place
      from (select t.key, t.value, count(*) as people from typed as t where t.plain group by t.key, t.value) as v)
  select k.key, k.types, k.having, coalesce((select array_agg(r.value order by r.place) from ranked as r where r.key = k.key and r.place <= ${SAMPLES}), '{}') as samples
    from kinds as k order by k.having desc, k.key limit ${MOST}`;

const count = async (db: Db, looked: string, values: unknown[] = []): Promise<number> => (await row<{ n: number }>(db, `select count(*)::int as n from (${looked}) as l`, values))!.n;

/** The attributes people have. Of very many people a random sample is read, the one of `person_sample`. */
export async function seenAttributes(db: Db): Promise<{ looked: number; fields: FieldSeen[] }> {
  const few = (await count(db, `select 1 from person as p limit ${COUNTED + 1}`)) <= COUNTED;
  const looked = `select p.attributes as data from person as p ${few ? '' : `where get_byte(uuid_send(p.id), 15) < 64 order by substring(uuid_send(p.id) from 12) limit ${SAMPLED}`}`;
  return { looked: await count(db, looked), fields: await rows<FieldSeen>(db, `with looked as materialized (${looked}), ${FIELDS}`) };
}

/** The properties of the newest events of this name. */
export async function seenProperties(db: Db, event: string): Promise<{ looked: number; fields: FieldSeen[] }> {
  const looked = `select e.properties as data from event as e where e.name = $1 order by e.occurred_at desc limit ${NEWEST_EVENTS}`;
  return { looked: await count(db, looked, [event]), fields: await rows<FieldSeen>(db, `with looked as materialized (${looked}), ${FIELDS}`, [event]) };
}

/** The tags people have, in order; found one after another by the index, so that it does not matter how many people have each. */
export async function seenTags(db: Db): Promise<string[]> {
  const found = await rows<{ tag: string }>(db, `
    with recursive seen (tag) as (
      (select t.tag from person_tag as t order by t.tag limit 1)
      union all
      select (select t.tag from person_tag as t where t.tag > s.tag order by t.tag limit 1) from seen as s where s.tag is not null)
    select s.tag from seen as s where s.tag is not null limit ${MOST}`);
  return found.map(({ tag }) => tag);
}
