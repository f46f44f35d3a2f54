/**
 * Array literals of values that need no quotes. The driver escapes every element of a list on its own, which costs more than
 * the database needs to read it.
 */
export const uuids = (ids: readonly string[]): string => `{${ids.join(',')}}`;
/** Rows of one write often share one moment, which is then written once. */
export function instants(moments: readonly Date[]): string {
  let last: Date | null = null;
  let text = '';
  return `{${moments.map((at) => {
    if (at !== last) text = (last = at).toISOString();
    return text;
  }).join(',')}}`;
}
