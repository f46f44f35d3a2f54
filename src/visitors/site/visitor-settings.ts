import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { siteOf, type SiteSettingsRecord } from './domain/site-settings.js';
import { loadVisitorSettings, type VisitorSettingsRow } from './store/visitor-settings.store.js';

const KEPT_MS = 5_000;

export type VisitorSettingsNow = Omit<VisitorSettingsRow, 'site'> & { site: SiteSettingsRecord };

/** What the workspace has decided about browsers, for every request: from memory for five seconds of process time. */
@Injectable()
export class VisitorSettings {
  private kept: { settings: VisitorSettingsNow; until: number } | null = null;
  /** Counts changes: what was read before one must not be kept. */
  private changes = 0;

  constructor(private readonly db: DataSource) {}

  async current(): Promise<VisitorSettingsNow> {
    if (this.kept && this.kept.until > performance.now()) return this.kept.settings;
    const before = this.changes;
    const stored = await loadVisitorSettings(this.db);
    const settings = { ...stored, site: siteOf(stored.site) };
    if (before === this.changes) this.kept = { settings, until: performance.now() + KEPT_MS };
    return settings;
  }

  /** After a change made here: it holds at once in this process, within five seconds in the others. */
  forget(): void {
    this.changes += 1;
    this.kept = null;
  }
}
