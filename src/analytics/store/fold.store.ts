import { row, type Db } from '../../platform/database/db.js';

/** People whom marks put together at once may name: a statement of seconds, and what sorts them stays off the disk of a small machine for most. */
const AT_ONCE = 2_000_000;
/** People whom one folded mark names. */
const NAMED = 2_000;

/**
 * Puts the waiting marks together when they name more people than a round counts: somebody whom thirty marks name is counted once and not
 * thirty times. What was put together is worked off before more is, so nobody waits for longer than that. A mark is only ever deleted in the
 * statement that says anew whom it meant, in the snapshot that saw it: whatever its transaction wrote is seen as well.
 *
 * @param people so many are counted in a round
 * @param except campaigns whose marks stay as they are
 * @returns `made`: folded just now, by a statement of seconds that should be committed before anybody is counted; `kept`: what was folded before is to be worked off
 */
export async function foldMarks(tx: Db, people: number, except: readonly string[]): Promise<'made' | 'kept' | 'none'> {
  const waits = (await row<{ folded: boolean; loose: number }>(tx, `
    select exists (select from result_mark as m where m.folded and m.campaign_id <> all($1::uuid[])) as folded,
           coalesce((select sum(m.people) from result_mark as m where not m.folded and (m.campaign_id is null or m.campaign_id <> all($1::uuid[]))), 0)::float8 as loose`, [except]))!;
  if (waits.folded || waits.loose <= people) return waits.folded ? 'kept' : 'none';
  await row(tx, `
    with summed as materialized (
      select m.id, sum(m.people) over (order by m.id) - m.people as before from result_mark as m where not m.folded and (m.campaign_id is null or m.campaign_id <> all($1::uuid[]))),
    taken as (delete from result_mark as m using summed as s where m.id = s.id and s.before < ${AT_ONCE} returning m.campaign_id, m.person_ids, m.delivery_ids, m.reads),
    loose as materialized (select t.* from taken as t),
    named as materialized (select distinct l.campaign_id, l.reads, u.id as person_id from loose as l cross join lateral unnest(l.person_ids) as u (id)),
    reading as materialized (
      select n.reads, r.campaign_id from (select distinct l.reads from loose as l where l.campaign_id is null and l.reads is not null) as n join result_reads as r on r.reads && n.reads group by n.reads, r.campaign_id),
    meant as materialized (
      select n.campaign_id, n.person_id from named as n where n.campaign_id is not null
      union
      select d.campaign_id, d.person_id from (select distinct u.id from loose as l cross join lateral unnest(l.delivery_ids) as u (id)) as u join delivery as d on d.id = u.id
      union
      select p.campaign_id, p.person_id from named as n join result_person as p on p.person_id = n.person_id where n.campaign_id is null and n.reads is null
      union
      select p.campaign_id, p.person_id from named as n join reading as g on g.reads = n.reads join result_person as p on p.person_id = n.person_id and p.campaign_id = g.campaign_id where n.campaign_id is null),
    placed as (select m.campaign_id, m.person_id, (row_number() over (partition by m.campaign_id order by m.person_id) - 1) / ${NAMED} as part from meant as m),
    -- Of campaigns marked without anybody the goals are to be looked at.
    looked as (select distinct l.campaign_id from loose as l where l.campaign_id is not null and l.campaign_id not in (select m.campaign_id from meant as m))
    insert into result_mark (campaign_id, person_ids, people, folded)
    select p.campaign_id, array_agg(p.person_id order by p.person_id), count(*), true from placed as p group by p.campaign_id, p.part
    union all select o.campaign_id, '{}', 0, true from looked as o`, [except]);
  return 'made';
}
