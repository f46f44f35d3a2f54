import { AppError, notFound } from '../../kernel/errors.js';
import { row, type Db } from '../../platform/database/db.js';
import { normalise } from '../domain/normalise.js';
import { wholeDefinition } from '../domain/unfinished.js';
import type { Campaign } from '../store/campaigns.store.js';
import { findVersion, loadVersion, type CampaignVersion } from '../store/versions.store.js';

/** The version an answer is about. `number` is null of the draft. */
export interface AskedVersion { version: CampaignVersion; number: number | null; /** It is not the one that people enter now. */ isOther: boolean }

/**
 * What is asked about: the version people enter now (the one before a past moment), one by its number, or the draft as publishing would have it. A draft is a version
 * that nobody can be in: it has the id of its campaign, and no experiments yet.
 *
 * @throws AppError `campaign.invalid` (what the draft still lacks), `version.not-found`
 */
export async function askedVersion(db: Db, campaign: Campaign, wanted: number | 'draft' | undefined, at: Date | undefined): Promise<AskedVersion> {
  const current = campaign.currentVersion;
  if (wanted === 'draft' || (wanted === undefined && !current)) return { version: draftOf(campaign), number: null, isOther: true };
  if (wanted !== undefined) {
    const found = await findVersion(db, campaign.id, wanted);
    if (!found) throw new AppError('version.not-found', `The campaign has no version ${wanted}.`, 'not_found');
    return { version: await loadVersion(db, found.id), number: wanted, isOther: found.id !== current?.id };
  }
  const then = at ? await row<{ id: string }>(db, 'select v.id from campaign_version as v where v.campaign_id = $1 and v.published_at <= $2::timestamptz order by v.number desc limit 1', [campaign.id, at]) : { id: current!.id };
  if (!then) throw notFound('version', campaign.id);
  const version = await loadVersion(db, then.id);
  return { version, number: version.number, isOther: false };
}

const draftOf = (campaign: Campaign): CampaignVersion => ({ id: campaign.id, campaignId: campaign.id, number: 0, published: { ...normalise(wholeDefinition(campaign.definition)), contents: {}, experiments: {}, conditions: {} } });
