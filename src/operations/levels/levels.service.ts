import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { measure, type Measured, type Target } from './domain/level.js';
import { campaignExists, findTarget, leveled, lockCampaignOf, saveTarget } from './store/levels.store.js';

/** A campaign with a target, and how it is kept. `own`: the campaign has one of its own. */
export interface CampaignLevel { campaignId: string; name: string; own: boolean; target: Target; measured: Measured }

/** How soon e-mails are to be handed over, and how soon they were. */
@Injectable()
export class ServiceLevels {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  async standard(): Promise<Target | null> {
    return (await findTarget(this.db, null))?.target ?? null;
  }

  async list(campaignId: string | null = null): Promise<CampaignLevel[]> {
    return (await leveled(this.db, this.clock.now(), campaignId)).map(({ counts, waiting, ...one }) => ({ ...one, measured: measure(one.target, counts, waiting) }));
  }

  /** `use`: whether the campaign goes by the workspace, has one of its own, or wants none. */
  async ofCampaign(id: string): Promise<{ use: 'standard' | 'own' | 'none'; standard: Target | null; target: Target | null; measured: Measured | null }> {
    if (!(await campaignExists(this.db, id))) throw notFound('campaign', id);
    const own = await findTarget(this.db, id);
    const [found] = await this.list(id);
    return { use: own === null ? 'standard' : own.target === null ? 'none' : 'own', standard: await this.standard(), target: found?.target ?? null, measured: found?.measured ?? null };
  }

  /** @param target undefined: that of the workspace; null: none */
  async setCampaign(id: string, target: Target | null | undefined, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await lockCampaignOf(tx, id))) throw notFound('campaign', id);
      await this.save(tx, id, target, actor, now);
    });
  }

  async setStandard(target: Target | null, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, (tx) => this.save(tx, null, target ?? undefined, actor, now));
  }

  private async save(tx: Parameters<typeof saveTarget>[0], campaignId: string | null, target: Target | null | undefined, actor: Actor, now: Date): Promise<void> {
    const was = await findTarget(tx, campaignId);
    await saveTarget(tx, campaignId, target, { name: actorName(actor), now });
    await this.audit.record(tx, { actor, action: 'service_level.change', subject: campaignId === null ? 'workspace' : `campaign:${campaignId}`, detail: { was: was?.target ?? null, is: target ?? null } }, now);
  }
}
