/** Rows that say the same but for their ids, to be sent as the few different things said and the ids. */
export interface Alike {
  /** JSON array of the different things said, each with its `place`; for `jsonb_to_recordset`. */
  said: string;
  /** For every row, the place of what it says. */
  places: number[];
}

/** How many of the things said last a row is compared with value by value before its text is made. */
const LAST = 8;

/**
 * Finds what rows have in common, so that a statement over thousands carries each different thing once. Values are told
 * apart by their text, an instant by its milliseconds.
 *
 * @param names the properties that are said, all of them plain columns of the row
 */
export function alike<T extends object>(list: readonly T[], names: readonly (keyof T & string)[]): Alike {
  const found = new Map<string, number>();
  const kinds: T[] = [];
  const recent: { one: T; place: number }[] = [];
  // Nearly every row says what one of the last few said: no text is made of it, whose thousands would all be garbage.
  const places = list.map((one) => {
    const like = recent.find((before) => names.every((name) => isSame(one[name], before.one[name])));
    if (like) return like.place;
    let key = '';
    // PostgreSQL stores no NUL in a text, so it cannot be part of a value.
    for (const name of names) key += `${keyed(one[name])}\u0000`;
    let place = found.get(key);
    if (place === undefined) found.set(key, (place = kinds.push(one)));
    recent.unshift({ one, place });
    recent.length = Math.min(recent.length, LAST);
    return place;
  });
  return { said: JSON.stringify(kinds.map((kind, index) => ({ ...Object.fromEntries(names.map((name) => [name, kind[name]])), place: index + 1 }))), places };
}

/** Surely of one text; two of one text may be told apart here and are found alike by it. */
const isSame = (one: unknown, other: unknown): boolean => one === other || (one instanceof Date && other instanceof Date && one.getTime() === other.getTime());

function keyed(value: unknown): string {
  if (typeof value === 'string') return `'${value}`;
  if (value === null || value === undefined) return '';
  return value instanceof Date ? `${value.getTime()}` : JSON.stringify(value);
}
