import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DigestSettings } from '../../contract/digest.js';
import { Clock } from '../../kernel/clock.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { PublicUrl } from '../../platform/public-url.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { Reports } from '../reports/reports.service.js';
import { digestFacts } from './digest-facts.read.js';
import { digestMail, type DigestMail } from './digest-mail.js';
import { nextDigest } from './domain/schedule.js';
import { dropByKey, dropDigest, findDigest, keyExists, lastSends, saveDigest, type StoredDigest } from './store/digest.store.js';

/** Name of the worker that sends digests. */
export const DIGEST = 'analytics.digest';

type User = Extract<Actor, { kind: 'user' }>;

/** What users chose about their digest, and how one looks. */
@Injectable()
export class Digests {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly reports: Reports, private readonly publicUrl: PublicUrl, private readonly runner: WorkerRunner) {}

  async settings({ id }: User) {
    const found = await findDigest(this.db, id);
    const sent = (await lastSends(this.db, id)).map(({ from, to, ...rest }) => ({ ...rest, from: from.toISOString(), to: to.toISOString() }));
    if (!found) return { cadence: 'off' as const, weekday: 'mon' as const, at: '09:00', timeZone: null, language: null, whenEmpty: false, nextAt: null, sent };
    const { cadence, weekday, at, timeZone, language, whenEmpty, nextAt } = found;
    return { cadence, weekday, at, timeZone, language, whenEmpty, nextAt: nextAt.toISOString(), sent };
  }

  async change(user: User, settings: DigestSettings) {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const { cadence } = settings;
      if (cadence === 'off') await dropDigest(tx, user.id);
      else await saveDigest(tx, { ...settings, cadence, userId: user.id, nextAt: nextDigest(now, { ...settings, cadence }, settings.timeZone ?? (await loadWorkspace(tx)).timeZone) }, randomUUID(), now);
      await this.audit.record(tx, { actor: user, action: 'digest.update', subject: `user:${user.id}`, detail: { ...settings } }, now);
    });
    this.runner.wake(DIGEST);
    return this.settings(user);
  }

  isSubscribed(key: string): Promise<boolean> {
    return keyExists(this.db, key);
  }

  /** Whoever has the mail may stop it. Once more is no fault. */
  async unsubscribe(key: string): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const gone = await dropByKey(tx, key);
      if (gone) await this.audit.record(tx, { actor: 'system', action: 'digest.unsubscribe', subject: `user:${gone.userId}` }, now);
    });
  }

  /** The digest of everything since the last one, as it would be sent now. */
  async preview({ id }: User): Promise<DigestMail> {
    const now = this.clock.now();
    const stored = await findDigest(this.db, id);
    const cadence = stored?.cadence ?? 'daily';
    const from = stored && stored.coveredTo < now ? stored.coveredTo : new Date(now.getTime() - (cadence === 'daily' ? 1 : 7) * 86_400_000);
    return this.mail(stored ?? { cadence, timeZone: null, language: null, unsubscribeKey: '' }, from, now);
  }

  /** Makes the mail of [from, to) for somebody's language and zone. */
  async mail({ cadence, timeZone, language, unsubscribeKey }: Pick<StoredDigest, 'cadence' | 'timeZone' | 'language' | 'unsubscribeKey'>, from: Date, to: Date): Promise<DigestMail> {
    const { facts, workspace } = await this.reports.inSnapshot(async ({ tx }) => ({ facts: await digestFacts(tx, from, to), workspace: await loadWorkspace(tx) }));
    const readIn = language ?? (/^ko\b/i.test(workspace.language) ? 'ko' : 'en');
    return digestMail(facts, { cadence, language: readIn, workspace: workspace.name, from, to, zone: timeZone ?? workspace.timeZone, home: this.publicUrl.value, unsubscribeUrl: this.unsubscribeUrl(unsubscribeKey) });
  }

  unsubscribeUrl(key: string): string {
    return `${this.publicUrl.value}/digest/stop/${key}`;
  }
}
