import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { NEWS, recordNews } from '../../people/store/news.store.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Actor } from '../../platform/http/access.js';
import { deviations, siteOf, type SiteSettingsRecord } from './domain/site-settings.js';
import { loadVisitorSettings, lockVisitorSettings, saveVisitorSettings } from './store/visitor-settings.store.js';
import { VisitorSettings } from './visitor-settings.js';

/** The site's settings as its owner reads and replaces them. */
@Injectable()
export class SiteSettings {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly settings: VisitorSettings, private readonly runner: WorkerRunner) {}

  async read(): Promise<SiteSettingsRecord> {
    return siteOf((await loadVisitorSettings(this.db)).site);
  }

  /** Replaces all of them: what is not named goes back to its default. Open pages are told to boot again. */
  async replace(site: SiteSettingsRecord, actor: Actor): Promise<SiteSettingsRecord> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const before = await lockVisitorSettings(tx, now);
      const after = deviations(site);
      await saveVisitorSettings(tx, { ...before, site: after }, now);
      await recordNews(tx, [{ personId: null, kind: 'rules' }], now);
      await this.audit.record(tx, { actor, action: 'site-settings.replace', subject: 'site-settings', detail: { was: before.site, is: after } }, now);
    });
    this.settings.changed();
    this.runner.wake(NEWS);
    return site;
  }
}
