import { row, rows, type Db } from '../../platform/database/db.js';
import type { FlipCount } from '../domain/growth.js';
import type { MaskCount } from '../domain/overlap.js';

/** How many people there are, when no more than `most`; null beyond. */
export async function countUpTo(db: Db, most: number): Promise<number | null> {
  const found = await row<{ people: number }>(db, 'select count(*)::int as people from (select 1 from person as p limit $1) as few', [most + 1]);
  return found!.people > most ? null : found!.people;
}

/** About how many people there are: the density that PostgreSQL last saw, over the size of the table now. Counted when it never looked. */
export async function estimatePeople(db: Db): Promise<number> {
  const found = await row<{ people: number | null }>(db, `
    select case when c.reltuples > 0 and c.relpages > 0 then round(c.reltuples::numeric / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::int))::int end as people
      from pg_class as c where c.oid = 'person'::regclass`);
  return found?.people ?? (await row<{ people: number }>(db, 'select count(*)::int as people from person as p'))!.people;
}

/**
 * People chosen at random, the same ones each time: those whose id ends in the smallest random digits. The last five bytes of
 * an id are random and say nothing of when it was made (kernel/ids.ts); the index `person_sample` holds a quarter of
 * everybody in that order, so that this costs the same however many people there are.
 */
export async function samplePersonIds(db: Db, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select p.id from person as p where get_byte(uuid_send(p.id), 15) < 64 order by substring(uuid_send(p.id) from 12) limit $1`, [limit]);
  return found.map(({ id }) => id);
}

/** The ids of all people. */
export async function everybody(db: Db): Promise<string[]> {
  return (await rows<{ id: string }>(db, 'select p.id from person as p')).map(({ id }) => id);
}

/** Members of these segments by the set of them they are in. */
export function countMasks(db: Db, ids: readonly string[]): Promise<MaskCount[]> {
  return rows<MaskCount>(db, `
    select i.mask, count(*)::int as people
      from (select bit_or(1 << (q.place - 1)::int) as mask
              from unnest($1::uuid[]) with ordinality as q (id, place) join segment_member as m on m.segment_id = q.id
             group by m.person_id) as i
     group by i.mask`, [ids]);
}

/** Flips since the first of `edges` by span, cause and direction; those since the last edge are one span more. */
export function countFlips(db: Db, segmentId: string, edges: readonly Date[]): Promise<FlipCount[]> {
  return rows<FlipCount>(db, `
    select width_bucket(c.at, $2::timestamptz[]) as bucket, c.cause, c.entered, count(*)::int as people
      from membership_change as c where c.segment_id = $1 and c.at >= $3::timestamptz
     group by 1, 2, 3`, [segmentId, edges, edges[0]]);
}

export interface PersonSegment { id: string; name: string; since: Date }

/** The live shared segments somebody is in, in order of their ids. */
export function loadSegmentsOf(db: Db, personId: string, after: string | null, limit: number): Promise<PersonSegment[]> {
  return rows<PersonSegment>(db, `
    select s.id, s.name, m.since from segment_member as m join segment as s on s.id = m.segment_id
     where m.person_id = $1 and s.purpose = 'shared' and s.state = 'live' and ($2::uuid is null or s.id > $2::uuid)
     order by s.id limit $3`, [personId, after, limit]);
}
