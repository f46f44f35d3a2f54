import type { SegmentNode } from '../../contract/segment.js';
import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';

export interface NewSegment {
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
  createdAt: Date;
  updatedAt: Date;
  building: boolean;
  peopleTotal: number | null;
  peopleDone: number | null;
  members: number;
}

/** Stores a segment in state `building` and asks for its first build. Returns its id. */
export async function insertSegment(db: Db, segment: NewSegment, now: Date): Promise<string> {
  const id = newId();
  const definition = JSON.stringify(segment.definition);
  await rows(db, `
    insert into segment (id, name, description, purpose, owner_id, definition, revision, state, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, 1, 'building', $7, $8::timestamptz, $8::timestamptz)`,
    [id, segment.name, segment.description, segment.purpose, segment.ownerId, definition, segment.createdBy, now]);
  // People must not seem to enter a shared segment because it was just made; a campaign's own segment tells its first members.
  await requestBuild(db, { id, definition: segment.definition, revision: 1, announces: segment.purpose === 'campaign' }, now);
  return id;
}

/** Asks for a build towards a definition; one under way for the segment starts again from the beginning. */
export async function requestBuild(db: Db, build: { id: string; definition: SegmentNode; revision: number; announces: boolean }, now: Date): Promise<void> {
  await rows(db, `delete from segment_build_member as m where m.segment_id = $1`, [build.id]);
  await rows(db, `
    insert into segment_build (segment_id, definition, revision, announces, requested_at) values ($1, $2::jsonb, $3, $4, $5::timestamptz)
    on conflict (segment_id) do update set definition = excluded.definition, revision = excluded.revision, announces = excluded.announces,
      cursor = null, people_total = null, people_done = 0, evaluated_to = null, requested_at = excluded.requested_at`,
    [build.id, JSON.stringify(build.definition), build.revision, build.announces, now]);
}

/** Whether every one of these segments has a complete, maintained membership. */
export async function areLive(db: Db, ids: readonly string[]): Promise<boolean> {
  const found = await row<{ live: number }>(db, `select count(*)::int as live from segment as s where s.id = any($1::uuid[]) and s.state = 'live'`, [ids]);
  return found!.live === new Set(ids).size;
}

/** A page of members in order of person id. */
export async function loadMembersPage(db: Db, segmentId: string, after: string | null, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select m.person_id as id from segment_member as m
     where m.segment_id = $1 and ($2::uuid is null or m.person_id > $2::uuid) order by m.person_id limit $3`, [segmentId, after, limit]);
  return found.map(({ id }) => id);
}
