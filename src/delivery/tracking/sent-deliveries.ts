import type { Db } from '../../platform/database/db.js';
import { loadSent, type SentDelivery } from './store/engagement.store.js';

const KEPT = 10_000;
/** A mark of Apple's proxy that another process left is noticed within this time. */
const FRESH_MS = 60_000;

interface Entry extends SentDelivery { loadedAt: number }

/** When messages were sent, for the busy ones from memory: the opens and clicks of a message come close together. */
export class SentDeliveries {
  private readonly entries = new Map<string, Entry>();

  /** Those that exist, by id. One that is not known to be sent is asked about again. */
  async load(db: Db, ids: readonly string[]): Promise<Map<string, SentDelivery>> {
    const found = new Map<string, SentDelivery>();
    const missing: string[] = [];
    const now = performance.now();
    for (const id of new Set(ids)) {
      const entry = this.entries.get(id);
      if (entry && now - entry.loadedAt < FRESH_MS) found.set(id, entry);
      else missing.push(id);
    }
    if (missing.length === 0) return found;
    for (const sent of await loadSent(db, missing)) {
      found.set(sent.id, sent);
      this.entries.delete(sent.id);
      if (sent.sentAt !== null) this.entries.set(sent.id, { ...sent, loadedAt: now });
    }
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= KEPT) break;
      this.entries.delete(oldest);
    }
    return found;
  }

  /** Has everything of these people asked about again. */
  forget(personIds: ReadonlySet<string>): void {
    if (personIds.size === 0) return;
    for (const [id, { personId }] of this.entries) if (personIds.has(personId)) this.entries.delete(id);
  }
}
