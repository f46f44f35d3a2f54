import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { NetworkSet, readNetworkList } from './domain/network-list.js';
import { listNetworks, loadNetworks, replaceNetworks, type StoredNetwork } from './store/scanner-networks.store.js';

/** A list changed by another process is noticed within this time. */
const REFRESH_MS = 60_000;

/** The networks of scanners and data centres the operator lists: two points against a click from one of them. */
@Injectable()
export class ScannerNetworks {
  private listed: { networks: NetworkSet; loadedAt: number } | null = null;
  private loading: Promise<void> | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  list(page: { limit: number; after: string | null }): Promise<StoredNetwork[]> {
    return listNetworks(this.db, page);
  }

  /** Makes the list what the text says, all or nothing; each fault of the text names its line. */
  async replace(text: string, actor: Actor): Promise<{ added: number; removed: number; kept: number }> {
    const read = readNetworkList(text);
    if ('faults' in read) {
      const [first] = read.faults;
      throw new AppError('scanner-networks.invalid', `Line ${first!.line}: ${first!.message}.`, 'invalid', read.faults.map(({ line, message }) => ({ path: `list.${line}`, code: 'scanner-networks.invalid', message })));
    }
    const now = this.clock.now();
    const outcome = await inTransaction(this.db, async (tx) => {
      const done = await replaceNetworks(tx, read.networks, now);
      await this.audit.record(tx, { actor, action: 'scanner-networks.replace', subject: 'scanner-networks', detail: done }, now);
      return done;
    });
    await this.load();
    return outcome;
  }

  /** The list as of a minute ago at most. Keeps the last known one while the database is away. */
  async current(): Promise<NetworkSet> {
    if (!this.listed || performance.now() - this.listed.loadedAt > REFRESH_MS) {
      this.loading ??= this.load().finally(() => { this.loading = null; });
      // An old list is better than none, and a click is never refused for it.
      await this.loading.catch((error: unknown) => { if (!this.listed) throw error; });
    }
    return this.listed!.networks;
  }

  private async load(): Promise<void> {
    this.listed = { networks: new NetworkSet(await loadNetworks(this.db)), loadedAt: performance.now() };
  }
}
