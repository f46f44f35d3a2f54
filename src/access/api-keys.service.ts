import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { conflict, notFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { actorName, AuditLog } from '../platform/audit.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import type { KeyRole } from './domain/roles.js';
import { KeyRing } from './key-ring.service.js';
import { hashOf, newServerKey, newWriteKey } from './secrets.js';
import { insertKey, listKeys, loadKey, lockKey, revokeKey, saveOrigins, type KeyRow } from './store/api-keys.store.js';

export type KeyRequest =
  | { kind: 'server'; name: string; role: KeyRole }
  | { kind: 'write'; name: string; allowedOrigins?: string[] };

/** Makes, lists, changes and revokes keys. A server key's secret is answered once and never stored. */
@Injectable()
export class ApiKeys {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly ring: KeyRing, private readonly audit: AuditLog) {}

  create(request: KeyRequest, actor: Actor | 'setup'): Promise<{ key: KeyRow; secret: string }> {
    return inTransaction(this.db, (tx) => this.createWithin(tx, request, actor));
  }

  /** The same inside a transaction of the caller. */
  async createWithin(tx: Db, request: KeyRequest, actor: Actor | 'setup'): Promise<{ key: KeyRow; secret: string }> {
    const now = this.clock.now();
    const server = request.kind === 'server';
    const secret = server ? newServerKey() : newWriteKey();
    const key = await insertKey(tx, {
      id: newId(),
      kind: request.kind,
      name: request.name,
      role: server ? request.role : 'ingest',
      secretHash: hashOf(secret),
      publicValue: server ? null : secret,
      allowedOrigins: server ? [] : (request.allowedOrigins ?? []),
      createdBy: actorName(actor),
    }, now);
    await this.audit.record(tx, { actor, action: 'api_key.create', subject: `api_key:${key.id}`, detail: { kind: key.kind, role: key.role, name: key.name } }, now);
    return { key, secret };
  }

  list(before: string | null, limit: number): Promise<KeyRow[]> {
    return listKeys(this.db, before, limit);
  }

  /**
   * From now on only pages of these origins may use a write key; pages of every origin when there are none. Other processes hear of it within
   * five seconds. Streams that are open stay, and tickets of a page that lost its right last their five minutes.
   *
   * @throws AppError api_key.not-found, `api_key.no-origins` for a server key, `api_key.revoked`
   */
  async allowOrigins(id: string, origins: string[], actor: Actor): Promise<KeyRow> {
    const now = this.clock.now();
    const key = await inTransaction(this.db, async (tx) => {
      const before = await lockKey(tx, id);
      if (!before) throw notFound('api_key', id);
      if (before.kind === 'server') throw conflict('api_key.no-origins', 'A server key is secret and used by servers, which have no origin. Only a write key has allowed origins.');
      if (before.revokedAt) throw conflict('api_key.revoked', 'This key is revoked and works nowhere.');
      await this.audit.record(tx, { actor, action: 'api_key.change', subject: `api_key:${id}`, detail: { was: { allowedOrigins: before.allowedOrigins }, is: { allowedOrigins: origins } } }, now);
      return saveOrigins(tx, id, origins);
    });
    this.ring.forget(id);
    return key;
  }

  /** Revoking twice is the same as once. @throws api_key.not-found */
  async revoke(id: string, actor: Actor): Promise<KeyRow> {
    const now = this.clock.now();
    const key = await inTransaction(this.db, async (tx) => {
      const revoked = await revokeKey(tx, id, now);
      if (revoked) await this.audit.record(tx, { actor, action: 'api_key.revoke', subject: `api_key:${id}`, detail: { name: revoked.name } }, now);
      return revoked ?? (await loadKey(tx, id));
    });
    if (!key) throw notFound('api_key', id);
    this.ring.forget(id);
    return key;
  }
}
