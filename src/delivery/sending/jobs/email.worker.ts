import { Inject, Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Config } from '../../../platform/config.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { loadWorkspace } from '../../../platform/workspace.js';
import { ContentCache } from '../../content/content-cache.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import { SandboxServer } from '../../sandbox/sandbox-server.js';
import { EmailRound, type Lease } from '../email-round.js';
import { GatedQueue } from '../gated-claims.js';
import { SendJournal } from '../journal.js';
import { recover } from '../recovery.js';
import { SettlementWriter } from '../settlement-writer.js';
import { settingsOfUrl, SmtpTransport } from '../smtp-transport.js';
import { renewLeases } from '../store/claims.store.js';

const LEASE_MS = 120_000;
const RENEW_MS = 30_000;
/** How long the relay is left alone after it could not be reached or refused us. */
const DOWN_MS = 30_000;
/** How long a stopping process waits for the answers to messages on the way. */
const STOP_MS = 20_000;

interface Sender { journal: SendJournal; writer: SettlementWriter; transport: SmtpTransport }

/** What the e-mail sender needs from the rest of the module. */
@Injectable()
export class EmailSurroundings {
  constructor(readonly links: LinkKeys, readonly sandbox: SandboxServer, readonly contents: ContentCache, readonly runner: WorkerRunner) {}
}

/** Sends due e-mail over pooled SMTP (5-email.md, section 3). */
@Injectable()
export class EmailWorker extends Worker {
  readonly name = 'delivery.email';
  private readonly lease: Lease = { milliseconds: LEASE_MS, renewedUntil: new Date(0) };
  private sender: Sender | null = null;
  private round: EmailRound | null = null;
  private pausedUntil: Date | null = null;
  private stopping = false;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    private readonly queue: GatedQueue,
    private readonly outside: EmailSurroundings,
  ) {
    super();
  }

  async runOnce(): Promise<Round> {
    if (this.stopping) return { done: 0 };
    const now = this.clock.now();
    const sender = await this.ready();
    await recover({ db: this.db, folder: this.journalFolder, worker: sender.journal.worker, log: this.log }, now);
    if (this.pausedUntil && now < this.pausedUntil) return { done: 0, next: this.pausedUntil };
    this.pausedUntil = null;
    const done = await this.sendDue(sender);
    if (this.pausedUntil) return { done: 0, next: this.pausedUntil };
    return done > 0 ? { done } : { done, next: await this.queue.next('email') };
  }

  /** Claims and begins no more; messages on the way get {@link STOP_MS} for their answer. */
  override stop(): void {
    this.stopping = true;
    this.round?.stop();
    this.sender?.writer.closeSoon();
    setTimeout(() => this.sender?.transport.close(true), STOP_MS).unref();
  }

  override async drain(): Promise<void> {
    const { sender } = this;
    this.sender = null;
    await sender?.writer.finish();
    sender?.transport.close();
    sender?.journal.close();
  }

  private get journalFolder(): string {
    return join(this.config.dataDir, 'journal');
  }

  private async sendDue(sender: Sender): Promise<number> {
    const { config } = this;
    const round = new EmailRound({
      ...sender, queue: this.queue, clock: this.clock, lease: this.lease, connections: config.SMTP_CONNECTIONS,
      workspace: await loadWorkspace(this.db), links: await this.outside.links.signer(), from: { name: config.MAIL_FROM_NAME, address: config.MAIL_FROM },
      contents: (ids) => this.outside.contents.load(this.db, ids),
    });
    this.round = round;
    if (this.stopping) return 0;
    const renewal = setInterval(() => void this.renew(sender), RENEW_MS);
    try {
      return await round.run();
    } finally {
      clearInterval(renewal);
      this.round = null;
      if (round.down !== null) this.pause(round.down);
    }
  }

  private async renew(sender: Sender): Promise<void> {
    const until = new Date(this.clock.now().getTime() + LEASE_MS);
    try {
      await renewLeases(this.db, sender.journal.worker, until);
      this.lease.renewedUntil = until;
    } catch (error) {
      this.log.warn({ err: error }, 'claims could not be renewed; messages whose claim runs out are not sent');
    }
  }

  private pause(reason: string): void {
    this.pausedUntil = new Date(this.clock.now().getTime() + DOWN_MS);
    this.log.warn({ reason, seconds: DOWN_MS / 1000 }, 'the mail server can not be used; sending pauses and nothing is lost');
  }

  private async ready(): Promise<Sender> {
    if (this.sender) return this.sender;
    const journal = new SendJournal(this.journalFolder);
    const url = this.config.SMTP_URL ?? (await this.outside.sandbox.url());
    this.sender = { journal, writer: new SettlementWriter(this.db, journal, this.clock, this.log, () => this.outside.runner.wake('segments.membership')), transport: new SmtpTransport(settingsOfUrl(url)) };
    return this.sender;
  }
}
