import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { inTransaction } from '../../../platform/database/db.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { SystemMail } from '../../../platform/system-mail.js';
import { LOG } from '../../../platform/tokens.js';
import { loadWorkspace } from '../../../platform/workspace.js';
import { DIGEST, Digests } from '../digests.service.js';
import { lastDue } from '../domain/schedule.js';
import { abandonSends, dueDigests, nextDigestWork, planSend, purgeSends, settleSend, takeSend, waitingSends, type PlannedSend } from '../store/digest.store.js';

const BATCH = 20;
/** How long the mail server may have a message before its sender counts as dead. */
const LEASE_MS = 15 * 60_000;
const TRIES = 8;
const RETRY_MS = 15 * 60_000;
const KEPT_MS = 400 * 86_400_000;

/**
 * Plans the digest of each period once (its row is the key), then sends what is planned. A digest is taken before a byte leaves: a process
 * that dies after that leaves it `uncertain`, one that dies before leaves it waiting for the next. So none is sent twice.
 */
@Injectable()
export class DigestWorker extends Worker {
  readonly name = DIGEST;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly digests: Digests, private readonly mail: SystemMail, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await nextDigestWork(this.db);
    if (next === null || next > now) return { done: 0, next };
    const abandoned = await abandonSends(this.db, now);
    const planned = await this.plan(now);
    const waiting = await waitingSends(this.db, now, BATCH);
    for (const send of waiting) await this.send(send, now);
    const done = abandoned + planned + waiting.length;
    if (done === 0) return { done, next: await nextDigestWork(this.db) };
    await purgeSends(this.db, new Date(now.getTime() - KEPT_MS), BATCH);
    return { done };
  }

  private plan(now: Date): Promise<number> {
    return inTransaction(this.db, async (tx) => {
      const due = await dueDigests(tx, now, BATCH);
      if (due.length === 0) return 0;
      const { timeZone } = await loadWorkspace(tx);
      for (const digest of due) await planSend(tx, digest, lastDue(digest.nextAt, now, digest, digest.timeZone ?? timeZone));
      return due.length;
    });
  }

  private async send({ id, email, from, to, tries, setting }: PlannedSend, now: Date): Promise<void> {
    // Switched off since it was planned.
    if (!setting) return settleSend(this.db, id, { from: 'waiting', state: 'empty', answer: 'switched off', now });
    const mail = await this.digests.mail(setting, from, to);
    if (mail.empty && !setting.whenEmpty) return settleSend(this.db, id, { from: 'waiting', state: 'empty', now });
    if (!(await takeSend(this.db, id, new Date(now.getTime() + LEASE_MS)))) return;
    const { kind, answer } = await this.handed({ id, to: email, date: to, topic: 'digest', subject: mail.subject, html: mail.html, text: mail.text, unsubscribeUrl: this.digests.unsubscribeUrl(setting.unsubscribeKey) });
    if (kind === 'accepted') return settleSend(this.db, id, { from: 'sending', state: 'sent', answer, now });
    const again = kind === 'later' && tries + 1 < TRIES;
    this.log.warn({ digest: id, kind, answer, again }, 'a digest was not sent');
    return settleSend(this.db, id, { from: 'sending', state: again ? 'waiting' : kind === 'uncertain' ? 'uncertain' : 'failed', answer, tryAt: again ? new Date(now.getTime() + RETRY_MS * 2 ** tries) : null, now });
  }

  /** What can not even be composed (a sender without a key, an address that is none) will not do so by itself. */
  private async handed(message: Parameters<SystemMail['send']>[0]): ReturnType<SystemMail['send']> {
    try {
      return await this.mail.send(message);
    } catch (error) {
      return { kind: 'later', answer: error instanceof Error ? error.message : String(error) };
    }
  }
}
