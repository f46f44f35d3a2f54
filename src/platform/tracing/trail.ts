import type { DataSource, EntityManager } from 'typeorm';
import type { Db } from '../database/db.js';

/** A row by its key, and when it was written. */
interface Written { id: string; personId: string }

/** What is told of a message's way, by ids alone. Whoever listens reads the rest from the rows, once they are committed. */
export type Step =
  | (Written & { kind: 'event'; occurredAt: Date })
  | (Written & { kind: 'run' })
  | (Written & { kind: 'queued' })
  /** One try to hand a delivery to a mail server, an endpoint or an inbox. `to`: the relay's or endpoint's id. */
  | (Written & { kind: 'handover'; from: Date; until: Date; to: string | null; outcome: string })
  /** Something came back about a delivery: from the receiving server, a provider or the browser. */
  | (Written & { kind: 'report'; what: string; at: Date });

export type TrailListener = (steps: readonly Step[]) => void;

const listeners = new WeakMap<object, TrailListener>();

/** Tells `listener` of every step that this process writes over `db`, until the answer is called. One a database; nobody pays who does not listen. */
export function followTrail(db: DataSource, listener: TrailListener): () => void {
  listeners.set(db, listener);
  return () => { listeners.delete(db); };
}

/** Says what was written, to who traces. `make` is called only when somebody does. May be called before the commit. */
export function leaveTrail(db: Db, make: () => readonly Step[]): void {
  const listener = listeners.get((db as Partial<EntityManager>).dataSource ?? db);
  if (listener) listener(make());
}
