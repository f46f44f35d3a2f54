import { rows, type Db } from '../../platform/database/db.js';

export interface SegmentState {
  id: string;
  name: string;
  state: 'building' | 'live' | 'failed' | 'archived';
  purpose: 'shared' | 'campaign';
}

/** The segments with these ids; unknown ones are absent. */
export async function segmentStates(db: Db, ids: readonly string[]): Promise<Map<string, SegmentState>> {
  const found = await rows<SegmentState>(db, 'select s.id, s.name, s.state, s.purpose from segment as s where s.id = any($1::uuid[])', [ids]);
  return new Map(found.map((segment) => [segment.id, segment]));
}

/** Those of the topics that exist. */
export async function knownTopics(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ key: string }>(db, 'select t.key from topic as t where t.key = any($1::text[])', [keys]);
  return new Set(found.map(({ key }) => key));
}

/** Hidden segments that are still kept up for the campaign. */
export async function ownedSegments(db: Db, campaignId: string): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `select s.id from segment as s where s.owner_id = $1 and s.state <> 'archived' order by s.id`, [campaignId]);
  return found.map(({ id }) => id);
}
