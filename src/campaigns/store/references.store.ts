import type { SegmentNode } from '../../contract/segment.js';
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

/** What the segments with these ids ask. */
export async function segmentDefinitions(db: Db, ids: readonly string[]): Promise<Map<string, { name: string; definition: SegmentNode }>> {
  if (ids.length === 0) return new Map();
  const found = await rows<{ id: string; name: string; definition: SegmentNode }>(db, 'select s.id, s.name, s.definition from segment as s where s.id = any($1::uuid[])', [ids]);
  return new Map(found.map(({ id, ...segment }) => [id, segment]));
}

/** Those of the topics that exist. */
export async function knownTopics(db: Db, keys: readonly string[]): Promise<Map<string, { transactional: boolean; reason: string | null }>> {
  const found = await rows<{ key: string; transactional: boolean; reason: string | null }>(db, `select t.key, t.kind = 'transactional' as transactional, t.reason from topic as t where t.key = any($1::text[])`, [keys]);
  return new Map(found.map(({ key, ...topic }) => [key, topic]));
}

/** Those of the keys that are features' now. */
export const knownFeatures = async (db: Db, keys: readonly string[]): Promise<Set<string>> =>
  new Set((await rows<{ key: string }>(db, 'select f.key from feature as f where f.key = any($1::text[]) and f.archived_at is null', [keys])).map(({ key }) => key));

/** Hidden segments that are still kept up for the campaign. */
export async function ownedSegments(db: Db, campaignId: string): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `select s.id from segment as s where s.owner_id = $1 and s.state <> 'archived' order by s.id`, [campaignId]);
  return found.map(({ id }) => id);
}

/** A version that people enter or are in. */
const IN_PROGRESS = `(v.id = c.current_version_id or exists (select from enrollment as e where e.version_id = v.id and e.state = 'active'))`;

/** Every sender that a campaign in progress names in a message, as its author wrote it, with the campaign's name. */
export function liveSenders(db: Db): Promise<{ name: string; address: string }[]> {
  return rows(db, `
    select c.name, s.address #>> '{}' as address from campaign as c
      join campaign_version as v on v.campaign_id = c.id and ${IN_PROGRESS}
     cross join jsonb_path_query(v.definition, 'strict $.**.content.fromAddress') as s (address)
     where c.state in ('active', 'paused', 'draining') and jsonb_typeof(s.address) = 'string'
     order by c.name, c.id`);
}

/**
 * The campaigns in progress that name a segment or a list anywhere in the version people enter, or in one with people in it.
 * A name stands where a condition or an entry has its `segmentId` or `listId`; the same text in a message is none.
 */
export function liveNamersOf(db: Db, id: string): Promise<{ id: string; name: string }[]> {
  return rows(db, `
    select c.id, c.name from campaign as c
     where c.state in ('active', 'paused', 'draining')
       and exists (
         select from campaign_version as v
          where v.campaign_id = c.id and ${IN_PROGRESS}
            and jsonb_path_exists(v.definition, '$.** ? (@.segmentId == $id || @.listId == $id)', jsonb_build_object('id', $1::uuid)))
     order by c.name, c.id`, [id]);
}

/**
 * Keeps the segments a version names as they are until commit, so that none is archived while the version is published.
 *
 * @returns names of those that are archived already
 */
export async function holdNamedSegments(tx: Db, versionId: string): Promise<string[]> {
  const held = await rows<{ name: string; state: string }>(tx, `
    select s.name, s.state from segment as s
     where s.purpose = 'shared'
       and s.id::text in (select jsonb_path_query(v.definition, '$.**.segmentId') #>> '{}' from campaign_version as v where v.id = $1)
     order by s.id for share`, [versionId]);
  return held.filter(({ state }) => state === 'archived').map(({ name }) => name);
}

/** Campaigns that are not archived and whose draft has a text with this pattern (POSIX, braces taken literally) in a message. */
export function draftsNaming(db: Db, pattern: string): Promise<{ id: string; name: string; state: string }[]> {
  return rows(db, `
    select c.id, c.name, c.state from campaign as c
     where c.state <> 'archived'
       and exists (
         select from jsonb_path_query(c.draft, 'strict $.**.content') as message (content)
          where message.content::text ~ $1)
     order by c.name, c.id`, [pattern.replaceAll(/[{}]/g, String.raw`\$&`)]);
}
