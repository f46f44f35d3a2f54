import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from './json.js';

/** One thing learned: this person's attribute had this value at that moment. `null` means it was removed. */
export interface AttributeWrite { personId: string; key: string; value: JsonValue | null; at: Date; id: string; write: number }
/** The row of the history that gives the current value. */
export interface Head { personId: string; key: string; value: JsonValue | null; at: Date; lastAt: Date; id: string; own: boolean }
export interface HistoryRow { personId: string; key: string; value: JsonValue | null; at: Date; lastAt: Date; id: string }

export interface AttributeFold {
  inserted: HistoryRow[];
  /** Existing rows whose value was confirmed once more. */
  confirmed: HistoryRow[];
  /** New current values by person and key; null where the attribute goes away. */
  current: Map<string, Map<string, JsonValue | null>>;
  /** Writes (by their number) that changed a current value. */
  effective: Set<number>;
}

interface Track { head: Head; row: HistoryRow; stored: boolean }

export const headKey = (personId: string, key: string): string => `${personId}\n${key}`;

/**
 * Folds writes into the history. The current value is the row latest by (last confirmed, id), so the order in which writes
 * arrive does not matter; what was learned of an anonymous person before a merge never beats the person's own.
 */
export function foldAttributes(heads: readonly Head[], writes: readonly AttributeWrite[]): AttributeFold {
  const tracks = new Map<string, Track>(heads.map((head) => [headKey(head.personId, head.key), { head, row: { ...head }, stored: true }]));
  const confirmed = new Map<string, HistoryRow>();
  const fold: AttributeFold = { inserted: [], confirmed: [], current: new Map(), effective: new Set() };
  for (const write of writes) {
    const place = headKey(write.personId, write.key);
    const track = tracks.get(place);
    if (track?.head.own && write.at >= track.head.lastAt && isDeepStrictEqual(track.head.value, write.value)) {
      confirm(track, write, () => confirmed.set(track.row.id, track.row));
      continue;
    }
    const row: HistoryRow = { personId: write.personId, key: write.key, value: write.value, at: write.at, lastAt: write.at, id: write.id };
    fold.inserted.push(row);
    if (track && !beats(write, track.head)) continue;
    tracks.set(place, { head: { ...row, own: true }, row, stored: false });
    if (!isDeepStrictEqual(track?.head.value ?? null, write.value)) {
      fold.effective.add(write.write);
      const ofPerson = fold.current.get(write.personId) ?? new Map<string, JsonValue | null>();
      fold.current.set(write.personId, ofPerson.set(write.key, write.value));
    }
  }
  fold.confirmed = [...confirmed.values()];
  return fold;
}

function confirm(track: Track, write: AttributeWrite, store: () => void): void {
  if (write.at.getTime() === track.head.lastAt.getTime()) return;
  track.head = { ...track.head, lastAt: write.at };
  track.row.lastAt = write.at;
  if (track.stored) store();
}

function beats(write: AttributeWrite, head: Head): boolean {
  if (!head.own) return true;
  const difference = write.at.getTime() - head.lastAt.getTime();
  return difference > 0 || (difference === 0 && write.id > head.id);
}
