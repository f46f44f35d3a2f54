import type { SegmentNode } from '../../contract/segment.js';
import { exists, row, rows, type Db } from '../../platform/database/db.js';
import type { Followed } from '../domain/edges.js';

const EVALUATOR_LOCK = 7_305_002;
const WAIT_MS = 2_000;
/** No statement of an evaluator runs longer. */
export const STATEMENT_MS = 60_000;
const FLIPS_A_ROW = 5_000;

/**
 * Makes this transaction the one evaluator of the whole installation until it ends. Waits its turn for up to two seconds;
 * false when another kept it longer (docs/decisions/one-membership-evaluator.md). A false answer has ended the transaction.
 */
export async function becomeEvaluator(tx: Db): Promise<boolean> {
  await rows(tx, `select set_config('lock_timeout', $1, true)`, [String(WAIT_MS)]);
  try {
    await rows(tx, 'select pg_advisory_xact_lock($1)', [EVALUATOR_LOCK]);
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return false;
    throw error;
  }
  await rows(tx, `select set_config('lock_timeout', '0', true), set_config('statement_timeout', $1, true)`, [String(STATEMENT_MS)]);
  return true;
}

export interface MaintainedRow { id: string; stamp: string; followed: Followed; build: boolean }

/** Every membership that is kept: live segments that can be evaluated, and builds under way (from their first page on). */
export async function loadMaintained(db: Db): Promise<MaintainedRow[]> {
  const found = await rows<Omit<MaintainedRow, 'followed'> & { at: string; person: string | null }>(db, `
    select s.id, s.revision || ' ' || s.updated_at as stamp, s.evaluated_to::text as at, s.evaluated_person as person, false as build
      from segment as s where s.state = 'live' and s.stalled_at is null and s.evaluated_to is not null
    union all
    select b.segment_id, b.revision || ' ' || b.requested_at, b.evaluated_to::text, b.evaluated_person, true from segment_build as b where b.evaluated_to is not null
    order by 1, 5`);
  return found.map(({ id, stamp, at, person, build }) => ({ id, stamp, build, followed: { at, personId: person } }));
}

/** Definitions by id: the live ones, or those that builds are on their way to. */
export async function loadDefinitions(db: Db, ids: readonly string[], builds: readonly string[]): Promise<{ id: string; build: boolean; definition: SegmentNode }[]> {
  return rows(db, `
    select s.id, false as build, s.definition from segment as s where s.id = any($1::uuid[])
    union all
    select b.segment_id, true, b.definition from segment_build as b where b.segment_id = any($2::uuid[])`, [ids, builds]);
}

export interface Change {
  id: string;
  kind: 'changed' | 'merged' | 'deleted';
  personIds: string[];
  /** What changed, as `attribute:plan`, `event:login`, `tag:vip` …. */
  keys: string[];
  mergedInto: string | null;
}

/** Whether anything changed that nobody has followed. */
export const hasChanges = (db: Db): Promise<boolean> => exists(db, 'select from person_change');

/** The oldest unprocessed changes: at most `limit` rows naming together about `people` people, and always one. */
export function claimChanges(tx: Db, limit: number, people: number): Promise<Change[]> {
  return rows<Change>(tx, `
    select c.id, c.kind, c.person_ids as "personIds", c.merged_into as "mergedInto",
           array(select 'attribute:' || a.key from unnest(c.attribute_keys) as a (key) union all select 'event:' || e.name from unnest(c.event_names) as e (name) union all select 'tag:' || t.tag from unnest(c.tags) as t (tag)) || c.other_keys as keys
      from (select o.*, sum(cardinality(o.person_ids)) over (order by o.id) - cardinality(o.person_ids) as before
              from (select q.* from person_change as q order by q.id limit $1) as o) as c
     where c.before < $2 order by c.id`, [limit, people]);
}

/**
 * Which of these segments these people are members of, as `segment person` keys. Person by person: asked for all pairs at once,
 * PostgreSQL goes through the people once a segment (2,000 people and 30 segments: 95 ms, so 12).
 */
