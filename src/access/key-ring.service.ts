import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { WriteKeys, type WriteKey } from '../platform/http/write-keys.js';
import { mayIngest } from './domain/roles.js';
import { hashOf } from './secrets.js';
import { loadKey, useKey, type KeyRow } from './store/api-keys.store.js';

const KEPT_MS = 5_000;
const KEPT_KEYS = 1_000;
const SHAPE = /^dnb_(sk|wk)_[\w-]{43}$/;

/**
 * Finds keys by their secret. Known keys are kept in memory for five seconds of process time, so that ingestion does not pay
 * a query a request; unknown ones are not kept, so a new key works at once everywhere.
 */
@Injectable()
export class KeyRing extends WriteKeys {
  private readonly kept = new Map<string, { key: KeyRow; until: number }>();
  /** Counts changes: a look-up that one overtook must not be kept. */
  private changes = 0;

  constructor(private readonly db: DataSource, private readonly clock: Clock) {
    super();
  }

  async find(presented: string): Promise<KeyRow | null> {
    if (!SHAPE.test(presented)) return null;
    const hash = hashOf(presented);
    const known = this.kept.get(hash);
    if (known && known.until > performance.now()) return known.key;
    const before = this.changes;
    const key = await useKey(this.db, hash, this.clock.now());
    this.kept.delete(hash);
    if (key && before === this.changes) this.keep(hash, key);
    return key;
  }

  async verify(presented: string): Promise<WriteKey | null> {
    const key = await this.find(presented);
    if (!key || (key.kind === 'server' && !mayIngest(key.role))) return null;
    return { id: key.id, name: key.name, kind: key.kind, allowedOrigins: key.allowedOrigins };
  }

  async isRevoked(id: string): Promise<boolean> {
    return (await loadKey(this.db, id))?.revokedAt != null;
  }

  /** Drops a key from memory when it is changed or revoked here. */
  forget(id: string): void {
    this.changes += 1;
    for (const [hash, { key }] of this.kept) if (key.id === id) this.kept.delete(hash);
  }

  private keep(hash: string, key: KeyRow): void {
    if (this.kept.size >= KEPT_KEYS) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(hash, { key, until: performance.now() + KEPT_MS });
  }
}
