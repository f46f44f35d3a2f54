import type { SegmentNode } from '../../contract/segment.js';
import { notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { readEngagement } from '../../people/store/change.store.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { placedConditions } from '../domain/resolved.js';

export interface NewSegment {
  /** Given when something else already refers to it. */
  id?: string;
  name: string;
  description: string;
  purpose: 'shared' | 'campaign';
  ownerId: string | null;
  definition: SegmentNode;
  createdBy: string;
}

export interface SegmentRow {
  id: string;
  name: string;
  description: string;
  purpose: 'shared' | 'campaign';
  /** The definition last accepted; a build may still be on its way to it. */
  definition: SegmentNode;
  revision: number;
  state: 'building' | 'live' | 'failed' | 'archived';
  problem: string | null;
  createdBy: string;
  /** Who edited it last; whoever made it, as long as nobody did. */
  updatedBy: string;
  createdAt: Date;
  updatedAt: Date;
  building: boolean;
  /** It has a membership, be it that of the definition before. */
  isLive: boolean;
  peopleTotal: number | null;
  peopleDone: number | null;
  /** Kept beside the membership by whatever changes it. */
  members: number;
}

/** Stores a segment in state `building` and asks for its first build. Returns its id. */
export async function insertSegment(db: Db, segment: NewSegment, now: Date): Promise<string> {
  const id = segment.id ?? newId();
  const definition = JSON.stringify(segment.definition);
  await rows(db, `
    insert into segment (id, name, description, purpose, owner_id, definition, revision, state, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, 1, 'building', $7, $8::timestamptz, $8::timestamptz)`,
    [id, segment.name, segment.description, segment.purpose, segment.ownerId, definition, segment.createdBy, now]);
  // People must not seem to enter a shared segment because it was just made; a campaign's own segment tells its first members.
  await requestBuild(db, { id, definition: segment.definition, revision: 1, announces: segment.purpose === 'campaign' }, now);
  return id;
}

/**
 * Asks for a build towards a definition; one under way for the segment starts again from the beginning. What it reads is
 * announced from the commit on.
 *
 * `renews`: a segment that this one names means something else now, so the membership is right only after a build. That stays
 * true until one is adopted, whatever is edited meanwhile.
 */
export async function requestBuild(db: Db, build: { id: string; definition: SegmentNode; revision: number; announces: boolean; renews?: boolean }, now: Date): Promise<void> {
  if (placedConditions(build.definition).some(({ leaf }) => leaf.type === 'engagement')) await readEngagement(db);
  await rows(db, `delete from segment_build_member as m where m.segment_id = $1`, [build.id]);
  await rows(db, `
    insert into segment_build (segment_id, definition, revision, announces, requested_at, renews) values ($1, $2::jsonb, $3, $4, $5::timestamptz, $6)
    on conflict (segment_id) do update set definition = excluded.definition, revision = excluded.revision, announces = excluded.announces,
      cursor = null, people_total = null, people_done = 0, evaluated_to = null, evaluated_person = null, time_zone = null, requested_at = excluded.requested_at, renews = segment_build.renews or excluded.renews`,
    [build.id, JSON.stringify(build.definition), build.revision, build.announces, now, build.renews ?? false]);
}

/** Asks for builds of segments towards the definition they have, or are on their way to; those that were never live announce as before. */
export async function requestRebuilds(tx: Db, ids: readonly string[], now: Date): Promise<void> {
  const found = await rows<{ id: string; definition: SegmentNode; revision: number; announces: boolean }>(tx, `
    select s.id, coalesce(b.definition, s.definition) as definition, coalesce(b.revision, s.revision) as revision, coalesce(b.announces, true) as announces
      from segment as s left join segment_build as b on b.segment_id = s.id where s.id = any($1::uuid[]) order by s.id`, [ids]);
  for (const one of found) await requestBuild(tx, one, now);
}

/** Whether every one of these segments has a complete, maintained membership. */
export async function areLive(db: Db, ids: readonly string[]): Promise<boolean> {
  const found = await row<{ live: number }>(db, `select count(*)::int as live from segment as s where s.id = any($1::uuid[]) and s.state = 'live'`, [ids]);
  return found!.live === new Set(ids).size;
}

/** A page of members in order of person id; people erased a moment ago, whose leaving is still queued, are left out. */
export async function loadMembersPage(db: Db, segmentId: string, after: string | null, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select m.person_id as id from segment_member as m join person as p on p.id = m.person_id
     where m.segment_id = $1 and ($2::uuid is null or m.person_id > $2::uuid) order by m.person_id limit $3`, [segmentId, after, limit]);
  return found.map(({ id }) => id);
}

const SELECT = `
  select s.id, s.name, s.description, s.purpose, coalesce(b.definition, s.definition) as definition, coalesce(b.revision, s.revision) as revision,
         case when b.segment_id is not null and s.state <> 'archived' then 'building' else s.state end as state, s.problem, s.created_by as "createdBy", coalesce(s.updated_by, s.created_by) as "updatedBy", s.created_at as "createdAt", s.updated_at as "updatedAt",
         b.segment_id is not null as building, s.state = 'live' as "isLive", b.people_total as "peopleTotal", b.people_done as "peopleDone",
         s.member_count as members
    from segment as s left join segment_build as b on b.segment_id = s.id`;

export const loadSegment = (db: Db, id: string): Promise<SegmentRow | null> => row<SegmentRow>(db, `${SELECT} where s.id = $1`, [id]);

/** A shared segment that is not archived. @throws segment.not-found */
export async function findShared(db: Db, id: string): Promise<SegmentRow> {
  const segment = await loadSegment(db, id);
  if (!segment || segment.state === 'archived' || segment.purpose !== 'shared') throw notFound('segment', id);
  return segment;
}

/** Shared segments, newest first. @param q part of a name, letter case aside */
export function listSegments(db: Db, { after, limit, q }: { after: string | null; limit: number; q?: string | undefined }): Promise<SegmentRow[]> {
  return rows<SegmentRow>(db, `${SELECT} where s.purpose = 'shared' and s.state <> 'archived' and ($1::uuid is null or s.id < $1::uuid) and ($3::text is null or position(lower($3) in lower(s.name)) > 0) order by s.id desc limit $2`, [after, limit, q ?? null]);
}

/** Every shared segment there is, for a file of all of them. */
export const allShared = (db: Db): Promise<SegmentRow[]> => rows<SegmentRow>(db, `${SELECT} where s.purpose = 'shared' and s.state <> 'archived' order by s.id`);

const DEFINITIONS_LOCK = 7_305_004;

/**
 * Lets changes of definitions take turns until this transaction ends: two at once could name each other, or name what the
 * other archives, and neither would see it.
 */
export async function lockDefinitions(tx: Db): Promise<void> {
  await rows(tx, 'select pg_advisory_xact_lock($1)', [DEFINITIONS_LOCK]);
}

/** Whether a change failed because another segment has the name. */
export const isNameTaken = (error: unknown): boolean => {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'segment_name';
};

/** Locks a segment so that its edits take turns; false when there is none. */
export const lockSegment = async (tx: Db, id: string): Promise<boolean> => (await rows(tx, 'select s.id from segment as s where s.id = $1 for update', [id])).length > 0;

/** The revision of an edit: one that no other edit ever had, so that who read a cancelled one cannot overwrite what came after. */
export async function takeRevision(tx: Db, id: string): Promise<number> {
  return (await row<{ revision: number }>(tx, 'update segment as s set last_revision = s.last_revision + 1 where s.id = $1 returning s.last_revision as revision', [id]))!.revision;
}

/** Renames at once. The revision that editors see moves on; it lives on the build while there is one. */
export async function renameSegment(tx: Db, segment: { id: string; name: string; description: string; revision: number; by: string }, now: Date): Promise<void> {
  await rows(tx, 'update segment as s set name = $2, description = $3, updated_at = $4::timestamptz, updated_by = $5 where s.id = $1', [segment.id, segment.name, segment.description, now, segment.by]);
  const building = await rows(tx, 'update segment_build as b set revision = $2 where b.segment_id = $1 returning b.segment_id', [segment.id, segment.revision]);
  if (building.length === 0) await rows(tx, 'update segment as s set revision = $2 where s.id = $1', [segment.id, segment.revision]);
}

export async function archiveSegment(tx: Db, id: string, now: Date): Promise<void> {
  await rows(tx, 'delete from segment_member as m where m.segment_id = $1', [id]);
  await rows(tx, `update segment as s set state = 'archived', member_count = 0, updated_at = $2::timestamptz where s.id = $1`, [id, now]);
}

/** A segment that never became live is forgotten entirely. */
export async function deleteUnbuilt(tx: Db, id: string): Promise<void> {
  await rows(tx, `delete from segment as s where s.id = $1 and s.state in ('building', 'failed')`, [id]);
}

export interface PersonLine { id: string; externalId: string | null; kind: string; email: string | null; name: string | null }

/** What lists of people show, in the order of the ids given. */
export function loadPersonLines(db: Db, ids: readonly string[]): Promise<PersonLine[]> {
  return rows<PersonLine>(db, `
    select p.id, p.external_id as "externalId", p.kind, p.email, p.attributes ->> 'name' as name
      from unnest($1::uuid[]) with ordinality as q (id, place) join person as p on p.id = q.id order by q.place`, [ids]);
}