export async function loadMemberships(db: Db, segmentIds: readonly string[], personIds: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ segment_id: string; person_id: string }>(db, `
    select m.segment_id, m.person_id
      from unnest($2::uuid[]) as asked (id)
     cross join lateral (select s.segment_id, s.person_id from segment_member as s where s.person_id = asked.id offset 0) as m
     where m.segment_id = any($1::uuid[])`, [segmentIds, personIds]);
  return new Set(found.map((member) => `${member.segment_id} ${member.person_id}`));
}

/** Everything these people are members of. */
export function loadMembershipsOf(db: Db, personIds: readonly string[]): Promise<{ segmentId: string; personId: string }[]> {
  return rows(db, `select m.segment_id as "segmentId", m.person_id as "personId" from segment_member as m where m.person_id = any($1::uuid[])`, [personIds]);
}

export interface Flip {
  segmentId: string;
  personId: string;
  entered: boolean;
  /** ISO text; boundaries keep microseconds. */
  at: string;
  cause: 'change' | 'clock' | 'merge' | 'erase';
  /** The change whose settled row carries the flip; null for the clock's. */
  changeId: string | null;
}

/** Writes flips, given in order of time for each person: the state they end in, and each one as a row. */
export async function writeFlips(tx: Db, flips: readonly Flip[], now: Date): Promise<void> {
  if (flips.length === 0) return;
  const last = new Map<string, Flip>();
  for (const flip of flips) last.set(`${flip.segmentId} ${flip.personId}`, flip);
  const entered = [...last.values()].filter((flip) => flip.entered);
  const left = [...last.values()].filter((flip) => !flip.entered);
  // The count moves by what really changed, in the same statement, so that it is always the number of rows.
  await rows(tx, `
    with entered as (
      insert into segment_member (segment_id, person_id, since) select f.segment_id, f.person_id, f.at from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as f (segment_id, person_id, at)
      on conflict (segment_id, person_id) do nothing returning segment_id),
    gone as (
      delete from segment_member as m using unnest($4::uuid[], $5::uuid[]) as f (segment_id, person_id) where m.segment_id = f.segment_id and m.person_id = f.person_id returning m.segment_id)
    update segment as s set member_count = s.member_count + moved.by
      from (select n.segment_id, sum(n.by)::int as by from (select e.segment_id, 1 as by from entered as e union all select g.segment_id, -1 from gone as g) as n group by n.segment_id) as moved
     where s.id = moved.segment_id and moved.by <> 0`,
    [entered.map((f) => f.segmentId), entered.map((f) => f.personId), entered.map((f) => f.at), left.map((f) => f.segmentId), left.map((f) => f.personId)]);
  await rows(tx, `
    insert into membership_change (segment_id, person_id, entered, at, cause, recorded_at)
    select f.segment_id, f.person_id, f.entered, f.at, f.cause, $6::timestamptz
      from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::timestamptz[], $5::text[]) with ordinality as f (segment_id, person_id, entered, at, cause, place) order by f.place`,
    [...columns(flips), flips.map((f) => f.cause), now]);
}

const columns = (flips: readonly Flip[]) => [flips.map((f) => f.segmentId), flips.map((f) => f.personId), flips.map((f) => f.entered), flips.map((f) => f.at)];

/** Flips of the clock become settled rows of kind `flips`. */
export async function settleFlips(tx: Db, flips: readonly Flip[], now: Date): Promise<void> {
  if (flips.length === 0) return;
  await rows(tx, `
    insert into settled_change (kind, at, person_ids, flip_segments, flip_persons, flip_entered, flip_at)
    select 'flips', $5::timestamptz, array_agg(distinct f.person_id), array_agg(f.segment_id order by f.place), array_agg(f.person_id order by f.place), array_agg(f.entered order by f.place), array_agg(f.at order by f.place)
      from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::timestamptz[]) with ordinality as f (segment_id, person_id, entered, at, place)
     group by (f.place - 1) / ${FLIPS_A_ROW} order by min(f.place)`, [...columns(flips), now]);
}

