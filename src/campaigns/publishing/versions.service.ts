import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notFound } from '../../kernel/errors.js';
import { findCampaign } from '../store/campaigns.store.js';
import { findVersion, listVersions, loadVersion } from '../store/versions.store.js';

/** What was published, when and by whom. */
@Injectable()
export class Versions {
  constructor(private readonly db: DataSource) {}

  async list(campaignId: string) {
    if (!(await findCampaign(this.db, campaignId))) throw notFound('campaign', campaignId);
    return listVersions(this.db, campaignId);
  }

  /** Throws `version.not-found`. */
  async get(campaignId: string, number: number) {
    const found = await findVersion(this.db, campaignId, number);
    if (!found) throw notFound('version', `${campaignId}/${number}`);
    const { published } = await loadVersion(this.db, found.id);
    const experiments = Object.entries(published.experiments).map(([step, { experimentId, salt, arms }]) => [step, { id: experimentId, salt, arms }]);
    return { ...found, campaignId, definition: published.definition, experiments: Object.fromEntries(experiments) };
  }
}
