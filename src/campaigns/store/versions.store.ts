import { notFound } from '../../kernel/errors.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { PublishedDefinition } from '../domain/published.js';

/** One immutable version with what it runs. */
export interface CampaignVersion {
  id: string;
  campaignId: string;
  number: number;
  published: PublishedDefinition;
}

const CACHED = 500;
/** Versions never change, so a process reads each once; the longest unused leaves first. */
const cache = new Map<string, CampaignVersion>();

/** The version with this id. Throws `version.not-found`. Callers must not change what they get. */
export async function loadVersion(db: Db, versionId: string): Promise<CampaignVersion> {
  const known = cache.get(versionId);
  if (known) {
    cache.delete(versionId);
    cache.set(versionId, known);
    return known;
  }
  const found = await row<CampaignVersion>(db, `
    select v.id, v.campaign_id as "campaignId", v.number, v.definition as published
      from campaign_version as v where v.id = $1`, [versionId]);
  if (!found) throw notFound('version', versionId);
  cache.set(versionId, found);
  if (cache.size > CACHED) cache.delete(cache.keys().next().value!);
  return found;
}

export interface NewVersion {
  id: string;
  campaignId: string;
  number: number;
  published: PublishedDefinition;
  by: string;
  now: Date;
}

/** Adds the version and makes it the one that new entries take. The campaign must be locked. */
export async function insertVersion(tx: Db, { id, campaignId, number, published, by, now }: NewVersion): Promise<void> {
  await rows(tx, `
    insert into campaign_version (id, campaign_id, number, definition, published_by, published_at)
    values ($1, $2, $3, $4::jsonb, $5, $6::timestamptz)`, [id, campaignId, number, JSON.stringify(published), by, now]);
  await rows(tx, 'update campaign as c set current_version_id = $2 where c.id = $1', [campaignId, id]);
}

export interface VersionSummary {
  id: string;
  number: number;
  publishedBy: string;
  publishedAt: Date;
  /** People who are on it now. */
  activeEnrollments: number;
}

/** All versions, newest first. */
export function listVersions(db: Db, campaignId: string): Promise<VersionSummary[]> {
  return rows<VersionSummary>(db, `
    select v.id, v.number, v.published_by as "publishedBy", v.published_at as "publishedAt",
           (select count(*)::int from enrollment as e where e.version_id = v.id and e.state = 'active') as "activeEnrollments"
      from campaign_version as v where v.campaign_id = $1 order by v.number desc`, [campaignId]);
}

/** A version by its number; null when there is none. */
export function findVersion(db: Db, campaignId: string, number: number): Promise<Omit<VersionSummary, 'activeEnrollments'> | null> {
  return row(db, `
    select v.id, v.number, v.published_by as "publishedBy", v.published_at as "publishedAt"
      from campaign_version as v where v.campaign_id = $1 and v.number = $2`, [campaignId, number]);
}
