/** Rows that say the same but for their ids, to be sent as the few different things said and the ids. */
export interface Alike {
  /** JSON array of the different things said, each with its `place`; for `jsonb_to_recordset`. */
  said: string;
  /** For every row, the place of what it says. */
  places: number[];
}

/**
 * Finds what rows have in common, so that a statement over thousands carries each different thing once. Values are told
 * apart by their text, an instant by its milliseconds.
 */
export function alike<T, S extends Record<string, unknown>>(list: readonly T[], saying: (one: T) => S): Alike {
  const found = new Map<string, number>();
  const kinds: S[] = [];
  const places = list.map((one) => {
    const said = saying(one);
    let key = '';
    // PostgreSQL stores no NUL in a text, so it cannot be part of a value.
    for (const name in said) key += `${keyed(said[name])}\u0000`;
    let place = found.get(key);
    if (place === undefined) found.set(key, (place = kinds.push(said)));
    return place;
  });
  return { said: JSON.stringify(kinds.map((kind, index) => ({ ...kind, place: index + 1 }))), places };
}

function keyed(value: unknown): string {
  if (typeof value === 'string') return `'${value}`;
  if (value === null || value === undefined) return '';
  return value instanceof Date ? `${value.getTime()}` : JSON.stringify(value);
}