/** Moves processed changes to the settled ones, each with the flips it caused. */
export async function settleChanges(tx: Db, changeIds: readonly string[], flips: readonly Flip[]): Promise<void> {
  if (changeIds.length === 0) return;
  await rows(tx, `
    with flip as (
      select f.change_id, array_agg(f.segment_id order by f.place) as segments, array_agg(f.person_id order by f.place) as persons, array_agg(f.entered order by f.place) as entered, array_agg(f.at order by f.place) as at
        from unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::timestamptz[], $6::bigint[]) with ordinality as f (segment_id, person_id, entered, at, change_id, place) group by f.change_id),
    taken as (delete from person_change as c where c.id = any($1::bigint[]) returning c.*)
    insert into settled_change (kind, at, person_ids, attribute_keys, event_names, event_ids, event_persons, merged_into, flip_segments, flip_persons, flip_entered, flip_at)
    select t.kind, t.at, t.person_ids, t.attribute_keys, t.event_names, t.event_ids, t.event_persons, t.merged_into,
           coalesce(f.segments, '{}'), coalesce(f.persons, '{}'), coalesce(f.entered, '{}'), coalesce(f.at, '{}')
      from taken as t left join flip as f on f.change_id = t.id order by t.id`, [changeIds, ...columns(flips), flips.map((f) => f.changeId)]);
}

const EVERYBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Remembers how far the clock has been followed; never moves back. */
export async function markFollowed(tx: Db, memberships: readonly { id: string; build: boolean }[], { at, personId }: Followed): Promise<void> {
  for (const build of [false, true]) {
    const ids = memberships.filter((one) => one.build === build).map(({ id }) => id);
    if (ids.length === 0) continue;
    const [table, id] = build ? ['segment_build', 'segment_id'] : ['segment', 'id'];
    await rows(tx, `
      update ${table} as s set evaluated_to = $2::timestamptz, evaluated_person = $3::uuid
       where s.${id} = any($1::uuid[]) and (s.evaluated_to is null or (s.evaluated_to, coalesce(s.evaluated_person, $4::uuid)) < ($2::timestamptz, coalesce($3::uuid, $4::uuid)))`, [ids, at, personId, EVERYBODY]);
  }
}

/** Stops keeping the membership of a live segment that cannot be evaluated, and says why; how often that happened to this definition. */
export function stallSegment(tx: Db, segmentId: string, problem: string, now: Date): Promise<{ definition: SegmentNode; revision: number; building: boolean; stalls: number } | null> {
  return row(tx, `
    update segment as s set stalled_at = $3::timestamptz, stalls = s.stalls + 1, problem = $2 where s.id = $1 and s.state = 'live'
    returning s.definition, s.revision, s.stalls, exists (select 1 from segment_build as b where b.segment_id = s.id) as building`, [segmentId, problem, now]);
}

/** Sets who of the people named belongs to a build's result. */
export async function stageMembers(tx: Db, segmentId: string, personIds: readonly string[], matching: ReadonlySet<string>): Promise<void> {
  await rows(tx, `delete from segment_build_member as m where m.segment_id = $1 and m.person_id = any($2::uuid[]) and not m.person_id = any($3::uuid[])`, [segmentId, personIds, [...matching]]);
  await rows(tx, `insert into segment_build_member (segment_id, person_id) select $1, q.id from unnest($2::uuid[]) as q (id) on conflict do nothing`, [segmentId, [...matching]]);
}

export async function unstagePeople(tx: Db, personIds: readonly string[]): Promise<void> {
  await rows(tx, `delete from segment_build_member as m where m.person_id = any($1::uuid[])`, [personIds]);
}

/** The moment furthest ahead that any membership was evaluated at: a clock set back must not undo it. */
export async function furthestEvaluated(db: Db): Promise<Date | null> {
  return (await row<{ at: Date | null }>(db, `select max(s.evaluated_to) as at from segment as s`))!.at;
}
