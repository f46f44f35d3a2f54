import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiKeys } from '../../access/api-keys.service.js';
import { insertDraft, findCampaign } from '../../campaigns/store/campaigns.store.js';
import { Lifecycle } from '../../campaigns/lifecycle/lifecycle.service.js';
import { Publishing } from '../../campaigns/publishing/publish.service.js';
import { insertTopic } from '../../delivery/preferences/store/preferences.store.js';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog, actorName } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { demoCampaigns } from './domain/demo-campaigns.js';
import { findDemo, forgetDemo, lockDemo, saveDemo, type DemoSite } from './store/demo.store.js';

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

  /** The key of the pages; null while it is not set up, or not yet completely. */
  async writeKey(): Promise<string | null> {
    const site = await findDemo(this.db);
    return site && isReady(site) ? site.writeKey : null;
  }

  async state(): Promise<DemoState> {
    const site = await findDemo(this.db);
    return site ? { ready: isReady(site), writeKeyId: site.writeKeyId, campaignIds: site.campaignIds, setUpAt: site.setUpAt } : NONE;
  }

  /** Key, drafts and the note of both are one transaction; a set-up that ended before all was published is completed by the next one. @param siteUrl of the demo site */
  async setUp(siteUrl: string, actor: Actor): Promise<DemoState> {
    await inTransaction(this.db, async (tx) => {
      await lockDemo(tx);
      const before = await findDemo(tx);
      if (before?.writeKey) return;
      const now = this.clock.now();
      // Whose key alone was revoked goes on with its campaigns: others beside them would say everything twice.
      const campaignIds = before?.campaignIds ?? (await this.makeDrafts(tx, siteUrl, actor, now));
      const { key } = await this.keys.createWithin(tx, { kind: 'write', name: 'Demo site' }, actor);
      await saveDemo(tx, { writeKeyId: key.id, campaignIds, by: actorName(actor), now });
    });
    for (const id of (await findDemo(this.db))?.drafts ?? []) await this.publish(id, actor);
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

  private async makeDrafts(tx: Db, siteUrl: string, actor: Actor, now: Date): Promise<string[]> {
    await insertTopic(tx, { ...DEMO_TOPIC, createdAt: now });
    const made: string[] = [];
    for (const { name, definition } of demoCampaigns(siteUrl)) {
      const id = await insertDraft(tx, { name, definition, by: actorName(actor), now });
      await this.audit.record(tx, { actor, action: 'campaign.create', subject: `campaign:${id}`, detail: { name } }, now);
      made.push(id);
    }
    return made;
  }

  /** Of two who set it up at once, one publishes each campaign. */
  private async publish(id: string, actor: Actor): Promise<void> {
    try {
      await this.publishing.publish(id, {}, actor);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'conflict' || (await findCampaign(this.db, id))?.state === 'draft') throw error;
    }
  }
}

const isReady = ({ writeKey, drafts }: DemoSite): boolean => writeKey !== null && drafts.length === 0;
