import { newId } from '../kernel/ids.js';
import { deriveColumns, personDates } from '../people/domain/derived.js';
import type { JsonObject } from '../people/domain/json.js';
import { consentKey, listKey, tagKey } from '../people/domain/reserved-keys.js';
import type { PastPerson } from '../people/past-person.js';
import type { Change } from './domain/flips/change.js';

/** An event that did not happen. */
export interface SupposedEvent { id: string; name: string; properties: JsonObject; occurredAt: Date }
/** Somebody as they would be: what is known of them at a moment, changed. */
export interface SupposedPerson extends PastPerson { events: SupposedEvent[] }

/** The person with changes made at `person.at`, the later ones after the earlier ones; nothing is written. */
export function suppose(person: PastPerson, changes: readonly Change[]): SupposedPerson {
  const attributes = { ...person.attributes };
  const reserved = new Map(person.reserved);
  const mark = (key: string, value: string | null) => { if (value === null) reserved.delete(key); else reserved.set(key, { value, at: person.at }); };
  for (const change of changes) {
    if (change.kind === 'attribute') { if (change.value === null) delete attributes[change.key]; else attributes[change.key] = change.value; }
    if (change.kind === 'tag') mark(tagKey(change.tag), change.set ? change.tag : null);
    if (change.kind === 'list') mark(listKey(change.listId), change.on ? change.listId : null);
    if (change.kind === 'consent') mark(consentKey(change.channel, change.topic), change.state);
  }
  const columns = deriveColumns(attributes);
  const events = eventsOf(changes, person.at);
  return { ...person, ...columns, attributes, reserved, dates: personDates(attributes, columns.signedUpAt), lastSeenAt: events.length > 0 && person.at > person.lastSeenAt ? person.at : person.lastSeenAt, events };
}

/** A millisecond apart, the last one at the moment itself: later ones would not have happened yet. */
function eventsOf(changes: readonly Change[], at: Date): SupposedEvent[] {
  const all = changes.flatMap((change) => (change.kind === 'event' ? Array.from({ length: change.times }, () => change) : []));
  return all.map(({ name, properties }, index) => ({ id: newId(), name, properties, occurredAt: new Date(at.getTime() - (all.length - 1 - index)) }));
}
