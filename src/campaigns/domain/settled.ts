/** One flip of a membership. */
export interface Flip {
  segmentId: string;
  personId: string;
  entered: boolean;
  at: Date;
}

/** An event by the person it was recorded for. */
export interface EventRef { eventId: string; personId: string }

/** One row of `settled_change`: news about people whose memberships are already up to date with it. */
export interface SettledChange {
  id: string;
  kind: 'changed' | 'merged' | 'deleted' | 'flips';
  personIds: string[];
  eventNames: string[];
  events: EventRef[];
  flips: Flip[];
  mergedInto: string | null;
}

/**
 * Cuts a queue into runs that may be handled as one set: nobody is named by two rows of a group, so per person the order of
 * the queue is kept. Merges stand with merges only, and erasures alone.
 *
 * @param whom whom a row is about; people whom no campaign is concerned with may be named twice
 */
export function groupBySeparatePeople(changes: readonly SettledChange[], whom: (change: SettledChange) => readonly string[]): SettledChange[][] {
  const groups: SettledChange[][] = [];
  let seen = new Set<string>();
  for (const change of changes) {
    const people = whom(change);
    const last = groups.at(-1);
    if (last && change.kind !== 'deleted' && sort(last[0]!) === sort(change) && !people.some((id) => seen.has(id))) last.push(change);
    else {
      groups.push([change]);
      seen = new Set();
    }
    for (const id of people) seen.add(id);
  }
  return groups;
}

const sort = ({ kind }: SettledChange) => (kind === 'merged' || kind === 'deleted' ? kind : 'news');
