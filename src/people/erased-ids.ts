import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { keyText, type IdentityKey } from './domain/identity-plan.js';
import { anybodyErased, findErased } from './store/erase.store.js';

const KEPT_MS = 5_000;

/**
 * Keeps browsers from making an erased person anew: they go on sending the ids they have. What knows better, a server key or a
 * colleague, may make the person again, and then the ids are known and free.
 */
@Injectable()
export class ErasedIds {
  /** Where nobody was ever erased no request pays for the question. True stays true. */
  private anybody = false;
  private lookedAt = -Infinity;

  constructor(private readonly db: DataSource) {}

  /** Those of the ids that must not become somebody, as {@link keyText}. Another process's first erasure is seen within seconds. */
  async among(ids: readonly IdentityKey[]): Promise<Set<string>> {
    if (!this.anybody && performance.now() - this.lookedAt > KEPT_MS) {
      this.lookedAt = performance.now();
      this.anybody = await anybodyErased(this.db);
    }
    if (!this.anybody || ids.length === 0) return new Set();
    return new Set((await findErased(this.db, ids)).map(keyText));
  }

  /** Somebody was erased here. */
  note(): void {
    this.anybody = true;
  }
}
