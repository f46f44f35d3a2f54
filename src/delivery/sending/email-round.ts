import type { Clock } from '../../kernel/clock.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Workspace } from '../../platform/workspace.js';
import { RenderFailure, type CompiledMessage, type LinkSigner } from '../content/compiled.js';
import { renderEmail } from '../content/render.js';
import { endOf } from './domain/end-of-send.js';
import type { SendingSettings } from './domain/sending-settings.js';
import type { Admission } from '../relays/admission.js';
import { asksToSlowDown } from '../relays/domain/rate.js';
import type { RelayFleet, RelayLine } from '../relays/relay-fleet.js';
import type { Settlement } from './store/settlements.store.js';
import { DkimFailure } from '../identity/dkim-signer.js';
import type { Outgoing } from '../identity/outgoing.js';
import type { ComposedMail } from './compose.js';
import type { GatedClaims, GatedQueue } from './gated-claims.js';
import type { SendJournal } from './journal.js';
import { contentFor, contextOf } from './render-context.js';
import type { SettlementWriter } from './settlement-writer.js';
import { RelayQueues, type Queue } from './relay-queues.js';
import { AddressRefused } from './wire-address.js';

type Allowed = GatedClaims['allowed'][number];
type Claimed = Allowed & { senderDomain: string; leaseUntil: Date; contents: ReadonlyMap<string, CompiledMessage> };

/** How long claims are held, and until when everything in hand was last renewed. */
export interface Lease { milliseconds: number; renewedUntil: Date }

export interface RoundParts {
  queue: GatedQueue;
  journal: SendJournal;
  fleet: RelayFleet;
  /** What relays, domains and warm-up allow. */
  admission: Admission;
  writer: SettlementWriter;
  clock: Clock;
  /** Hears of each try to hand a message over. */
  tried(what: { id: string; personId: string; from: Date; until: Date; to: string; outcome: string }): void;
  workspace: Workspace;
  settings: SendingSettings;
  links: LinkSigner;
  outgoing: Outgoing;
  /** Compiled contents by id. */
  contents(ids: string[]): Promise<ReadonlyMap<string, CompiledMessage>>;
  lease: Lease;
}

/** A round claims no longer than this; then the worker looks around (dead workers, its own stop) and begins another. */
const ROUND_MS = 5_000;

/** Messages of one claim at most. */
const LARGEST_BATCH = 100;
/** A batch that lasts shorter than this is doubled, one that lasts four times as long is halved. */
const BATCH_MS = 250;

/**
 * One stretch of sending: each relay has as many lanes as connections, which take the messages given to it one by one, while
 * the next batch is claimed behind them. Batches begin with two messages a connection and grow while they last less than
 * {@link BATCH_MS}, so that gates are asked about a second before sending, whatever the speed of the relays. Of all these only
 * one message a connection can ever be in doubt, because the journal knows which were begun.
 */
export class EmailRound {
  private readonly queues: RelayQueues<Claimed>;
  private refilling: Promise<void> | null = null;
  private taken = 0;
  private exhausted = false;
  private stopped = false;
  private batch: number;
  private readonly startedAt = performance.now();
  private claimedAt = this.startedAt;

  /** Why a domain of ours can send nothing, if so. */
  broken: string | null = null;

  constructor(private readonly parts: RoundParts) {
    this.queues = new RelayQueues(parts.fleet.usable());
    this.batch = this.smallestBatch;
  }

  /** Runs until the queue is empty, the round is full, every relay fails or `stop` is called; everything is settled then. */
  async run(): Promise<number> {
    const lanes = await Promise.allSettled(this.queues.all.flatMap((queue) => Array.from({ length: queue.line.plan.connections }, () => this.lane(queue))));
    // A claim on its way when the last lane ended brings messages that nobody else would send or give back.
    await this.refilling?.catch(() => undefined);
    for (const queue of this.queues.all) this.giveBackAll(queue.line);
    await this.parts.writer.finish();
    await this.parts.admission.close();
    const failed = lanes.find((lane) => lane.status === 'rejected');
    if (failed) throw failed.reason;
    return this.taken;
  }

