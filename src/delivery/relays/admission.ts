import { domainToASCII } from 'node:url';
import type { DataSource } from 'typeorm';
import { localDate, startOfDay } from '../../kernel/local-time.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { currentRate, grant, lease, lower, nextToken, refilled } from './domain/rate.js';
import { allowanceOn, dayAfter } from './domain/warm-up.js';
import type { RelayLine } from './relay-fleet.js';
import { lockBuckets, lowered, returnTokens, saveBuckets, type RateKey, type StoredBucket } from './store/rates.store.js';
import { lastEngaged, listWarmUps, returnPlaces, takePlaces, type WarmUp, type WarmUpKey } from './store/warm-up.store.js';

/** What has to be known of a claimed message to let it go. */
export interface Asking {
  personId: string;
  person: { email: string | null };
  transactional: boolean;
  /** The domain it is sent from. */
  senderDomain: string;
  /** `RATE_DEFERRED` when it has waited for a place before. */
  reason: string | null;
}

/** A message with the relay it was given to. */
export interface Placed<T> { message: T; line: RelayLine }
/** A message that comes again later, without an attempt. `why` is for people. */
export interface Deferred<T> { message: T; until: Date; why: string }
export interface Admitted<T> { go: Placed<T>[]; wait: Deferred<T>[]; back: T[] }

export interface AdmissionScope { db: DataSource; zone: string }

const DAY_MS = 86_400_000;

/**
 * Lets claimed messages go, or says when to come again: the rate of each relay, the rate of each recipient domain, and
 * warm-up. All of it is counted in the database under row locks, so that any number of processes keep one limit together; a
 * relay without limits costs nothing. One of these lives for one round of sending.
 *
 * The rate of a relay bounds what is claimed, so its messages simply stay queued. A domain's messages are claimed with all
 * others, get a place in their own line and go back to the queue until then: they hold up nobody and take no memory.
 */
export class Admission {
  /** When a relay may next send, if all have used up their rates. */
  until: Date | null = null;
  private readonly leases = new Map<RelayLine, number>();
  private readonly spent = new Set<string>();
  private readonly unused = new Map<string, { key: WarmUpKey; day: string; places: number }>();
  private accepted = new Map<RelayLine, { count: number; since: Date }>();

  private constructor(private readonly scope: AdmissionScope, private readonly warmUps: Map<string, WarmUp>, private readonly loweredRates: Set<string>) {}

  static async open(scope: AdmissionScope): Promise<Admission> {
    const warmUps = (await listWarmUps(scope.db)).filter(({ enabled }) => enabled);
    const rates = await lowered(scope.db);
    return new Admission(scope, new Map(warmUps.map((plan) => [planKey(plan), plan])), new Set([...rates].flatMap(([relayId, each]) => each.map(({ domain }) => rateKey({ relayId, domain })))));
  }

  /** How many of `wanted` messages these relays may take now. Tokens are leased for a batch and given back by {@link close}. */
  async capacity(lines: readonly RelayLine[], wanted: number, now: Date): Promise<number> {
    const limited = lines.filter((line) => this.isLimited(line, ''));
    const missing = limited.filter((line) => (this.leases.get(line) ?? 0) < wanted);
    if (missing.length > 0) await this.leaseFor(missing, wanted, now);
    if (limited.length < lines.length) return wanted;
    return Math.min(wanted, limited.reduce((sum, line) => sum + (this.leases.get(line) ?? 0), 0));
  }

  /**
   * Gives each message to a relay and asks what the limits say.
   *
   * @param choose the relay whose turn it is among those that fit; null when there is none
   */
  async admit<T extends Asking>(messages: readonly T[], choose: (fits: (line: RelayLine) => boolean) => RelayLine | null, now: Date): Promise<Admitted<T>> {
    const admitted: Admitted<T> = { go: [], wait: [], back: [] };
    for (let pending = [...messages]; pending.length > 0; ) {
      const placed: Placed<T>[] = [];
      for (const message of pending) {
        const line = choose((each) => (this.leases.get(each) ?? 1) > 0 && !this.isSpent(each, message));
        if (line) {
          if (this.leases.has(line)) this.leases.set(line, this.leases.get(line)! - 1);
          placed.push({ message, line });
        } else if (this.spent.size > 0 && !message.transactional) admitted.wait.push({ message, until: this.tomorrow(now), why: WARMING });
        else admitted.back.push(message);
      }
      pending = await this.ask(placed, admitted, now);
    }
    await this.engagedFirst(admitted.wait.filter(({ why }) => why === WARMING), now);
    return admitted;
  }

  /** A message that was let go and did not go after all. */
  release(line: RelayLine, message: Asking, now: Date): void {
    if (this.leases.has(line)) this.leases.set(line, this.leases.get(line)! + 1);
    for (const key of this.plansOf(line, message)) this.handBack(key, 1, now);
  }

