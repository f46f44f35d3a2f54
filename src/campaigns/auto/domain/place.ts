import type { Display } from '../../../contract/display.js';
import { SLOTS_OF, type InAppContent } from '../../../contract/in-app.js';

export type Place = NonNullable<Display['slot']>;

/** Where a message is displayed: the campaign's place or the message's own, if its format can be there. */
export function placeOf({ format, slot }: Pick<InAppContent, 'format' | 'slot'>, wanted: Display['slot']): Place {
  const places: readonly Place[] = SLOTS_OF[format];
  return [wanted, slot].find((place): place is Place => place !== undefined && places.includes(place)) ?? places[0]!;
}
