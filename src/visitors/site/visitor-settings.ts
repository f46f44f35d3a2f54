import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { siteOf, type SiteSettingsRecord } from './domain/site-settings.js';
import { loadVisitorSettings, type VisitorSettingsRow } from './store/visitor-settings.store.js';

const KEPT_MS = 5_000;
/** The wake-up that says that settings changed. */
const CHANGED = 'visitors.settings';

export type VisitorSettingsNow = Omit<VisitorSettingsRow, 'site'> & { site: SiteSettingsRecord };

/** What the workspace has decided about browsers, for every request: from memory for five seconds of process time. */
@Injectable()
export class VisitorSettings {
  private kept: { settings: VisitorSettingsNow; until: number } | null = null;
  /** Counts changes: what was read before one must not be kept. */
  private changes = 0;

  constructor(private readonly db: DataSource, private readonly runner: WorkerRunner) {
    runner.listen(CHANGED, () => this.forget());
  }

  async current(): Promise<VisitorSettingsNow> {
    if (this.kept && this.kept.until > performance.now()) return this.kept.settings;
    const before = this.changes;
    const stored = await loadVisitorSettings(this.db);
    const settings = { ...stored, site: siteOf(stored.site) };
    if (before === this.changes) this.kept = { settings, until: performance.now() + KEPT_MS };
    return settings;
  }

  /** Call after commit: the change holds at once in this process, within five seconds in the others, and mostly at once there too. */
  changed(): void {
    this.runner.wake(CHANGED);
  }

  private forget(): void {
    this.changes += 1;
    this.kept = null;
  }
}
