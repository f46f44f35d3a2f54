import type { Db } from '../../platform/database/db.js';
import type { Place } from './domain/caps.js';

/** Injection token of {@link KeptPlaces}; the campaigns module provides it. Absent, only what is in the queue keeps a place. */
export const KEPT_PLACES = Symbol('kept-places');

/** What takes a place with a person though nothing of it is in the queue: displays under way, and broadcasts that are to come. */
export interface KeptPlaces {
  /** Those of these people that come before `until`; nobody's: absent. */
  keptFor(db: Db, personIds: readonly string[], at: { now: Date; until: Date }): Promise<Map<string, Place[]>>;
}

export const NOTHING_KEPT: KeptPlaces = { keptFor: async () => new Map() };
