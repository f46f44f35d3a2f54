import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { findCampaign, listVersions } from '../reads/campaign.read.js';
import type { Asked, AskedCampaign, Report } from './report.js';

/** Answers reports, each in one snapshot of the database. */
@Injectable()
export class Reports {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** @throws campaign.not-found, report.bad-period and what the report itself refuses */
  ofCampaign<Query extends z.ZodType, Answer>(report: Report<AskedCampaign, Query, Answer>, campaignId: string, query: z.output<Query>): Promise<Answer> {
    return this.inSnapshot(async (asked) => report.read(await withCampaign(asked, campaignId), query));
  }

  ofWorkspace<Query extends z.ZodType, Answer>(report: Report<Asked, Query, Answer>, query: z.output<Query>): Promise<Answer> {
    return this.inSnapshot((asked) => report.read(asked, query));
  }

  /** Asks several things of the same moment. */
  inSnapshot<T>(ask: (asked: Asked) => Promise<T>): Promise<T> {
    return inTransaction(this.db, async (tx) => {
      await tx.query('set transaction isolation level repeatable read read only');
      return ask({ tx, now: this.clock.now(), timeZone: (await loadWorkspace(tx)).timeZone });
    });
  }

  /** @throws campaign.not-found */
  async checkCampaign(db: Db, campaignId: string): Promise<void> {
    if (!(await findCampaign(db, campaignId))) throw notFound('campaign', campaignId);
  }
}

async function withCampaign(asked: Asked, campaignId: string): Promise<AskedCampaign> {
  const campaign = await findCampaign(asked.tx, campaignId);
  if (!campaign) throw notFound('campaign', campaignId);
  return { ...asked, campaign, versions: await listVersions(asked.tx, campaignId) };
}
