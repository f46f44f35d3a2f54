import { notFound } from '../../kernel/errors.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { PublishedDefinition } from '../domain/published.js';
import type { CampaignState, CampaignType } from '../domain/state.js';

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

export interface CampaignStatus {
  id: string;
  type: CampaignType;
  state: CampaignState;
  /** New entries take this version. */
  currentVersionId: string;
  stateAt: Date;
}

/** Every published campaign that is not archived, by id. New entries only where `state` is `active`. */
export async function campaignStates(db: Db): Promise<Map<string, CampaignStatus>> {
  const found = await rows<CampaignStatus>(db, `
    select c.id, c.type, c.state, c.current_version_id as "currentVersionId", c.state_at as "stateAt"
      from campaign as c where c.current_version_id is not null and c.state <> 'archived'`);
  return new Map(found.map((campaign) => [campaign.id, campaign]));
}
