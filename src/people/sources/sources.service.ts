import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, ChangedError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { openOrNull } from '../../platform/secrets/vault.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Mapping } from './domain/mapping.js';
import { PRESETS } from './domain/presets.js';
import { namesOf, type Proof, type SourceKind } from './domain/proof.js';
import { readSourceBody } from './read-body.js';
import { listSourceDeliveries, loadSourceDelivery, readAgain, type SourceDelivery, type SourceDeliveryState, type SourceProblem } from './store/source-deliveries.store.js';
import { deleteSource, deleteSourceSecret, insertSource, insertSourceSecret, listSources, loadSource, lockSource, openSecret, updateSource, type Source, type SourceChange } from './store/sources.store.js';

/** The old secret and the one that replaces it. */
const MAX_SECRETS = 2;
type After = { at: string; id: string } | null;
/** What a body would become; nothing of it is kept. */
export interface Trial { messages: { type: string; userId: string | null; anonymousId: string | null; name: string; occurredAt: Date; properties: unknown; traits: Record<string, unknown> }[]; rules: string[]; problems: SourceProblem[] }

/** Systems that send us what happens there, their mappings and what they sent. */
@Injectable()
export class Sources {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  list(page: { limit: number; after: After }): Promise<Source[]> {
    return listSources(this.db, page);
  }

  /** @throws source.not-found */
  async get(id: string): Promise<Source> {
    return (await loadSource(this.db, id)) ?? missing(id);
  }

  /** Those of its secrets that can not be opened any more: what they sign is refused until they are entered again. */
  lostSecrets({ secrets }: Source): Set<string> {
    return new Set(secrets.filter((secret) => openOrNull(() => openSecret(this.db, secret)) === null).map(({ id }) => id));
  }

  add({ kind, name, proof, mapping, secret }: { kind: SourceKind; name: string; proof: Proof; mapping?: Mapping; secret?: string }, actor: Actor): Promise<Source> {
    const now = this.clock.now();
    // Not a time-ordered id: with the proof `address` it is the secret.
    const id = randomUUID();
    return inTransaction(this.db, async (tx) => {
      await insertSource(tx, { id, kind, name, proof, mapping: mapping ?? PRESETS[kind], createdAt: now });
      if (secret !== undefined) await insertSourceSecret(tx, id, { id: newId(), value: secret, hint: hintOf(secret), addedAt: now });
      await this.record(tx, 'add', id, { kind, name }, actor);
      return (await loadSource(tx, id))!;
    });
  }

  /** @throws source.changed when somebody else changed it since `revision` */
  change(id: string, { revision, ...change }: SourceChange & { revision?: number }, actor: Actor): Promise<Source> {
    return this.within(id, async (tx, before) => {
      if (revision !== undefined && before.revision !== revision) {
        throw new ChangedError('source.changed', `Somebody else changed this source; it is at revision ${before.revision} now. Load it again.`, await this.audit.lastChange(tx, `source:${id}`, ['source.change', 'source.add']));
      }
      await updateSource(tx, id, change);
      const { mapping, ...said } = change;
      await this.record(tx, 'change', id, { ...said, ...(mapping ? { mapping: { before: before.mapping, after: mapping } } : {}) }, actor);
    });
  }

  /** Ends a source: its address answers 404, its bodies and secrets are gone; people and events stay. */
  async remove(id: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const { kind, name } = (await lockSource(tx, id)) ?? missing(id);
      await deleteSource(tx, id);
      await this.record(tx, 'remove', id, { kind, name }, actor);
    });
  }

  /** @throws source.secrets above two */
  addSecret(id: string, value: string, actor: Actor): Promise<Source> {
    return this.within(id, async (tx, { secrets }) => {
      if (secrets.length >= MAX_SECRETS) throw conflict('source.secrets', 'Two secrets are valid already; remove one first.');
      const secret = { id: newId(), value, hint: hintOf(value), addedAt: this.clock.now() };
      await insertSourceSecret(tx, id, secret);
      await this.record(tx, 'add-secret', id, { secret: secret.id, hint: secret.hint }, actor);
    });
  }

  removeSecret(id: string, secretId: string, actor: Actor): Promise<Source> {
    return this.within(id, async (tx, { secrets }) => {
      const secret = secrets.find((one) => one.id === secretId) ?? missingSecret(secretId);
      await deleteSourceSecret(tx, id, secretId);
      await this.record(tx, 'remove-secret', id, { secret: secretId, hint: secret.hint }, actor);
    });
  }

  async deliveries(id: string, page: { state: SourceDeliveryState | null; limit: number; after: After }): Promise<Omit<SourceDelivery, 'headers' | 'body'>[]> {
    await this.get(id);
    return listSourceDeliveries(this.db, id, page);
  }

  /** @throws source-delivery.not-found also when it was forgotten after a week, or with its person */
  async delivery(id: string, deliveryId: string): Promise<SourceDelivery> {
    return (await loadSourceDelivery(this.db, id, deliveryId)) ?? missingDelivery(deliveryId);
  }

  /** Reads a kept body once more with the mapping of now. Events that were made of it already are known by their ids. */
  async again(id: string, deliveryId: string, actor: Actor): Promise<SourceDelivery> {
    await inTransaction(this.db, async (tx) => {
      await this.delivery(id, deliveryId);
      if (await readAgain(tx, id, deliveryId)) await this.record(tx, 'read-again', id, { delivery: deliveryId }, actor);
    });
    this.runner.wake('people.sources');
    return this.delivery(id, deliveryId);
  }

  /** What a body would become with a mapping, without keeping anything. */
  async try(id: string, { mapping, topic, headers, body }: { mapping?: Mapping; topic: string; headers: Record<string, string>; body: unknown }): Promise<Trial> {
    const source = await this.get(id);
    if (body === undefined) throw new AppError('source.no-body', 'body: there is nothing to try.', 'invalid', [{ path: 'body', code: 'source.no-body', message: 'there is nothing to try' }]);
    const { accepted, rules, problems } = await readSourceBody(this.db, mapping ?? source.mapping, { id: newId(), sourceId: id, topic: topic || namesOf(source.kind, body, (name) => headers[name] ?? '').topic, headers, body, receivedAt: this.clock.now() });
    return {
      rules, problems,
      messages: accepted.map(({ type, ref, name, occurredAt, properties, attributes }) => ({ type, userId: 'userId' in ref ? ref.userId : null, anonymousId: ('anonymousId' in ref ? ref.anonymousId : undefined) ?? null, name, occurredAt, properties: JSON.parse(properties) as unknown, traits: attributes ?? {} })),
    };
  }

  private within(id: string, work: (tx: Db, source: Source) => Promise<void>): Promise<Source> {
    return inTransaction(this.db, async (tx) => {
      await work(tx, (await lockSource(tx, id)) ?? missing(id));
      return (await loadSource(tx, id))!;
    });
  }

  private record(tx: Db, verb: string, id: string, detail: object, actor: Actor): Promise<void> {
    return this.audit.record(tx, { actor, action: `source.${verb}`, subject: `source:${id}`, detail: { ...detail } }, this.clock.now());
  }
}

/** Enough to tell one secret from another. */
const hintOf = (secret: string): string => `…${secret.slice(-4)}`;
const missing = (id: string): never => { throw notFound('source', id); };
const missingSecret = (id: string): never => { throw notFound('source-secret', id); };
const missingDelivery = (id: string): never => { throw notFound('source-delivery', id); };
