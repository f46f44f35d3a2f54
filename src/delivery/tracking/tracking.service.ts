import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { announceEngagement } from '../../people/store/change.store.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { burstOf, classifyOpen, clickReasons, clickVerdict, type RequestSigns } from './domain/classify.js';
import { networkOf } from './domain/network.js';
import { insertDeliveryEvents, loadClicks, loadSent, relabelClicks, type NewDeliveryEvent, type SentDelivery } from './store/delivery-events.store.js';

/** A request for a link or a pixel, already known to be one of ours. */
export interface Hit {
  kind: 'open' | 'click';
  deliveryId: string;
  link: number;
  url: string;
  ip: string;
  signs: Omit<RequestSigns, 'sinceSent'>;
}

interface Waiting { hit: Hit; at: Date; manyPeople: boolean; done: () => void }
interface Lane { waiting: Waiting[]; flushing: Promise<void> | null }

const BATCH = 500;
const PEOPLE_PER_ADDRESS = 10;
const ADDRESS_WINDOW_MS = 10_000;
const BURST_MS = 2_000;

/**
 * Records opens and clicks. Requests of a kind that arrive while a commit runs share the next one, so a request waits for at
 * most two. Clicks are stored one batch after the other, because a burst is seen only among stored clicks. A hit that can not be stored is logged and its answer is given all the same: the link must work.
 */
@Injectable()
export class Tracking {
  private readonly lanes: Record<Hit['kind'], Lane> = { open: { waiting: [], flushing: null }, click: { waiting: [], flushing: null } };
  private readonly addresses = new Map<string, { at: number; deliveryId: string }[]>();

  constructor(private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log, private readonly runner: WorkerRunner) {}

  /** Resolves when the hit is durable, or could not be made so. */
  record(hit: Hit): Promise<void> {
    const at = this.clock.now();
    const manyPeople = hit.kind === 'click' && this.followsMany(hit, at.getTime());
    const lane = this.lanes[hit.kind];
    return new Promise((done) => {
      lane.waiting.push({ hit, at, manyPeople, done });
      lane.flushing ??= this.flush(lane).finally(() => { lane.flushing = null; });
    });
  }

  private async flush({ waiting }: Lane): Promise<void> {
    while (waiting.length > 0) {
      // Lets the requests of this turn of the event loop into the batch.
      await new Promise((next) => { setImmediate(next); });
      const batch = waiting.splice(0, BATCH);
      try {
        await this.store(batch);
      } catch (error) {
        this.log.error({ err: error, count: batch.length }, 'opens and clicks could not be recorded');
      }
      for (const { done } of batch) done();
    }
  }

  /** Opens are one statement; clicks and what they change in earlier clicks are one transaction. */
  private async store(batch: readonly Waiting[]): Promise<void> {
    const announced = batch[0]!.hit.kind === 'open'
      ? await insertDeliveryEvents(this.db, await eventsOf(this.db, batch))
      : await inTransaction(this.db, (tx) => storeClicks(tx, batch));
    if (announced) this.runner.wake('segments.membership');
  }

  /** Whether this address followed links of ten messages in ten seconds. Kept per process, in memory. */
  private followsMany({ ip, deliveryId }: Hit, at: number): boolean {
    const recent = (this.addresses.get(ip) ?? []).filter((click) => at - click.at < ADDRESS_WINDOW_MS && click.deliveryId !== deliveryId);
    recent.push({ at, deliveryId });
    if (this.addresses.size > 10_000) this.addresses.clear();
    this.addresses.set(ip, recent.slice(-PEOPLE_PER_ADDRESS));
    return recent.length >= PEOPLE_PER_ADDRESS;
  }
}

async function storeClicks(tx: Db, batch: readonly Waiting[]): Promise<boolean> {
  const clicks = await eventsOf(tx, batch);
  const announced = await insertDeliveryEvents(tx, clicks);
  return (await relabelBursts(tx, clicks)) || announced;
}

/** What is to be stored; hits of messages that are no longer known are left out. */
async function eventsOf(db: Db, batch: readonly Waiting[]): Promise<NewDeliveryEvent[]> {
  const sent = await loadSent(db, [...new Set(batch.map(({ hit }) => hit.deliveryId))]);
  return batch.flatMap((entry) => {
    const delivery = sent.get(entry.hit.deliveryId);
    return delivery ? [eventOf(entry, delivery)] : [];
  });
}

function eventOf({ hit, at, manyPeople }: Waiting, { personId, campaignId, sentAt }: SentDelivery): NewDeliveryEvent {
  const signs: RequestSigns = { ...hit.signs, sinceSent: sentAt === null ? null : at.getTime() - sentAt.getTime() };
  const common = { deliveryId: hit.deliveryId, personId, campaignId, kind: hit.kind, eventKey: newId(), at };
  const seen = { userAgent: signs.userAgent.slice(0, 500), network: networkOf(hit.ip), sinceSent: signs.sinceSent };
  if (hit.kind === 'open') {
    const { verdict, reasons } = classifyOpen(signs);
    return { ...common, verdict, evidence: { reasons, ...seen }, data: {} };
  }
  const reasons = clickReasons(signs, manyPeople);
  return { ...common, verdict: clickVerdict(reasons, sentAt !== null), evidence: { reasons, ...seen }, data: { link: hit.link, url: hit.url } };
}

/**
 * A scanner follows every link at once: clicks that looked human become machine when their burst is complete.
 *
 * @returns whether somebody reads who clicked
 */
async function relabelBursts(tx: Db, clicks: readonly NewDeliveryEvent[]): Promise<boolean> {
  if (clicks.length === 0) return false;
  const ids = [...new Set(clicks.map((click) => click.deliveryId))];
  const since = new Date(Math.min(...clicks.map((click) => click.at.getTime())) - BURST_MS);
  const recorded = await loadClicks(tx, ids, since);
  const changed = ids.flatMap((id) => {
    const own = recorded.filter((click) => click.deliveryId === id);
    const burst = burstOf(own.map((click) => ({ link: click.link, at: click.at.getTime() })));
    return own.filter((click, index) => burst.has(index) && !click.reasons.includes('burst'));
  });
  if (changed.length === 0) return false;
  await relabelClicks(tx, changed, 'machine', 'burst');
  const campaigns = new Map(clicks.map(({ deliveryId, campaignId }) => [deliveryId, campaignId!]));
  return announceEngagement(tx, changed.map(({ deliveryId, personId }) => ({ personId, campaignId: campaigns.get(deliveryId)! })), clicks.at(-1)!.at);
}
