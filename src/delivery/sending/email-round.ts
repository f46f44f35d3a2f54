import type { Clock } from '../../kernel/clock.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Workspace } from '../../platform/workspace.js';
import { RenderFailure, type CompiledMessage, type LinkSigner } from '../content/compiled.js';
import { renderEmail } from '../content/render.js';
import { nextAttempt } from './domain/retry.js';
import type { SmtpOutcome } from './domain/smtp-outcome.js';
import type { Settlement } from './store/settlements.store.js';
import { compose, type ComposedMail, type Mailbox } from './compose.js';
import type { GatedClaims, GatedQueue } from './gated-claims.js';
import type { SendJournal } from './journal.js';
import { contentFor, contextOf } from './render-context.js';
import type { SettlementWriter } from './settlement-writer.js';
import type { SmtpTransport } from './smtp-transport.js';
import { AddressRefused } from './wire-address.js';

type Claimed = GatedClaims['allowed'][number] & { leaseUntil: Date; contents: ReadonlyMap<string, CompiledMessage> };

/** How long claims are held, and until when everything in hand was last renewed. */
export interface Lease { milliseconds: number; renewedUntil: Date }

export interface RoundParts {
  queue: GatedQueue;
  journal: SendJournal;
  transport: SmtpTransport;
  writer: SettlementWriter;
  clock: Clock;
  workspace: Workspace;
  links: LinkSigner;
  from: Mailbox;
  connections: number;
  /** Compiled contents by id. */
  contents(ids: string[]): Promise<ReadonlyMap<string, CompiledMessage>>;
  lease: Lease;
}

/** A round claims no longer than this; then the worker looks around (dead workers, its own stop) and begins another. */
const ROUND_MS = 5_000;
/** A session that ends by itself is tried again soon: nothing was judged. */
const LOST_RETRY_MS = 30_000;
/** So many in a row, and nothing accepted between them, mean that the relay and not a message is the trouble. */
const LOST_IN_A_ROW = 20;

/** Messages of one claim at most. */
const LARGEST_BATCH = 100;
/** A batch that lasts shorter than this is doubled, one that lasts four times as long is halved. */
const BATCH_MS = 250;

/**
 * One stretch of sending: as many lanes as connections take claimed deliveries one by one, while the next batch is
 * claimed behind them. Batches begin with two messages a connection and grow while they last less than {@link BATCH_MS}, so
 * that gates are asked about a second before sending, whatever the speed of the relay. At most two batches wait; of all
 * these only one message a connection can ever be in doubt, because the journal knows which were begun.
 */
export class EmailRound {
  private readonly inHand: Claimed[] = [];
  private refilling: Promise<void> | null = null;
  private taken = 0;
  private exhausted = false;
  private stopped = false;
  private lostInARow = 0;
  private batch: number;
  private readonly startedAt = performance.now();
  private claimedAt = this.startedAt;
  /** Why nothing can be sent now, if so. */
  down: string | null = null;

  constructor(private readonly parts: RoundParts) {
    this.batch = this.smallestBatch;
  }

  /** Runs until the queue is empty, the round is full, the transport fails or `stop` is called; everything is settled then. */
  async run(): Promise<number> {
    const { parts } = this;
    const lanes = await Promise.allSettled(Array.from({ length: parts.connections }, () => this.lane()));
    for (const claimed of this.inHand.splice(0)) this.giveBack(claimed);
    await parts.writer.finish();
    const failed = lanes.find((lane) => lane.status === 'rejected');
    if (failed) throw failed.reason;
    return this.taken;
  }

  /** Claims no more and begins no more; what is on the way is finished. */
  stop(): void {
    this.stopped = true;
  }

  private async lane(): Promise<void> {
    for (let claimed = await this.take(); claimed; claimed = await this.take()) await this.send(claimed);
  }

  private async take(): Promise<Claimed | undefined> {
    for (;;) {
      if (this.stopped) return undefined;
      if (this.inHand.length < this.batch) this.refill();
      const claimed = this.inHand.shift();
      if (claimed) return claimed;
      if (!this.refilling) return undefined;
      await this.refilling;
    }
  }

  private refill(): void {
    if (this.refilling || this.exhausted || this.stopped) return;
    this.refilling = this.claim().finally(() => { this.refilling = null; });
    // Thrown to the lanes that wait for it; those that still have messages in hand finish them first.
    this.refilling.catch(() => { this.exhausted = true; });
  }

  private async claim(): Promise<void> {
    const { queue, journal, clock, contents, lease } = this.parts;
    this.adaptBatch();
    const now = clock.now();
    const leaseUntil = new Date(now.getTime() + lease.milliseconds);
    const { taken, allowed } = await queue.claim({ channel: 'email', worker: journal.worker, leaseUntil, limit: this.batch, now });
    this.taken += taken;
    if (taken === 0 || performance.now() - this.startedAt >= ROUND_MS) this.exhausted = true;
    let compiled: ReadonlyMap<string, CompiledMessage>;
    try {
      compiled = await contents(allowed.flatMap((each) => each.contentId ?? []));
    } catch (error) {
      allowed.forEach((each) => this.giveBack(each));
      throw error;
    }
    this.inHand.push(...allowed.map((each) => ({ ...each, leaseUntil, contents: compiled })));
  }

  private get smallestBatch(): number {
    return Math.min(LARGEST_BATCH, this.parts.connections * 2);
  }

