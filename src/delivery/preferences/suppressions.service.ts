import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { addressHash } from './domain/address.js';
import { listSuppressions, removeSuppression, suppressFor, type Suppression } from './store/suppression.store.js';

/** The addresses nobody may write to. Only hashes are kept, so the list outlives the erasure of a person. */
@Injectable()
export class Suppressions {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  list(page: { limit: number; after: { at: string; addressHash: string } | null; address?: string }): Promise<Suppression[]> {
    return listSuppressions(this.db, { limit: page.limit, after: page.after, addressHash: page.address === undefined ? null : hashOf(page.address) });
  }

  /** Blocks an address by hand. Blocking it twice is no error; it then stays as it is. */
  async add(address: string, detail: string, actor: Actor): Promise<Suppression> {
    const hash = hashOf(address);
    const at = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const added = await suppressFor(tx, { addressHash: hash, reason: 'manual', at, detail, until: null, evidence: {} });
      if (!added) return (await listSuppressions(tx, { limit: 1, after: null, addressHash: hash }))[0]!;
      await this.audit.record(tx, { actor, action: 'suppression.add', subject: `suppression:${hash}`, detail: { reason: 'manual' } }, at);
      return added;
    });
  }

  /** Lifts a block, whoever set it. `which` is an address or the hash the list shows. */
  async remove(which: string, actor: Actor): Promise<Suppression> {
    const hash = /^[0-9a-f]{64}$/.test(which) ? which : hashOf(which);
    return inTransaction(this.db, async (tx) => {
      const removed = await removeSuppression(tx, 'email', hash);
      if (!removed) throw new AppError('suppression.not-found', 'This address is not suppressed.', 'not_found');
      await this.audit.record(tx, { actor, action: 'suppression.remove', subject: `suppression:${hash}`, detail: { reason: removed.reason } }, this.clock.now());
      return removed;
    });
  }
}

function hashOf(address: string): string {
  return addressHash(address) ?? (() => { throw new AppError('suppression.address', 'This is not one e-mail address.', 'invalid', [{ path: 'address', code: 'suppression.address', message: 'not one e-mail address' }]); })();
}
