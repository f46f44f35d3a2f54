/**
 * Array literals of values that need no quotes. The driver escapes every element of a list on its own, which costs more than
 * the database needs to read it.
 */
export const uuids = (ids: readonly string[]): string => `{${ids.join(',')}}`;
export const instants = (moments: readonly Date[]): string => `{${moments.map((at) => at.toISOString()).join(',')}}`;
