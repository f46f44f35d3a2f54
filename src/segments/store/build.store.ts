import type { SegmentNode } from '../../contract/segment.js';
import { exists, row, rows, type Db } from '../../platform/database/db.js';

/** `isFirst`: nobody can have used the segment with another meaning. */
export interface BuildRow { segmentId: string; definition: SegmentNode; cursor: string | null; announces: boolean; isFirst: boolean }

/** Whether anything is being built, or will be. */
export const hasBuild = (db: Db): Promise<boolean> => exists(db, 'select from segment_build');

/** The build asked for longest ago, held until the transaction ends; one that is to wait is asked for at a moment to come. */
export function oldestBuild(tx: Db, now: Date): Promise<BuildRow | null> {
  return row<BuildRow>(tx, `
    select b.segment_id as "segmentId", b.definition, b.cursor, b.announces, s.state = 'building' and s.definition = b.definition as "isFirst"
      from segment_build as b join segment as s on s.id = b.segment_id where b.requested_at <= $1::timestamptz order by b.requested_at, b.segment_id limit 1 for update of b`, [now]);
}

/** Counts the work of a build and starts following the clock for it; a build that has begun is left as it is. */
export async function beginBuild(tx: Db, segmentId: string, now: Date, timeZone: string): Promise<void> {
  await rows(tx, `
    update segment_build as b set people_total = (select count(*)::int from person as p), evaluated_to = $2::timestamptz, time_zone = $3
     where b.segment_id = $1 and b.evaluated_to is null`, [segmentId, now, timeZone]);
}

export async function peopleAfter(tx: Db, cursor: string | null, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(tx, 'select p.id from person as p where $1::uuid is null or p.id > $1::uuid order by p.id limit $2', [cursor, limit]);
  return found.map(({ id }) => id);
}

export async function advanceBuild(tx: Db, segmentId: string, cursor: string, people: number): Promise<void> {
  await rows(tx, 'update segment_build as b set cursor = $2, people_done = b.people_done + $3 where b.segment_id = $1', [segmentId, cursor, people]);
}

const FLIPS_A_ROW = 5_000;

/**
 * Makes a build's result the membership, in one statement: the differences become members, flips, and (when the build
 * announces) settled rows. Returns how many people flipped.
 */
export async function adoptBuild(tx: Db, segmentId: string, announces: boolean, now: Date): Promise<number> {
  // A million rows at once may take longer than a question ever should.
  await rows(tx, 'set local statement_timeout = 0');
  const found = await row<{ entered: number; gone: number }>(tx, `
    with entered as (
      insert into segment_member (segment_id, person_id, since)
      select b.segment_id, b.person_id, $2::timestamptz from segment_build_member as b where b.segment_id = $1
      on conflict (segment_id, person_id) do nothing returning person_id),
    gone as (
      delete from segment_member as m where m.segment_id = $1
         and not exists (select 1 from segment_build_member as b where b.segment_id = $1 and b.person_id = m.person_id) returning m.person_id),
    flip as (
      select e.person_id, true as entered from entered as e union all select g.person_id, false from gone as g),
    noted as (
      insert into membership_change (segment_id, person_id, entered, at, cause, recorded_at)
      select $1, f.person_id, f.entered, $2::timestamptz, 'build', $2::timestamptz from flip as f),
    numbered as (select f.person_id, f.entered, (row_number() over (order by f.person_id) - 1) / ${FLIPS_A_ROW} as part from flip as f where $3::boolean),
    settled as (
      insert into settled_change (kind, at, person_ids, flip_segments, flip_persons, flip_entered, flip_at)
      select 'flips', $2::timestamptz, array_agg(n.person_id), array_agg($1::uuid), array_agg(n.person_id), array_agg(n.entered), array_agg($2::timestamptz) from numbered as n group by n.part)
    select count(*) filter (where f.entered)::int as entered, count(*) filter (where not f.entered)::int as gone from flip as f`, [segmentId, now, announces]);
  await rows(tx, `
    update segment as s set state = 'live', definition = b.definition, revision = b.revision, evaluated_to = $2::timestamptz, evaluated_person = null, updated_at = $2::timestamptz,
           problem = null, stalled_at = null, stalls = case when s.revision = b.revision then s.stalls else 0 end, time_zone = b.time_zone, member_count = s.member_count + $3::int
      from segment_build as b where s.id = $1 and b.segment_id = s.id`, [segmentId, now, found!.entered - found!.gone]);
  await dropBuild(tx, segmentId);
  return found!.entered + found!.gone;
}