  /** Counts what a relay takes: the rate to halve when it has none configured. */
  noteAccepted(line: RelayLine, now: Date): void {
    const counted = this.accepted.get(line) ?? { count: 0, since: now };
    counted.count += 1;
    this.accepted.set(line, counted);
  }

  /** A server asked to slow down: half the rate, for the recipient's domain when it has one of its own, else for the relay. */
  async slowDown(line: RelayLine, email: string | null, because: string, now: Date): Promise<void> {
    const domain = this.isLimited(line, domainOf(email)) ? domainOf(email) : '';
    const key = { relayId: line.plan.id, domain };
    const { count = 0, since = now } = this.accepted.get(line) ?? {};
    const measured = count / Math.max(1, (now.getTime() - since.getTime()) / 1_000);
    await inTransaction(this.scope.db, async (tx) => {
      const [bucket] = await lockBuckets(tx, [key], now);
      const slower = lower(bucket!, configuredRate(line, domain), measured, now);
      if (slower) await saveBuckets(tx, [{ ...bucket!, ...slower, because }]);
    });
    this.loweredRates.add(rateKey(key));
  }

  /** Gives back what was leased or reserved and not used. */
  async close(): Promise<void> {
    for (const [line, tokens] of this.leases) if (tokens > 0) await returnTokens(this.scope.db, line.plan.id, tokens);
    for (const { key, day, places } of this.unused.values()) await returnPlaces(this.scope.db, key, day, places);
    this.leases.clear();
    this.unused.clear();
  }

  private async leaseFor(lines: readonly RelayLine[], wanted: number, now: Date): Promise<void> {
    this.until = null;
    await inTransaction(this.scope.db, async (tx) => {
      const buckets = await lockBuckets(tx, lines.map(({ plan }) => ({ relayId: plan.id, domain: '' })), now);
      const saved = buckets.map((bucket) => {
        const line = lines.find(({ plan }) => plan.id === bucket.relayId)!;
        const { rate, filled } = this.filled(line, bucket, now);
        const have = this.leases.get(line) ?? 0;
        if (rate === null) {
          this.leases.delete(line);
          return filled;
        }
        const { bucket: left, leased } = lease(filled, wanted - have);
        this.leases.set(line, have + leased);
        if (have + leased === 0) this.until = earliest(this.until, nextToken(left, rate));
        return { ...filled, ...left };
      });
      await saveBuckets(tx, saved);
    });
  }

  /** Asks warm-up, then the domains' rates. Answers with messages whose relay is spent, which another one may take. */
  private async ask<T extends Asking>(placed: readonly Placed<T>[], admitted: Admitted<T>, now: Date): Promise<T[]> {
    const warming = this.warmUps.size > 0 && placed.some(({ line, message }) => this.plansOf(line, message).length > 0);
    const limited = placed.filter(({ line, message }) => this.limitsDomains(line) && this.isLimited(line, domainOf(message.person.email)));
    if (!warming && limited.length === 0) {
      admitted.go.push(...placed);
      return [];
    }
    return inTransaction(this.scope.db, async (tx) => {
      const again: T[] = [];
      const warm = warming ? await this.warm(tx, placed, again, now) : placed;
      const slow = new Set<Placed<T>>(limited);
      admitted.go.push(...warm.filter((each) => !slow.has(each)));
      await this.pace(tx, warm.filter((each) => slow.has(each)), admitted, now);
      return again;
    });
  }

  private async warm<T extends Asking>(tx: Db, placed: readonly Placed<T>[], again: T[], now: Date): Promise<Placed<T>[]> {
    const day = localDate(now, this.scope.zone);
    let left = [...placed];
    for (const plan of [...this.warmUps.values()].sort((a, b) => (planKey(a) < planKey(b) ? -1 : 1))) {
      const mine = left.filter(({ line, message }) => this.plansOf(line, message).includes(plan));
      const allowance = allowanceOn(plan, day);
      if (allowance === null || mine.length === 0) continue;
      const bulk = mine.filter(({ message }) => !message.transactional);
      const granted = await takePlaces(tx, plan, day, { asked: bulk.length, free: mine.length - bulk.length, allowance });
      const refused = new Set(bulk.slice(granted));
      if (refused.size > 0) this.spent.add(planKey(plan));
      for (const { message, line } of refused) {
        for (const other of this.plansOf(line, message)) if (planKey(other) < planKey(plan)) this.handBack(other, 1, now);
        if (this.leases.has(line)) this.leases.set(line, this.leases.get(line)! + 1);
        again.push(message);
      }
      left = left.filter((each) => !refused.has(each));
    }
    return left;
  }

