import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { findCampaign, listVersions } from '../reads/campaign.read.js';
import type { Asked, AskedCampaign, Report } from './report.js';

/** A question that takes longer would hold a connection that sending needs. */
const SLOWEST_MS = 60_000;
const CANCELLED = '57014';

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

  /** Asks several things of the same moment. @throws report.too-slow */
  async inSnapshot<T>(ask: (asked: Asked) => Promise<T>): Promise<T> {
    const answer = inTransaction(this.db, async (tx) => {
      await tx.query('set transaction isolation level repeatable read read only');
      await tx.query(`set local statement_timeout = ${SLOWEST_MS}`);
      return ask({ tx, now: this.clock.now(), timeZone: (await loadWorkspace(tx)).timeZone });
    });
    return answer.catch((cause: unknown) => {
      if ((cause as { code?: string }).code !== CANCELLED) throw cause;
      throw new AppError('report.too-slow', `This takes longer than ${SLOWEST_MS / 1_000} seconds. Ask for a shorter period or for one campaign.`, 'unavailable', [], { cause });
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
