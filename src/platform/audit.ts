import type { LastChange } from '../kernel/errors.js';
import type { Db } from './database/db.js';
import type { Actor } from './http/access.js';

export interface AuditEntry {
  /** Who did it; `system` is Danbi itself, `setup` the first start. */
  actor: Actor | 'system' | 'setup';
  /** What was done, `noun.verb`: `campaign.publish`. */
  action: string;
  /** What it was done to: `campaign:0193…`. */
  subject: string;
  /** What changed. Never secrets, addresses or message bodies. */
  detail?: Record<string, unknown>;
}

/** The name of an actor as kept in rows: `user:0193…`, `server_key:0193…`, `system`. */
export const actorName = (actor: AuditEntry['actor']): string => (typeof actor === 'string' ? actor : `${actor.kind}:${actor.id}`);

/** Remembers who changed what. Call it inside the transaction of the change, so that both happen or neither. */
export abstract class AuditLog {
  abstract record(db: Db, entry: AuditEntry, now: Date): Promise<void>;

  /** Who did one of these actions to this subject last, for whoever was slower; null when nobody is known. */
  abstract lastChange(db: Db, subject: string, actions: readonly string[]): Promise<LastChange | null>;
}
