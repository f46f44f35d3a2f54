import { isDeepStrictEqual } from 'node:util';
import type { DataSource } from 'typeorm';
import type { Log } from '../../platform/logging.js';
import { outcomeOf } from '../sending/domain/smtp-outcome.js';
import { SessionRefused, SmtpSession } from '../sending/smtp-session.js';
import { SmtpTransport, type SendResult } from '../sending/smtp-transport.js';
import type { Weighted } from './domain/choice.js';
import { planOf, type RelayPlan } from './relay-settings.js';
import { closeBreaker, loadHealth, noteError, openBreaker, takeProbe, type RelayHealth } from './store/relay-health.store.js';
import { listRelays } from './store/relays.store.js';

/** So many failures to connect or log in, one after the other, open a breaker. */
const FAILURES = 5;
/** Sessions that end in the middle: a restart of the relay ends all of them at once, so it takes more. */
const LOST = 20;
/** How long an open relay is left alone between two probes. */
export const PROBE_MS = 30_000;

/** A relay in use by this process. */
export interface RelayLine extends Weighted {
  plan: RelayPlan;
  transport: SmtpTransport;
  /** No message may be begun over it. */
  open: boolean;
  failures: number;
  lost: number;
}

export interface FleetScope {
  db: DataSource;
  log: Log;
  /** The relay of an installation without rows. */
  fallback(): Promise<RelayPlan>;
  /** Something changed that lets messages go: look again. */
  wake(): void;
}

/**
 * The relays of this process: a pool of sessions each, and circuit breakers shared with other processes through
 * `relay_health`. Five failures in a row open one; it is probed each {@link PROBE_MS} by one process, with a session that sends
 * nothing, so that no delivery pays for finding out.
 */
export class RelayFleet {
  private lines = new Map<string, RelayLine>();
  private health: Map<string, RelayHealth> | null = null;
  private readonly probing = new Map<string, Promise<void>>();

  constructor(private readonly scope: FleetScope) {}

  /** Reads what is configured and how everybody's relays are, and probes what is due. */
  async refresh(now: Date): Promise<void> {
    const configured = await listRelays(this.scope.db);
    const plans = configured.length > 0 ? configured.filter(({ enabled }) => enabled).map(planOf) : [await this.scope.fallback()];
    this.health = new Map((await loadHealth(this.scope.db)).map((each) => [each.relayId, each]));
    const before = this.lines;
    this.lines = new Map(plans.map((plan) => [plan.id, this.lineOf(plan, before.get(plan.id))]));
    for (const [id, line] of before) if (this.lines.get(id)?.transport !== line.transport) line.transport.close();
    const probes = [...this.lines.values()].filter(({ open }) => open).map((line) => this.probe(line, now));
    if (this.usable().length === 0) await Promise.all(probes);
  }

  /** The relays of the best priority that has one in order. */
  usable(): RelayLine[] {
    const closed = [...this.lines.values()].filter(({ open }) => !open);
    const best = Math.min(...closed.map(({ plan }) => plan.priority));
    return closed.filter(({ plan }) => plan.priority === best);
  }

  /** When an open relay is tried next; null when none is open. The first to ask finds out how they were left before this start. */
  async nextProbe(now: Date): Promise<Date | null> {
    if (this.health === null) await this.refresh(now);
    const moments = [...this.lines.values()].flatMap(({ open, plan }) => (open ? this.health?.get(plan.id)?.probeAt?.getTime() ?? [] : []));
    return moments.length > 0 ? new Date(Math.min(...moments)) : null;
  }

  /** Learns from the end of a send. */
  async note(line: RelayLine, result: SendResult, now: Date): Promise<void> {
    if (result.kind === 'transport_down') line.failures += 1;
    else if (result.kind === 'lost' || result.kind === 'uncertain') line.lost += 1;
    else {
      line.failures = 0;
      line.lost = 0;
      return;
    }
    if (line.open) return;
    if (line.failures >= FAILURES || line.lost >= LOST) return this.trip(line, result.detail, now);
    if (line.failures === 1) await noteError(this.scope.db, line.plan.id, result.detail, now);
  }

  /** @param force also ends messages on the way, whose outcome is then unknown */
  close(force = false): void {
    for (const { transport } of this.lines.values()) transport.close(force);
  }

  private async trip(line: RelayLine, error: string, now: Date): Promise<void> {
    line.open = true;
    const probeAt = new Date(now.getTime() + PROBE_MS);
    this.health?.set(line.plan.id, { relayId: line.plan.id, breaker: 'open', openedAt: now, probeAt, lastError: error, lastErrorAt: now, lastOkAt: null });
    const first = await openBreaker(this.scope.db, line.plan.id, error, now, probeAt);
    if (first) this.scope.log.warn({ relay: line.plan.id, reason: error, seconds: PROBE_MS / 1000 }, 'a mail server can not be used; it is left alone and nothing is lost');
  }

  private lineOf(plan: RelayPlan, before: RelayLine | undefined): RelayLine {
    const open = this.health?.get(plan.id)?.breaker === 'open';
    if (before && isDeepStrictEqual(before.plan.session, plan.session)) {
      // Another process may have found out first, in either direction.
      if (before.open !== open) Object.assign(before, { failures: 0, lost: 0 });
      return Object.assign(before, { plan, weight: plan.weight, open });
    }
    return { plan, weight: plan.weight, credit: 0, transport: new SmtpTransport(plan.session), open, failures: 0, lost: 0 };
  }

  private probe(line: RelayLine, now: Date): Promise<void> {
    const running = this.probing.get(line.plan.id) ?? this.tryAgain(line, now).catch((error: unknown) => this.scope.log.warn({ err: error }, 'a relay could not be probed')).finally(() => { this.probing.delete(line.plan.id); });
    this.probing.set(line.plan.id, running);
    return running;
  }

  private async tryAgain(line: RelayLine, now: Date): Promise<void> {
    const { id } = line.plan;
    const next = new Date(now.getTime() + PROBE_MS);
    if (!(await takeProbe(this.scope.db, id, now, next))) return;
    const health = this.health?.get(id);
    if (health) health.probeAt = next;
    try {
      (await SmtpSession.open(line.plan.session)).quit();
    } catch (error) {
      if (!(error instanceof SessionRefused)) throw error;
      return noteError(this.scope.db, id, outcomeOf(error.failure).detail, now);
    }
    await closeBreaker(this.scope.db, id, now);
    Object.assign(line, { open: false, failures: 0, lost: 0 });
    this.scope.log.warn({ relay: id }, 'a mail server can be used again');
    this.scope.wake();
  }
}
