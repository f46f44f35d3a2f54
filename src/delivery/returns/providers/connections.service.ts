import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { AppError, notFound } from '../../../kernel/errors.js';
import { newId } from '../../../kernel/ids.js';
import { AuditLog } from '../../../platform/audit.js';
import { inTransaction, type Db } from '../../../platform/database/db.js';
import type { Actor } from '../../../platform/http/access.js';
import { credentialHash } from './domain/postmark.js';
import type { Provider } from './domain/provider.js';
import { deleteConnection, deleteSecret, insertConnection, insertSecret, listConnections, loadConnection, lockConnection, updateConnection, type Connection, type ConnectionChange, type ConnectionSecret, type NewConnection } from './store/connections.store.js';

/** A secret as its owner gives it. */
export type NewSecret =
  | { kind: 'public_key'; publicKey: string }
  | { kind: 'signing_key'; signingKey: string }
  | { kind: 'password'; user: string; password: string };

/** The old secret and the one that replaces it. */
const MAX_SECRETS = 2;
const SECRET_OF: Record<Provider, NewSecret['kind'] | null> = { ses: null, sendgrid: 'public_key', mailgun: 'signing_key', postmark: 'password' };

/** The providers that may report to us. What proves their reports is given once and never shown again. */
@Injectable()
export class ProviderConnections {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  list(page: { limit: number; after: { at: string; id: string } | null }): Promise<Connection[]> {
    return listConnections(this.db, page);
  }

  /** @throws provider-connection.not-found */
  async get(id: string): Promise<Connection> {
    return (await loadConnection(this.db, id)) ?? missing(id);
  }

  async add(request: Omit<NewConnection, 'id' | 'createdAt'> & { secret?: NewSecret }, actor: Actor): Promise<Connection> {
    const now = this.clock.now();
    refuseTopics(request.provider, request.topicArns);
    // Not a time-ordered id: the address of a webhook must not be guessed from that of another.
    const id = randomUUID();
    return inTransaction(this.db, async (tx) => {
      await insertConnection(tx, { ...request, id, createdAt: now });
      if (request.secret) await insertSecret(tx, id, secretOf(request.provider, request.secret, now));
      await this.record(tx, 'add', id, { provider: request.provider, topicArns: request.topicArns, networks: request.networks }, actor);
      return (await loadConnection(tx, id))!;
    });
  }

  /** Changes what is named. A connection that is not enabled answers 404, and the provider repeats for a while. */
  change(id: string, change: ConnectionChange, actor: Actor): Promise<Connection> {
    return this.within(id, async (tx, { provider }) => {
      refuseTopics(provider, change.topicArns ?? []);
      await updateConnection(tx, id, change);
      await this.record(tx, 'change', id, change, actor);
    });
  }

  /** Ends a connection and forgets its secrets. What it reported stays. */
  async remove(id: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const { provider } = (await lockConnection(tx, id)) ?? missing(id);
      await deleteConnection(tx, id);
      await this.record(tx, 'remove', id, { provider }, actor);
    });
  }

  /** Adds a second secret beside the first; both are valid until one is removed. */
  addSecret(id: string, request: NewSecret, actor: Actor): Promise<Connection> {
    return this.within(id, async (tx, { provider, secrets }) => {
      const secret = secretOf(provider, request, this.clock.now());
      if (secrets.some(({ value }) => value === secret.value)) throw new AppError('provider-secret.exists', 'The connection has this secret already.', 'conflict');
      if (secrets.length >= MAX_SECRETS) throw new AppError('provider-secret.too-many', `A connection has at most ${MAX_SECRETS} secrets. Remove the old one first.`, 'conflict');
      await insertSecret(tx, id, secret);
      await this.record(tx, 'add-secret', id, { secret: secret.id, hint: secret.hint }, actor);
    });
  }

  removeSecret(id: string, secretId: string, actor: Actor): Promise<Connection> {
    return this.within(id, async (tx, { secrets }) => {
      const secret = secrets.find((each) => each.id === secretId);
      if (!secret) throw notFound('provider-secret', secretId);
      await deleteSecret(tx, id, secretId);
      await this.record(tx, 'remove-secret', id, { secret: secretId, hint: secret.hint }, actor);
    });
  }

  private within(id: string, work: (tx: Db, connection: Connection) => Promise<void>): Promise<Connection> {
    return inTransaction(this.db, async (tx) => {
      await work(tx, (await lockConnection(tx, id)) ?? missing(id));
      return (await loadConnection(tx, id))!;
    });
  }

  private record(tx: Db, verb: string, id: string, detail: object, actor: Actor): Promise<void> {
    return this.audit.record(tx, { actor, action: `provider-connection.${verb}`, subject: `provider-connection:${id}`, detail: { ...detail } }, this.clock.now());
  }
}

const missing = (id: string): never => { throw notFound('provider-connection', id); };

function refuseTopics(provider: Provider, topicArns: readonly string[]): void {
  if (provider === 'ses' || topicArns.length === 0) return;
  const message = 'only a connection of provider ses has topics';
  throw new AppError('provider-connection.topics', `topicArns: ${message}.`, 'invalid', [{ path: 'topicArns', code: 'provider-connection.topics', message }]);
}

/** @throws provider-secret.kind when the provider proves its reports in another way */
function secretOf(provider: Provider, secret: NewSecret, now: Date): ConnectionSecret {
  const expected = SECRET_OF[provider];
  if (secret.kind !== expected) {
    const message = expected === null ? 'ses has no secret: its reports are proven by certificate and topic' : `the secret of ${provider} is of kind ${expected}`;
    throw new AppError('provider-secret.kind', `secret.kind: ${message}.`, 'invalid', [{ path: 'secret.kind', code: 'provider-secret.kind', message }]);
  }
  const common = { id: newId(), addedAt: now };
  if (secret.kind === 'password') return { ...common, value: credentialHash(secret.user, secret.password), hint: secret.user };
  const value = secret.kind === 'public_key' ? secret.publicKey : secret.signingKey;
  return { ...common, value, hint: `sha256 ${createHash('sha256').update(value).digest('hex').slice(0, 8)}` };
}
