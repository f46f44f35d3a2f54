import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { Config } from '../../platform/config.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { outcomeOf } from '../sending/domain/smtp-outcome.js';
import { SessionRefused, SmtpSession } from '../sending/smtp-session.js';
import { ENVIRONMENT, SANDBOX, sessionOf, type Relay } from './relay-settings.js';
import { closeBreaker, loadHealth, noteError, type RelayHealth } from './store/relay-health.store.js';
import { deleteRelay, findRelay, listRelays, putRelay, type StoredRelay } from './store/relays.store.js';
import { lowered, type LoweredRate } from './store/rates.store.js';

/** A relay as people see it: with its state, without its password. */
export interface RelayView extends Omit<StoredRelay, 'password'> { state: RelayState }

export interface RelayState extends Omit<RelayHealth, 'relayId'> { lowered: LoweredRate[] }

/** What a trial session found. */
export interface Trial {
  ok: boolean;
  /** The words of the server or of the network when it did not work. */
  answer: string;
  encrypted: boolean;
  extensions: string[];
  /** Largest message in bytes that the server says it takes. */
  largest: number | null;
}

export type RelayFields = Omit<Relay, 'id'>;

const FINE: RelayState = { breaker: 'closed', openedAt: null, probeAt: null, lastError: null, lastErrorAt: null, lastOkAt: null, lowered: [] };

/** What becomes of mail now: it leaves through `relays` or SMTP_URL (`environment`), stays in the `sandbox`, or waits because every relay is `off` or `away`. */
export type SendingMode = 'relays' | 'off' | 'away' | typeof ENVIRONMENT | typeof SANDBOX;

function modeOf(relays: RelayView[]): SendingMode {
  const on = relays.filter(({ enabled }) => enabled);
  if (on.length === 0) return 'off';
  return on.every(({ state }) => state.breaker === 'open') ? 'away' : 'relays';
}

/** The mail servers that messages leave through. */
@Injectable()
export class Relays {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly config: Config, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /** All relays in the order in which they are tried, and what stands in for them while there are none. */
  async list(): Promise<{ items: RelayView[]; sending: SendingMode; fallback: { id: string; inUse: boolean; state: RelayState } }> {
    const stored = await listRelays(this.db);
    const states = await this.states();
    const id = this.config.SMTP_URL ? ENVIRONMENT : SANDBOX;
    const items = stored.map((each) => viewOf(each, states.get(each.id)));
    return { items, sending: items.length === 0 ? id : modeOf(items), fallback: { id, inUse: stored.length === 0, state: states.get(id) ?? FINE } };
  }

  async one(id: string): Promise<RelayView> {
    return viewOf(await this.find(id), (await this.states()).get(id));
  }

  async add(fields: RelayFields, actor: Actor): Promise<RelayView> {
    return this.put({ ...fields, id: newId() }, 'relay.add', Object.keys(fields), actor);
  }

  /** Changes what is named. A password stays until another one is given, or the user name is taken away. */
  async change(id: string, change: Partial<RelayFields>, actor: Actor): Promise<RelayView> {
    const before = await this.find(id);
    const password = change.username === null ? null : change.password ?? before.password;
    return this.put({ ...before, ...change, password }, 'relay.change', Object.keys(change), actor);
  }

  /** Removes a relay. What is on its way over it is finished; deliveries keep its id. */
  async remove(id: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const relay = await this.find(id);
      await deleteRelay(tx, id);
      await this.audit.record(tx, { actor, action: 'relay.remove', subject: `relay:${id}`, detail: { name: relay.name } }, this.clock.now());
    });
    this.runner.wake('delivery.email');
  }

  /** Connects, secures and logs in as a sender would, and sends nothing. When it works, an open breaker is closed. */
  async try(id: string): Promise<Trial> {
    const relay = await this.find(id);
    const now = this.clock.now();
    try {
      const session = await SmtpSession.open(sessionOf(relay));
      const { offers } = session;
      session.quit();
      await closeBreaker(this.db, id, now);
      this.runner.wake('delivery.email');
      return { ok: true, answer: '', ...offers };
    } catch (error) {
      if (!(error instanceof SessionRefused)) throw error;
      const answer = outcomeOf(error.failure).detail;
      await noteError(this.db, id, answer, now);
      return { ok: false, answer, encrypted: false, extensions: [], largest: null };
    }
  }

  private async put(relay: Relay, action: string, fields: string[], actor: Actor): Promise<RelayView> {
    check(relay);
    const now = this.clock.now();
    const stored = await inTransaction(this.db, async (tx) => {
      const put = await putRelay(tx, relay, now);
      if (!put) throw conflict('relay.name-taken', `There is another relay named "${relay.name}".`);
      await this.audit.record(tx, { actor, action, subject: `relay:${relay.id}`, detail: { name: relay.name, fields } }, now);
      return put;
    });
    this.runner.wake('delivery.email');
    return viewOf(stored, (await this.states()).get(relay.id));
  }

  private async find(id: string): Promise<StoredRelay> {
    const found = await findRelay(this.db, id);
    if (!found) throw notFound('relay', id);
    return found;
  }

  private async states(): Promise<Map<string, RelayState>> {
    const rates = await lowered(this.db);
    const health = (await loadHealth(this.db)).map(({ relayId, ...state }) => [relayId, { ...state, lowered: rates.get(relayId) ?? [] }] as const);
    const found = new Map<string, RelayState>(health);
    for (const [id, each] of rates) if (!found.has(id)) found.set(id, { ...FINE, lowered: each });
    return found;
  }
}

/** What one field alone can not tell. */
function check(relay: Relay): void {
  const problem = (path: string, message: string) => { throw new AppError('relay.invalid', message, 'invalid', [{ path, code: 'relay.invalid', message }]); };
  if (relay.username !== null && relay.password === null) problem('password', 'A user name needs a password.');
  if (relay.configurationSet !== null && relay.provider !== 'ses') problem('configurationSet', 'Only a relay of the provider "ses" has a configuration set.');
  for (const stream of ['broadcastStream', 'transactionalStream'] as const) if (relay[stream] !== null && relay.provider !== 'postmark') problem(stream, 'Only a relay of the provider "postmark" has message streams.');
  if (relay.username === null && relay.password !== null) problem('username', 'A password needs a user name.');
  if (relay.username !== null && relay.security === 'none' && !isLoopback(relay.host)) problem('security', 'A password is not sent over a connection that is not encrypted, except on this machine. Choose "starttls" or "tls".');
}

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

function viewOf({ password: _password, ...relay }: StoredRelay, state: RelayState = FINE): RelayView {
  return { ...relay, state };
}