  /** Claims no more and begins no more; what is on the way is finished. */
  stop(): void {
    this.stopped = true;
    this.queues.announce();
  }

  private async lane(queue: Queue<Claimed>): Promise<void> {
    for (let claimed = await this.take(queue); claimed; claimed = await this.take(queue)) await this.send(claimed, queue.line);
  }

  private async take(queue: Queue<Claimed>): Promise<Claimed | undefined> {
    for (;;) {
      if (this.stopped || queue.line.open) return undefined;
      if (queue.waiting.length < this.batch && this.queues.haveRoom()) this.refill();
      const claimed = this.queues.take(queue);
      if (claimed) return claimed;
      if (this.refilling) await this.refilling;
      else if (this.exhausted) return undefined;
      else await this.queues.change();
    }
  }

  private refill(): void {
    if (this.refilling || this.exhausted || this.stopped) return;
    this.refilling = this.claim().finally(() => { this.refilling = null; });
    // Thrown to the lanes that wait for it; those that still have messages in hand finish them first.
    this.refilling.catch(() => { this.exhausted = true; });
  }

  private async claim(): Promise<void> {
    const { queue, journal, clock, contents, lease, admission } = this.parts;
    this.adaptBatch();
    const now = clock.now();
    const limit = await admission.capacity(this.queues.all.map(({ line }) => line).filter(({ open }) => !open), this.batch, now);
    if (limit === 0) {
      this.exhausted = true;
      return;
    }
    const leaseUntil = new Date(now.getTime() + lease.milliseconds);
    const { taken, allowed } = await queue.claim({ channel: 'email', worker: journal.worker, leaseUntil, limit, now });
    this.taken += taken;
    if (taken === 0 || performance.now() - this.startedAt >= ROUND_MS) this.exhausted = true;
    let compiled: ReadonlyMap<string, CompiledMessage>;
    try {
      compiled = await contents(allowed.flatMap((each) => each.contentId ?? []));
    } catch (error) {
      allowed.forEach((each) => this.giveBack(each));
      throw error;
    }
    const { go, wait, back } = await admission.admit(allowed.map((each) => ({ ...each, senderDomain: this.domainOf(compiled.get(each.contentId ?? '')) })), (fits) => this.queues.choose(fits), now);
    for (const { message, line } of go) this.queues.give(line, { ...message, leaseUntil, contents: compiled });
    for (const { message, until, why } of wait) this.giveBack(message, { reason: 'RATE_DEFERRED', detail: why, dueAt: until });
    for (const message of back) this.giveBack(message);
    if (this.queues.all.every(({ line }) => line.open)) this.stop();
  }

  private domainOf(content: CompiledMessage | undefined): string {
    return this.parts.outgoing.domainFor(content?.kind === 'email' ? content.fromAddress : undefined);
  }

  private get smallestBatch(): number {
    return Math.min(LARGEST_BATCH, this.queues.all.reduce((sum, { line }) => sum + line.plan.connections, 0) * 2);
  }

  /** The time between two claims is how long a batch lasts. Never business time. */
  private adaptBatch(): void {
    const now = performance.now();
    const lasted = now - this.claimedAt;
    this.claimedAt = now;
    if (lasted < BATCH_MS) this.batch = Math.min(LARGEST_BATCH, this.batch * 2);
    else if (lasted > BATCH_MS * 4) this.batch = Math.max(this.smallestBatch, Math.floor(this.batch / 2));
  }