  private async pace<T extends Asking>(tx: Db, placed: readonly Placed<T>[], admitted: Admitted<T>, now: Date): Promise<void> {
    const groups = new Map<string, Placed<T>[]>();
    for (const each of placed) {
      const key = rateKey({ relayId: each.line.plan.id, domain: domainOf(each.message.person.email) });
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    if (groups.size === 0) return;
    const buckets = await lockBuckets(tx, [...groups.values()].map(([first]) => ({ relayId: first!.line.plan.id, domain: domainOf(first!.message.person.email) })), now);
    const saved = buckets.map((bucket) => {
      const group = groups.get(rateKey(bucket))!;
      const { rate, filled } = this.filled(group[0]!.line, bucket, now);
      if (rate === null) {
        admitted.go.push(...group);
        return filled;
      }
      const { bucket: left, places } = grant(filled, rate, group.map(({ message }) => ({ promised: message.reason === 'RATE_DEFERRED' })), now);
      for (const [index, each] of group.entries()) {
        const until = places[index]!;
        if (until === null) admitted.go.push(each);
        else {
          this.release(each.line, each.message, now);
          admitted.wait.push({ message: each.message, until, why: `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} messages a second go to ${bucket.domain}.` });
        }
      }
      return { ...filled, ...left };
    });
    await saveBuckets(tx, saved);
  }

  /** The bucket as it is now; a lowered rate that has risen far enough is forgotten. */
  private filled(line: RelayLine, bucket: StoredBucket, now: Date): { rate: number | null; filled: StoredBucket } {
    const configured = configuredRate(line, bucket.domain);
    const rate = currentRate(configured, bucket, now);
    const over = rate === configured ? { loweredTo: null, loweredFrom: null, loweredAt: null } : {};
    if (rate === configured) this.loweredRates.delete(rateKey(bucket));
    return { rate, filled: { ...bucket, ...refilled(bucket, rate ?? 1, now), ...over } };
  }

  /** Everybody who waits for tomorrow comes due then; those who opened or clicked lately come first. */
  private async engagedFirst(waiting: readonly Deferred<Asking>[], now: Date): Promise<void> {
    if (waiting.length === 0) return;
    const engaged = await lastEngaged(this.scope.db, waiting.map(({ message }) => message.personId));
    for (const each of waiting) {
      const at = engaged.get(each.message.personId);
      const days = at ? (now.getTime() - at.getTime()) / DAY_MS : Infinity;
      each.until = new Date(each.until.getTime() + (days <= 30 ? 0 : days <= 90 ? 1 : at ? 2 : 3) * 1_000);
    }
  }

  private tomorrow(now: Date): Date {
    return startOfDay(dayAfter(localDate(now, this.scope.zone)), this.scope.zone);
  }

  private isSpent(line: RelayLine, message: Asking): boolean {
    return !message.transactional && this.plansOf(line, message).some((plan) => this.spent.has(planKey(plan)));
  }

  private plansOf(line: RelayLine, { senderDomain }: Asking): WarmUp[] {
    return [planKey({ scope: 'domain', key: senderDomain }), planKey({ scope: 'relay', key: line.plan.id })].flatMap((key) => this.warmUps.get(key) ?? []);
  }

  private handBack(plan: WarmUpKey, places: number, now: Date): void {
    const day = localDate(now, this.scope.zone);
    const key = `${planKey(plan)} ${day}`;
    this.unused.set(key, { key: plan, day, places: (this.unused.get(key)?.places ?? 0) + places });
  }

  /** Whether any recipient domain may have a rate over this relay; else no address has to be looked at. */
  private limitsDomains({ plan }: RelayLine): boolean {
    return this.loweredRates.size > 0 || Object.keys(plan.domainRates).length > 0;
  }

  private isLimited(line: RelayLine, domain: string): boolean {
    return configuredRate(line, domain) !== null || this.loweredRates.has(rateKey({ relayId: line.plan.id, domain }));
  }
}

const WARMING = "The warm-up volume of the day is used up.";
const planKey = ({ scope, key }: WarmUpKey) => `${scope} ${key}`;
const rateKey = ({ relayId, domain }: RateKey) => `${relayId} ${domain}`;
const earliest = (a: Date | null, b: Date) => (a !== null && a < b ? a : b);
const configuredRate = ({ plan }: RelayLine, domain: string): number | null => (domain === '' ? plan.sendRate : plan.domainRates[domain] ?? plan.domainRates['*'] ?? null);

/** The domain of an address as the settings name it; an address without one is like no domain at all, and fails later. */
export function domainOf(email: string | null): string {
  const domain = (email ?? '').slice((email ?? '').lastIndexOf('@') + 1).toLowerCase();
  return domainToASCII(domain) || 'invalid';
}