/** Announces those whom an adopted build let in, as changes to people whose conversions are kept in this segment. */
export async function announceAdopted(tx: Db, segmentId: string, now: Date): Promise<void> {
  await rows(tx, `
    insert into person_change (kind, at, person_ids, other_keys)
    select 'changed', $2::timestamptz, array_agg(c.person_id), array['membership:' || $1::uuid]
      from (select m.person_id, (row_number() over (order by m.id) - 1) / ${FLIPS_A_ROW} as part
              from membership_change as m where m.segment_id = $1 and m.at = $2::timestamptz and m.cause = 'build' and m.entered) as c
     group by c.part order by c.part`, [segmentId, now]);
}

/** Whether a segment is being built, and whether that must go on because a segment it names means something else now; null when it is not. */
export function loadBuild(tx: Db, segmentId: string): Promise<{ renews: boolean; isEdit: boolean; live: SegmentNode; liveRevision: number } | null> {
  return row(tx, `
    select b.renews and s.state = 'live' as renews, b.definition <> s.definition as "isEdit", s.definition as live, s.revision as "liveRevision"
      from segment_build as b join segment as s on s.id = b.segment_id where b.segment_id = $1 for update of b`, [segmentId]);
}

/** Memberships and builds that were made with another zone of the workspace than it has now. */
export function builtInAnotherZone(tx: Db, timeZone: string): Promise<{ id: string; definition: SegmentNode; revision: number; announces: boolean }[]> {
  return rows(tx, `
    select s.id, coalesce(b.definition, s.definition) as definition, coalesce(b.revision, s.revision) as revision, coalesce(b.announces, true) as announces
      from segment as s left join segment_build as b on b.segment_id = s.id
     where s.state <> 'archived' and ((s.state = 'live' and b.segment_id is null and s.time_zone <> $1) or b.time_zone <> $1) order by s.id`, [timeZone]);
}

/** Notes that the zone makes no difference to these. */
export async function holdInZone(tx: Db, ids: readonly string[], timeZone: string): Promise<void> {
  await rows(tx, 'update segment as s set time_zone = $2 where s.id = any($1::uuid[])', [ids, timeZone]);
  await rows(tx, 'update segment_build as b set time_zone = $2 where b.segment_id = any($1::uuid[]) and b.time_zone is not null', [ids, timeZone]);
}

/** Forgets a build and everything it collected. */
export async function dropBuild(tx: Db, segmentId: string): Promise<boolean> {
  await rows(tx, 'delete from segment_build_member as m where m.segment_id = $1', [segmentId]);
  return (await rows(tx, 'delete from segment_build as b where b.segment_id = $1 returning b.segment_id', [segmentId])).length > 0;
}

/** A first build that failed leaves the segment failed; a later one leaves it as it was, with the reason. */
export async function failBuild(tx: Db, segmentId: string, problem: string): Promise<void> {
  await rows(tx, `update segment as s set state = case when s.state = 'building' then 'failed' else s.state end, problem = $2 where s.id = $1`, [segmentId, problem]);
  await dropBuild(tx, segmentId);
}

/** Segments whose live or coming definition names this segment or list. */
export function loadDependents(db: Db, id: string): Promise<{ id: string; name: string; definition: SegmentNode; revision: number; purpose: string; announces: boolean }[]> {
  return rows(db, `
    select s.id, s.name, coalesce(b.definition, s.definition) as definition, coalesce(b.revision, s.revision) as revision, s.purpose, coalesce(b.announces, true) as announces
      from segment as s left join segment_build as b on b.segment_id = s.id
     where s.state <> 'archived' and s.id <> $1
       and (jsonb_path_exists(s.definition, '$.** ? (@.segmentId == $id || @.listId == $id)', jsonb_build_object('id', $1::text))
         or jsonb_path_exists(b.definition, '$.** ? (@.segmentId == $id || @.listId == $id)', jsonb_build_object('id', $1::text)))`, [id]);
}