  private async send(claimed: Claimed, line: RelayLine): Promise<void> {
    const { journal, fleet, admission, writer, clock } = this.parts;
    const made = await this.make(claimed, line);
    if (!made) return;
    const { mail, language } = made;
    const claim = { id: claimed.id, fence: claimed.fence };
    const from = clock.now();
    const result = await line.transport.send(mail, () => {
      if (!this.holds(claimed)) throw new Error('the claim ran out before the message was transferred');
      journal.begin({ ...claim, relay: line.plan.id }, clock.now());
    });
    const now = clock.now();
    this.parts.tried({ id: claimed.id, personId: claimed.personId, from, until: now, to: line.plan.id, outcome: result.kind });
    const common = { id: claimed.id, personId: claimed.personId, fence: claimed.fence, address: mail.envelope.to, language, relay: line.plan.id };
    if (result.kind === 'accepted') {
      journal.accepted(claim, now);
      writer.add({ ...common, state: 'sent', sentAt: now, attempted: true });
      admission.noteAccepted(line, now);
      return fleet.note(line, result, now);
    }
    if (result.kind !== 'uncertain') journal.refused(claim, now);
    writer.add({ ...common, ...endOf(result, claimed, this.parts.settings, now) });
    if (result.kind === 'transport_down') admission.release(line, claimed, now);
    await fleet.note(line, result, now);
    if (asksToSlowDown(result.detail)) await admission.slowDown(line, claimed.person.email, result.detail, now);
    if (line.open) this.giveBackAll(line);
  }

  /** Another worker may take over a claim that has run out, so its message must not leave from here any more. */
  private holds(claimed: Claimed): boolean {
    const now = this.parts.clock.now();
    return now < claimed.leaseUntil || now < this.parts.lease.renewedUntil;
  }

  /** The bytes to send; null when the delivery has ended here, as a control or because it can not be made. */
  private async make(claimed: Claimed, line: RelayLine): Promise<{ mail: ComposedMail; language: string | null } | null> {
    const { workspace, links, outgoing, writer } = this.parts;
    const common = { id: claimed.id, personId: claimed.personId, fence: claimed.fence };
    try {
      const content = renderEmail(contentFor('email', claimed.contents, claimed.contentId), contextOf(claimed, claimed.person, workspace), links);
      const { id: deliveryId, campaignId, stepId, topic, transactional, firstAttemptAt: date } = claimed;
      const unsigned = outgoing.compose({ deliveryId, campaignId, stepId, topic, transactional, to: claimed.person.email ?? '', date, content, relay: line.plan });
      if (!claimed.isControl) return { mail: await unsigned.sealed(), language: content.language };
      writer.add({ ...common, language: content.language, state: 'ghost', reason: 'EXPERIMENT_CONTROL', attempted: false });
    } catch (error) {
      if (error instanceof DkimFailure) this.refuseToSend(error, claimed);
      else writer.add({ ...common, state: 'failed', ...failureOf(error), attempted: false });
    }
    return null;
  }

  /** A domain that signs sends nothing unsigned: the round ends, and its messages wait until the key is mended. */
  private refuseToSend(failure: DkimFailure, claimed: Claimed): void {
    this.broken = failure.message;
    this.stop();
    this.giveBack(claimed);
  }

  /** Puts a message back as if it had not been claimed, due at once or later. */
  private giveBack({ id, personId, fence }: Allowed, later: Pick<Settlement, 'reason' | 'detail' | 'dueAt'> = {}): void {
    this.parts.writer.add({ id, personId, fence, state: 'queued', attempted: false, ...later });
  }

  private giveBackAll(line: RelayLine): void {
    for (const each of this.queues.drain(line)) {
      this.parts.admission.release(line, each, this.parts.clock.now());
      this.giveBack(each);
    }
  }
}

function failureOf(error: unknown): { reason: ReasonCode; detail: string } {
  if (error instanceof RenderFailure) return { reason: error.code, detail: error.detail };
  if (error instanceof AddressRefused) return { reason: error.side === 'to' ? 'CHANNEL_UNREACHABLE' : 'RENDER_ERROR', detail: `${error.side}: ${error.message}` };
  return { reason: 'RENDER_ERROR', detail: error instanceof Error ? error.message : String(error) };
}
