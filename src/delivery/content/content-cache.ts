import type { Db } from '../../platform/database/db.js';
import { loadContents } from './store/content.store.js';
import type { CompiledMessage } from './compiled.js';

/** Template functions take several times the size of their source in memory. */
const WEIGHT = 8;
const MAX_BYTES = 64 * 1024 * 1024;

interface Entry { compiled: CompiledMessage; bytes: number }

/**
 * Compiled contents by id, the least recently used dropped beyond a number of bytes. Contents never change, so an entry
 * is never stale; keeping the same object keeps the template functions made from it.
 */
export class ContentCache {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  constructor(private readonly maxBytes = MAX_BYTES) {}

  /** The contents with these ids, in one statement for those not at hand; unknown ids are absent. */
  async load(db: Db, ids: readonly string[]): Promise<Map<string, CompiledMessage>> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, CompiledMessage>();
    const missing: string[] = [];
    for (const id of wanted) {
      const entry = this.entries.get(id);
      if (!entry) {
        missing.push(id);
        continue;
      }
      this.entries.delete(id);
      this.entries.set(id, entry);
      found.set(id, entry.compiled);
    }
    if (missing.length > 0) {
      for (const [id, content] of await loadContents(db, missing)) {
        this.keep(id, content.compiled);
        found.set(id, content.compiled);
      }
    }
    return found;
  }

  private keep(id: string, compiled: CompiledMessage): void {
    if (this.entries.has(id)) return;
    const bytes = JSON.stringify(compiled).length * WEIGHT;
    this.entries.set(id, { compiled, bytes });
    this.bytes += bytes;
    for (const [oldest, entry] of this.entries) {
      if (this.bytes <= this.maxBytes || oldest === id) break;
      this.entries.delete(oldest);
      this.bytes -= entry.bytes;
    }
  }
}
