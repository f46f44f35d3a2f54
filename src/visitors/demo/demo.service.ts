import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiKeys } from '../../access/api-keys.service.js';
import { insertDraft, findCampaign } from '../../campaigns/store/campaigns.store.js';
import { Lifecycle } from '../../campaigns/lifecycle.service.js';
import { Publishing } from '../../campaigns/publish.service.js';
import { insertTopic } from '../../delivery/preferences/store/preferences.store.js';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog, actorName } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { demoCampaigns } from './domain/demo-campaigns.js';
import { findDemo, forgetDemo, lockDemo, saveDemo } from './store/demo.store.js';

/** What is known of the demo site. */
export interface DemoState {
  ready: boolean;
  writeKeyId: string | null;
  campaignIds: string[];
  setUpAt: Date | null;
}

/** No advertising: it is shown to whoever tries the demo, about a company that does not exist. So it needs no label and no consent. */
const DEMO_TOPIC = { key: 'demo', name: 'Demo site', nameKo: '데모 사이트', kind: 'transactional', optIn: false, doubleOptIn: false, reason: 'requested', reasonText: 'Shown on the demo site alone' } as const;

const NONE: DemoState = { ready: false, writeKeyId: null, campaignIds: [], setUpAt: null };

/** The messages and the key of the product site at `/demo`. They are ordinary campaigns, made from `domain/demo-campaigns.ts`. */
@Injectable()
export class Demo {
  constructor(
    private readonly db: DataSource, private readonly clock: Clock, private readonly keys: ApiKeys,
    private readonly publishing: Publishing, private readonly lifecycle: Lifecycle, private readonly audit: AuditLog,
  ) {}

  /** Null when it was never set up. `ready`: its key works and none of its campaigns is a draft. */
  async site(): Promise<{ writeKey: string | null; ready: boolean } | null> {
    const site = await findDemo(this.db);
    return site && { writeKey: site.writeKey, ready: site.writeKey !== null && (await this.drafts(site.campaignIds)).length === 0 };
  }

  async state(): Promise<DemoState> {
    const site = await findDemo(this.db);
    if (!site) return NONE;
    return { ready: site.writeKey !== null && (await this.drafts(site.campaignIds)).length === 0, writeKeyId: site.writeKeyId, campaignIds: site.campaignIds, setUpAt: site.setUpAt };
  }

  /** Key, drafts and the note of both are one transaction; a set-up that ended before all was published is completed by the next one. @param siteUrl of the demo site */
  async setUp(siteUrl: string, actor: Actor): Promise<DemoState> {
    const campaignIds = await inTransaction(this.db, async (tx) => {
      await lockDemo(tx);
      const before = await findDemo(tx);
      if (before?.writeKey) return before.campaignIds;
      const now = this.clock.now();
      const by = actorName(actor);
      await insertTopic(tx, { ...DEMO_TOPIC, createdAt: now });
      const made: string[] = [];
      for (const { name, definition } of demoCampaigns(siteUrl)) {
        const id = await insertDraft(tx, { name, definition, by, now });
        await this.audit.record(tx, { actor, action: 'campaign.create', subject: `campaign:${id}`, detail: { name } }, now);
        made.push(id);
      }
      const { key } = await this.keys.createWithin(tx, { kind: 'write', name: 'Demo site' }, actor);
      await saveDemo(tx, { writeKeyId: key.id, campaignIds: made, by, now });
      return made;
    });
    for (const id of await this.drafts(campaignIds)) await this.publish(id, actor);
    return this.state();
  }

  /** Stops and archives what it made and revokes its key. A campaign that somebody has archived already is left as it is. */
  async remove(actor: Actor): Promise<DemoState> {
    const site = await findDemo(this.db);
    if (!site) return NONE;
    await this.keys.revoke(site.writeKeyId, actor);
    for (const id of site.campaignIds) {
      const campaign = await findCampaign(this.db, id);
      if (!campaign || campaign.state === 'archived') continue;
      if (campaign.state !== 'draft' && campaign.state !== 'stopped') await this.lifecycle.stop(id, actor);
      await this.lifecycle.archive(id, actor);
    }
    await inTransaction(this.db, forgetDemo);
    return NONE;
  }

  /** Of two who set it up at once, one publishes each campaign. */
  private async publish(id: string, actor: Actor): Promise<void> {
    try {
      await this.publishing.publish(id, undefined, actor);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'conflict' || (await this.drafts([id])).length > 0) throw error;
    }
  }

  private async drafts(ids: readonly string[]): Promise<string[]> {
    const found = await Promise.all(ids.map((id) => findCampaign(this.db, id)));
    return found.flatMap((campaign) => (campaign?.state === 'draft' ? [campaign.id] : []));
  }
}