  /** The time between two claims is how long a batch lasts. Never business time. */
  private adaptBatch(): void {
    const now = performance.now();
    const lasted = now - this.claimedAt;
    this.claimedAt = now;
    if (lasted < BATCH_MS) this.batch = Math.min(LARGEST_BATCH, this.batch * 2);
    else if (lasted > BATCH_MS * 4) this.batch = Math.max(this.smallestBatch, Math.floor(this.batch / 2));
  }

  private async send(claimed: Claimed): Promise<void> {
    const { journal, transport, writer, clock } = this.parts;
    const made = this.make(claimed);
    if (!made) return;
    const { mail, language } = made;
    const claim = { id: claimed.id, fence: claimed.fence };
    const result = await transport.send(mail, () => {
      if (!this.holds(claimed)) throw new Error('the claim ran out before the message was transferred');
      journal.begin(claim, clock.now());
    });
    const now = clock.now();
    const common = { id: claimed.id, personId: claimed.personId, fence: claimed.fence, address: mail.envelope.to, language };
    if (result.kind === 'accepted') {
      journal.accepted(claim, now);
      this.lostInARow = 0;
      writer.add({ ...common, state: 'sent', sentAt: now, attempted: true });
      return;
    }
    if (result.kind !== 'uncertain') journal.refused(claim, now);
    this.watch(result);
    writer.add({ ...common, ...endOf(result, claimed, now) });
  }

  /** Another worker may take over a claim that has run out, so its message must not leave from here any more. */
  private holds(claimed: Claimed): boolean {
    const now = this.parts.clock.now();
    return now < claimed.leaseUntil || now < this.parts.lease.renewedUntil;
  }

  /** Ends the round when the relay, and not a message, is the trouble. */
  private watch(outcome: SmtpOutcome): void {
    if (outcome.kind === 'transport_down') this.down = outcome.detail;
    this.lostInARow = outcome.kind === 'lost' || outcome.kind === 'uncertain' ? this.lostInARow + 1 : 0;
    if (this.lostInARow >= LOST_IN_A_ROW) this.down ??= `${this.lostInARow} sessions in a row were lost. ${outcome.detail}`;
    if (this.down !== null) this.stop();
  }

  /** The bytes to send; null when the delivery has ended here, as a control or because it can not be made. */
  private make(claimed: Claimed): { mail: ComposedMail; language: string | null } | null {
    const { workspace, links, from, writer } = this.parts;
    const common = { id: claimed.id, personId: claimed.personId, fence: claimed.fence };
    try {
      const content = renderEmail(contentFor('email', claimed.contents, claimed.contentId), contextOf(claimed, claimed.person, workspace), links);
      const { id: deliveryId, campaignId, stepId, topic, transactional, firstAttemptAt: date } = claimed;
      const mail = compose({ deliveryId, campaignId, stepId, topic, transactional, from, to: claimed.person.email ?? '', date, content });
      if (!claimed.isControl) return { mail, language: content.language };
      writer.add({ ...common, language: content.language, state: 'ghost', reason: 'EXPERIMENT_CONTROL', attempted: false });
    } catch (error) {
      writer.add({ ...common, state: 'failed', ...failureOf(error), attempted: false });
    }
    return null;
  }

  private giveBack(claimed: GatedClaims['allowed'][number]): void {
    this.parts.writer.add({ id: claimed.id, personId: claimed.personId, fence: claimed.fence, state: 'queued', attempted: false });
  }
}

function failureOf(error: unknown): { reason: ReasonCode; detail: string } {
  if (error instanceof RenderFailure) return { reason: error.code, detail: error.detail };
  if (error instanceof AddressRefused) return { reason: error.side === 'to' ? 'CHANNEL_UNREACHABLE' : 'RENDER_ERROR', detail: `${error.side}: ${error.message}` };
  return { reason: 'RENDER_ERROR', detail: error instanceof Error ? error.message : String(error) };
}

type End = Pick<Settlement, 'state' | 'reason' | 'detail' | 'dueAt' | 'bounce' | 'attempted'>;

/** What a send that was not accepted means for its delivery. */
function endOf(outcome: SmtpOutcome, claimed: Claimed, now: Date): End {
  const { detail } = outcome;
  switch (outcome.kind) {
    case 'uncertain':
      return { state: 'uncertain', reason: 'PROVIDER_UNCERTAIN', detail, attempted: true };
    case 'transport_down':
      return { state: 'queued', detail, attempted: false };
    case 'unreachable':
      return { state: 'failed', reason: 'CHANNEL_UNREACHABLE', detail, attempted: false };
    case 'rejected':
      return { state: outcome.bounce ? 'bounced' : 'failed', reason: 'PROVIDER_REJECTED', detail, attempted: true, ...(outcome.bounce ? { bounce: { refusal: outcome.refusal, suppress: outcome.suppress } } : {}) };
    case 'lost':
    case 'deferred': {
      const scheduled = nextAttempt(claimed.id, claimed.attempts + 1, claimed.firstAttemptAt, now);
      if (scheduled === null) return { state: 'failed', reason: 'PROVIDER_REJECTED', detail: `Given up after 24 hours. ${detail}`, attempted: true };
      return { state: 'queued', detail, dueAt: outcome.kind === 'lost' ? new Date(now.getTime() + LOST_RETRY_MS) : scheduled, attempted: true };
    }
  }
}
