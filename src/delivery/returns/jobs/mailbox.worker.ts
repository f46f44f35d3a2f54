import { Inject, Injectable } from '@nestjs/common';
import type { ImapFlow } from 'imapflow';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Config } from '../../../platform/config.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { fileMail, MAX_MAIL_BYTES } from '../intake/file-mail.js';

const EVERY_MS = 60_000;
/** Mails of one connection; when there are more, the next begins at once. */
const BATCH = 50;
const TIMEOUT_MS = 15_000;
/** Marks what is filed, in a mailbox whose mails are kept. */
const KEYWORD = 'DanbiFiled';

/**
 * Collects bounces and complaints from an IMAP mailbox (INBOUND_IMAP_URL). A mail is deleted, or marked, only after it is committed here: a
 * process that dies in between files it again, which is known to be the same. Every round has a connection of its own.
 */
@Injectable()
export class MailboxWorker extends Worker {
  readonly name = 'delivery.returns-mailbox';
  private nextAt: Date | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly config: Config, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {
    super();
  }

  async runOnce(): Promise<Round> {
    const url = this.config.INBOUND_IMAP_URL;
    if (url === undefined) return { done: 0 };
    const now = this.clock.now();
    if (this.nextAt !== null && now < this.nextAt) return { done: 0, next: this.nextAt };
    this.nextAt = new Date(now.getTime() + EVERY_MS);
    try {
      const collected = await this.collect(new URL(url), now);
      if (collected === BATCH) this.nextAt = null;
      if (collected > 0) this.runner.wake('delivery.returns');
      return { done: collected, next: this.nextAt };
    } catch (error) {
      this.log.warn({ err: error, host: new URL(url).host }, 'the mailbox of returns can not be read; it is tried again in a minute');
      return { done: 0, next: this.nextAt };
    }
  }

  private async collect(url: URL, now: Date): Promise<number> {
    const client = await clientOf(url);
    // Reported by whatever waits for the connection; without a listener it would end the process.
    client.on('error', (error: Error) => this.log.debug({ err: error }, 'the connection to the mailbox of returns failed'));
    await client.connect();
    try {
      const lock = await client.getMailboxLock(decodeURIComponent(url.pathname.slice(1)) || 'INBOX');
      try {
        return await this.fileAll(client, now);
      } finally {
        lock.release();
      }
    } finally {
      client.close();
    }
  }

  private async fileAll(client: ImapFlow, now: Date): Promise<number> {
    const keeps = this.config.INBOUND_IMAP_KEEP === 'yes';
    const found = (await client.search(keeps ? { unKeyword: KEYWORD } : { all: true }, { uid: true })) || [];
    const uids = found.slice(0, BATCH).map(String);
    for (const uid of uids) {
      const message = await client.fetchOne(uid, { source: { maxLength: MAX_MAIL_BYTES } }, { uid: true });
      if (!message || !message.source) continue; // somebody else has taken it
      await fileMail(this.db, { raw: message.source, envelope: null, receivedAt: now });
      await (keeps ? client.messageFlagsAdd(uid, [KEYWORD], { uid: true }) : client.messageDelete(uid, { uid: true }));
    }
    return uids.length;
  }
}

async function clientOf(url: URL): Promise<ImapFlow> {
  // Loaded only where a mailbox is collected.
  const { ImapFlow } = await import('imapflow');
  const secure = url.protocol === 'imaps:';
  return new ImapFlow({
    host: url.hostname, port: url.port === '' ? (secure ? 993 : 143) : Number(url.port), secure, auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    logger: false, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS * 4,
  });
}
