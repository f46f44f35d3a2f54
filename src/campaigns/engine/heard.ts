import type { Db } from '../../platform/database/db.js';
import type { SettledChange } from '../domain/settled.js';
import { eventsNamed, matchingEvents, type EventRule, type FoundEvent, type NamedEvent } from '../store/events.store.js';
import type { Watch } from './watch.js';

/** The events that news tells of and some campaign listens to, by id. */
export type Heard = ReadonlyMap<string, NamedEvent>;

const isWatched = (watch: Watch, name: string): boolean => watch.events.has(name) || watch.endingEvents.has(name) || watch.waitEvents.has(name);

/** Asked once for all news of a batch: most events concern nobody, and those that do are of many campaigns. */
export async function eventsHeard(tx: Db, watch: Watch, changes: readonly SettledChange[]): Promise<Heard> {
  const telling = changes.filter(({ eventNames }) => eventNames.some((name) => isWatched(watch, name)));
  const names = new Set(telling.flatMap(({ eventNames }) => eventNames).filter((name) => isWatched(watch, name)));
  const found = await eventsNamed(tx, [...names], telling.flatMap(({ events }) => events));
  return new Map(found.map((event) => [event.id, event]));
}

/** Whom news is about, as far as any campaign is concerned, by every id that they have had. */
export function peopleConcerned(watch: Watch, heard: Heard, change: SettledChange): string[] {
  const everybody = change.kind === 'merged' || watch.dateWaits.length > 0;
  return [
    ...(everybody ? change.personIds : []), ...(change.mergedInto ? [change.mergedInto] : []),
    ...change.events.flatMap(({ eventId, personId }) => {
      const event = heard.get(eventId);
      return event ? [personId, event.personId] : [];
    }),
    ...change.flips.filter(({ segmentId }) => concernsFlip(watch, segmentId)).map(({ personId }) => personId),
  ];
}

const concernsFlip = (watch: Watch, segmentId: string): boolean =>
  [watch.segments, watch.leaving, watch.endings, watch.waits, watch.audiences].some((who) => who.has(segmentId));

/** Which of the events heard satisfy a rule, oldest first. What is asked of properties, the segments' own reading of a filter answers. */
export async function satisfying(tx: Db, rule: EventRule, events: readonly NamedEvent[], zone: string): Promise<FoundEvent[]> {
  const named = events.filter(({ name }) => name === rule.name);
  if (named.length === 0) return [];
  if (rule.where.length > 0 || rule.key !== undefined) return matchingEvents(tx, rule, named.map(({ id, personId }) => ({ eventId: id, personId })), zone);
  return named.map((event) => ({ ...event, key: null })).toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1));
}
