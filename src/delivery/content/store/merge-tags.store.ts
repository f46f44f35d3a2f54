import { row, rows, type Db } from '../../../platform/database/db.js';

export interface SeenValue {
  /** Keys from the outside in: `["address", "city"]`. */
  keys: string[];
  /** JSON types seen, `date` for texts that begin like one; the most frequent first. */
  types: string[];
  /** How many of those looked at have a value there. */
  having: number;
}

/** Most keys listed; the most frequent come first. */
const MOST = 1_000;

/** Every key of these objects and of objects inside them, with what was seen there. Null and blank count as missing. */
const VALUES = `
  flat as (select array[a.key] as keys, a.value from looked as l cross join lateral jsonb_each(l.data) as a),
  nested as (
    select f.keys || b.key as keys, b.value from flat as f cross join lateral jsonb_each(case jsonb_typeof(f.value) when 'object' then f.value else '{}' end) as b),
  typed as (
    select v.keys, case when jsonb_typeof(v.value) <> 'string' then jsonb_typeof(v.value) when v.value #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\d($|T)' then 'date' else 'string' end as type
      from (select * from flat union all select * from nested) as v
     where jsonb_typeof(v.value) <> 'null' and not (jsonb_typeof(v.value) = 'string' and v.value #>> '{}' ~ '^\\s*$')),
  counted as (select t.keys, t.type, count(*)::int as having from typed as t group by t.keys, t.type)
  select c.keys, array_agg(c.type order by c.having desc, c.type) as types, sum(c.having)::int as having from counted as c
   group by c.keys order by sum(c.having) desc, c.keys limit ${MOST}`;

/** Up to so many people are all looked at; of more, a random sample. */
const COUNTED = 20_000;
const SAMPLED = 4_000;

export interface SeenPeople {
  looked: number;
  /** Everybody was looked at. */
  isExact: boolean;
  attributes: SeenValue[];
  /** How many have each of the fields that are no attributes. */
  fields: { externalId: number; email: number; timeZone: number; language: number };
}

/** What people have. The sample is the one of `person_sample`: people whose id ends in the smallest random digits. */
export async function seenOfPeople(db: Db): Promise<SeenPeople> {
  const few = (await row<{ people: number }>(db, 'select count(*)::int as people from (select 1 from person as p limit $1) as few', [COUNTED + 1]))!.people <= COUNTED;
  const looked = few ? 'select p.* from person as p' : `select p.* from person as p where get_byte(uuid_send(p.id), 15) < 64 order by substring(uuid_send(p.id) from 12) limit ${SAMPLED}`;
  const attributes = await rows<SeenValue>(db, `with looked as materialized (select q.attributes as data from (${looked}) as q), ${VALUES}`);
  const counts = (await row<SeenPeople['fields'] & { looked: number }>(db, `
    select count(*)::int as looked, count(nullif(q.external_id, ''))::int as "externalId", count(nullif(q.email, ''))::int as email, count(q.time_zone)::int as "timeZone", count(q.language)::int as language
      from (${looked}) as q`))!;
  const { looked: people, ...fields } = counts;
  return { looked: people, isExact: few, attributes, fields };
}

const NEWEST_EVENTS = 1_000;

/** Properties of the newest events of this name. */
export async function seenOfEvents(db: Db, name: string): Promise<{ looked: number; properties: SeenValue[] }> {
  const looked = `select e.properties as data from event as e where e.name = $1 order by e.occurred_at desc limit ${NEWEST_EVENTS}`;
  const properties = await rows<SeenValue>(db, `with looked as materialized (${looked}), ${VALUES}`, [name]);
  return { looked: (await row<{ n: number }>(db, `select count(*)::int as n from (${looked}) as l`, [name]))!.n, properties };
}
