import { Inject, Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Config } from '../../../platform/config.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { leaveTrail } from '../../../platform/tracing/trail.js';
import { loadWorkspace } from '../../../platform/workspace.js';
import { ContentCache } from '../../content/content-cache.js';
import { Senders } from '../../identity/senders.service.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import { SandboxServer } from '../../sandbox/sandbox-server.js';
import { Admission } from '../../relays/admission.js';
import { RelayFleet } from '../../relays/relay-fleet.js';
import { ENVIRONMENT, planOfUrl, SANDBOX, type RelayPlan } from '../../relays/relay-settings.js';
import { EmailRound, type Lease } from '../email-round.js';
import { GatedQueue } from '../gated-claims.js';
import { SendJournal } from '../journal.js';
import { recover } from '../recovery.js';
import { SettlementWriter } from '../settlement-writer.js';
import { loadSendingSettings } from '../store/sending-settings.store.js';
import { renewLeases } from '../store/claims.store.js';

const LEASE_MS = 120_000;
const RENEW_MS = 30_000;
/** How long nothing is sent after a key turned out to be unable to sign. */
const MENDING_MS = 30_000;
/** How long a stopping process waits for the answers to messages on the way. */
const STOP_MS = 20_000;

interface Sender { journal: SendJournal; writer: SettlementWriter; fleet: RelayFleet }

/** What the e-mail sender needs from the rest of the module. */
@Injectable()
export class EmailSurroundings {
  constructor(readonly links: LinkKeys, readonly sandbox: SandboxServer, readonly contents: ContentCache, readonly runner: WorkerRunner, readonly senders: Senders) {}
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
    const sender = this.ready();
    await recover({ db: this.db, folder: this.journalFolder, worker: sender.journal.worker, log: this.log }, now);
    if (this.pausedUntil && now < this.pausedUntil) return { done: 0, next: this.pausedUntil };
    this.pausedUntil = null;
    // The idle look ends here, before relays, senders, rates and keys are read. An open relay is probed though nothing is to be sent.
    const next = earliest(await this.queue.next('email'), await sender.fleet.nextProbe(now));
    if (next === null || next > now) return { done: 0, next };
    await sender.fleet.refresh(now);
    const round = sender.fleet.usable().length > 0 ? await this.sendDue(sender) : { done: 0, next: null };
    if (this.pausedUntil) return { done: 0, next: this.pausedUntil };
    // With every relay open, messages wait where they are until the next probe.
    if (sender.fleet.usable().length === 0) return { done: 0, next: await sender.fleet.nextProbe(now) };
    if (round.done > 0) return { done: round.done };
    return { done: 0, next: round.next ?? (await this.queue.next('email')) };
  }

  /** Claims and begins no more; messages on the way get {@link STOP_MS} for their answer. */
  override stop(): void {
    this.stopping = true;
    this.round?.stop();
    this.sender?.writer.closeSoon();
    setTimeout(() => this.sender?.fleet.close(true), STOP_MS).unref();
  }

  override async drain(): Promise<void> {
    const { sender } = this;
    this.sender = null;
    await sender?.writer.finish();
    sender?.fleet.close();
    sender?.journal.close();
  }

  private get journalFolder(): string {
    return join(this.config.dataDir, 'journal');
  }

  private async sendDue(sender: Sender): Promise<Round> {
    const [settings, workspace] = [await loadSendingSettings(this.db), await loadWorkspace(this.db)];
    const outgoing = await this.outside.senders.outgoing(workspace);
    const admission = await Admission.open({ db: this.db, zone: workspace.timeZone });
    const round = new EmailRound({
      ...sender, admission, workspace, settings, outgoing, queue: this.queue, clock: this.clock, lease: this.lease,
      tried: (what) => leaveTrail(this.db, () => [{ kind: 'handover', ...what }]),
      links: await this.outside.links.signer(),
      contents: (ids) => this.outside.contents.load(this.db, ids),
    });
    this.round = round;
    if (this.stopping) return { done: 0 };
    const renewal = setInterval(() => void this.renew(sender), RENEW_MS);
    try {
      return { done: await round.run(), next: admission.until };
    } finally {
      clearInterval(renewal);
      this.round = null;
      if (round.broken !== null) this.pause(round.broken);
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
    this.pausedUntil = new Date(this.clock.now().getTime() + MENDING_MS);
    this.log.warn({ reason, seconds: MENDING_MS / 1000 }, 'a DKIM key can not sign; sending pauses and nothing is lost');
  }

  private ready(): Sender {
    if (this.sender) return this.sender;
    const journal = new SendJournal(this.journalFolder);
    const { runner } = this.outside;
    this.sender = {
      journal,
      writer: new SettlementWriter(this.db, journal, this.clock, this.log, () => runner.wake('segments.membership')),
      fleet: new RelayFleet({ db: this.db, log: this.log, fallback: () => this.fallback(), wake: () => runner.wakeHere(this.name) }),
    };
    return this.sender;
  }

  private async fallback(): Promise<RelayPlan> {
    const { SMTP_URL, SMTP_CONNECTIONS } = this.config;
    return SMTP_URL ? planOfUrl(ENVIRONMENT, SMTP_URL, SMTP_CONNECTIONS) : planOfUrl(SANDBOX, await this.outside.sandbox.url(), SMTP_CONNECTIONS);
  }
}

function earliest(one: Date | null, other: Date | null): Date | null {
  return one === null || (other !== null && other < one) ? other : one;
}
