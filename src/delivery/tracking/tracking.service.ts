import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { announceEngagement } from '../../people/store/change.store.js';
import { inTransaction } from '../../platform/database/db.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { ALONE, judgeClick, judgeOpen, type RequestSigns } from './domain/classify.js';
import { crowdedIn, CROWD, CROWD_MS } from './domain/crowd.js';
import { grouped } from './domain/grouped.js';
import { AROUND_MS, changedOf, isMppRecipient, judgeTogether, keepingKnown } from './domain/together.js';
import { LinkKeys } from './link-keys.service.js';
import { Origins, type Origin } from './origins.js';
import { ScannerNetworks } from './scanner-networks.service.js';
import { SentDeliveries } from './sent-deliveries.js';
import { loadClicksFrom, loadTracked, markMppRecipients, recordEngagement, relabel, type Evidence, type LookAgain, type NewEngagement, type SentDelivery } from './store/engagement.store.js';

/** A request for a link or a pixel, already known to be one of ours. */
export interface Hit {
  kind: NewEngagement['kind'];
  deliveryId: string;
  link: number;
  url: string;
  ip: string;
  signs: Pick<RequestSigns, 'method' | 'userAgent' | 'acceptLanguage' | 'prefetch'>;
}

interface Waiting { hit: Hit; at: Date; done: () => void }
interface Lane { waiting: Waiting[]; flushing: Promise<void> | null }

const BATCH = 500;
/** Transactions at once: while the database writes one batch, the next is being received. */
const LANES = 3;
/** Hits of one message go one behind the other, because a burst is seen only among stored clicks. */
const laneOf = (deliveryId: string): number => Number.parseInt(deliveryId.slice(-4), 16) % LANES;
const HOUR_MS = 3_600_000;

/**
 * Records opens and clicks. Requests that arrive while a commit runs share the next one, so a request waits for at most
 * two. A hit that can not be stored is logged and its answer is given all the same: the link must work.
 */
@Injectable()
export class Tracking {
  private readonly lanes: Lane[] = Array.from({ length: LANES }, () => ({ waiting: [], flushing: null }));
  private readonly addresses = new Map<string, { at: number; deliveryId: string }[]>();
  private readonly sent = new SentDeliveries();
  private readonly origins = new Origins();
  /** Keys of events are unique among those of a delivery, kind and moment: this process and a number will do. */
  private readonly boot = randomBytes(9).toString('base64url');
  private stored = 0;

  constructor(
    private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log, private readonly runner: WorkerRunner,
    private readonly links: LinkKeys, private readonly scanners: ScannerNetworks,
  ) {}

