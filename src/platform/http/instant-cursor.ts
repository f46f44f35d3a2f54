import { decodeCursor, INSTANT_AND_ID_KEY } from './paging.js';

/** The place in a list ordered by an instant and an id. */
export function instantAndId(after: string | undefined): { at: string; id: string } | null {
  const parts = decodeCursor(after, INSTANT_AND_ID_KEY);
  return parts && { at: parts[0], id: parts[1] };
}