  /** Resolves when the hit is durable, or could not be made so. */
  record(hit: Hit): Promise<void> {
    const at = this.clock.now();
    const lane = this.lanes[laneOf(hit.deliveryId)]!;
    return new Promise((done) => {
      lane.waiting.push({ hit, at, done });
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

  /** The hits, and what they change in earlier ones, in one transaction. */
  private async store(batch: readonly Waiting[]): Promise<void> {
    const [sent, scanners, secret] = await Promise.all([this.sent.load(this.db, batch.map(({ hit }) => hit.deliveryId)), this.scanners.current(), this.links.secret()]);
    const crowdsToAsk = new Set<string>();
    const events = batch.flatMap((entry) => {
      const delivery = sent.get(entry.hit.deliveryId);
      if (!delivery) return [];
      const origin = this.origins.originOf(entry.hit.ip, entry.at, secret, scanners);
      const manyPeople = entry.hit.kind === 'click' && this.followsMany(entry.hit.deliveryId, origin.address, entry.at.getTime());
      if (entry.hit.kind === 'click' && !manyPeople) crowdsToAsk.add(origin.address);
      return [this.eventOf(entry, delivery, origin, manyPeople)];
    }).toSorted((a, b) => a.at.getTime() - b.at.getTime());
    if (events.length === 0) return;
    const loadedByApple = events.filter(({ evidence, deliveryId }) => evidence.reasons.includes('apple-mpp') && !isMarkedLately(sent.get(deliveryId)!, events.at(-1)!.at)).map(({ deliveryId }) => deliveryId);
    const alone = loadedByApple.length === 0 ? await recordEngagement(this.db, events, [...crowdsToAsk], true) : null;
    const announced = alone ? alone.announced : await this.storeTogether(events, [...crowdsToAsk], loadedByApple);
    this.sent.forget(new Set(loadedByApple.map((id) => sent.get(id)!.personId)));
    if (announced) this.runner.wake('segments.membership');
  }

  /** Hits that change something besides themselves: all of it or nothing. Mostly they do not, and one statement is enough. */
  private storeTogether(events: readonly NewEngagement[], addresses: readonly string[], loadedByApple: readonly string[]): Promise<boolean> {
    const [first, last] = [events[0]!.at, events.at(-1)!.at];
    return inTransaction(this.db, async (tx) => {
      const again = (await recordEngagement(tx, events, addresses, false))!;
      if (loadedByApple.length > 0) await markMppRecipients(tx, loadedByApple, last);
      return (await lookAgain(tx, again, first, last)) || again.announced;
    });
  }

  private eventOf({ hit, at }: Waiting, { sentAt, mppFirst, mppLast }: SentDelivery, origin: Origin, manyPeople: boolean): NewEngagement {
    const signs: RequestSigns = { ...hit.signs, sinceSent: sentAt === null ? null : at.getTime() - sentAt.getTime(), scanner: origin.scanner };
    const { verdict, reasons } = hit.kind === 'honeypot' ? { verdict: 'machine' as const, reasons: ['honeypot'] }
      : hit.kind === 'open' ? judgeOpen(signs, { ...ALONE, mppRecipient: isMppRecipient({ first: mppFirst, last: mppLast }, at) })
        : judgeClick(signs, { ...ALONE, manyPeople });
    return {
      deliveryId: hit.deliveryId, kind: hit.kind, eventKey: `${this.boot}.${(this.stored += 1).toString(36)}`, at, verdict, evidence: evidenceOf(signs, origin, reasons),
      data: hit.kind === 'click' ? { link: hit.link, url: hit.url } : {},
    };
  }

  /** Whether this address is known here to have followed links of ten messages in ten seconds. */
  private followsMany(deliveryId: string, address: string, at: number): boolean {
    const recent = (this.addresses.get(address) ?? []).filter((click) => at - click.at < CROWD_MS && click.deliveryId !== deliveryId);
    recent.push({ at, deliveryId });
    if (this.addresses.size > 10_000) this.addresses.clear();
    this.addresses.set(address, recent.slice(-CROWD));
    return recent.length >= CROWD;
  }
}

/** A mark younger than an hour is not written again with every open. */
const isMarkedLately = ({ mppLast }: SentDelivery, at: Date) => mppLast !== null && at.getTime() - mppLast.getTime() < HOUR_MS;

function evidenceOf(signs: RequestSigns, { network, address }: Origin, reasons: string[]): Evidence {
  const evidence: Evidence = { reasons, userAgent: signs.userAgent.slice(0, 500), network, address, sinceSent: signs.sinceSent };
  if (signs.method !== 'GET') evidence.method = signs.method;
  if (signs.prefetch) evidence.prefetch = true;
  if (!signs.acceptLanguage) evidence.noLanguage = true;
  if (signs.scanner !== null) evidence.scanner = signs.scanner;
  return evidence;
}

/**
 * What only came to light with these hits: a burst is complete, an address follows everybody's links, a hidden link was followed.
 * What looked human before becomes a machine's then.
 *
 * @returns whether somebody reads who opened or clicked
 */
async function lookAgain(tx: EntityManager, { suspects, crowded }: LookAgain, first: Date, last: Date): Promise<boolean> {
  if (suspects.length === 0 && crowded.length === 0) return false;
  const [from, until] = [new Date(first.getTime() - AROUND_MS), new Date(last.getTime() + AROUND_MS)];
  const known = suspects.length === 0 ? [] : await loadTracked(tx, suspects, from, until);
  const clicks = crowded.length === 0 ? [] : await loadClicksFrom(tx, crowded, new Date(first.getTime() - CROWD_MS), until);
  const inCrowd = crowdedIn(clicks);
  const events = new Map([...known, ...clicks].map((event) => [`${event.deliveryId} ${event.eventKey}`, event]));
  const byDelivery = grouped(events.values(), ({ deliveryId }) => deliveryId);
  const around = { manyPeople: ({ eventKey }: { eventKey: string }) => inCrowd.has(eventKey), mppRecipient: () => false };
  const changes = [...byDelivery.values()].flatMap((own) => changedOf(keepingKnown(judgeTogether(own, around))));
  if (changes.length === 0) return false;
  return announceEngagement(tx, await relabel(tx, changes), last);
}
