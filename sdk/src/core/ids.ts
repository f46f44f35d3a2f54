/** A UUID of version 7. @param ms since 1970 @param random five numbers of 16 bits */
export function uuidOf(ms: number, random: Uint16Array): string {
  const digits = Array.from(random, (one) => (one | 0x10000).toString(16).slice(1)).join('');
  return `${ms.toString(16).padStart(12, '0')}7${digits}`.replace(/(.{8})(.{4})(.{4})(.{3})(.{12}).*/, `$1-$2-$3-${'89ab'[random[4]! & 3]!}$4-$5`);
}

/** `randomUUID` is missing outside of https, and would be of version 4. */
export const newId = (): string => uuidOf(Date.now(), crypto.getRandomValues(new Uint16Array(5)));

/** What broken code sends when it has no id; accepting one would join strangers. The server refuses the same. */
const MEANINGLESS = /^(|undefined|null|nil|none|nan|true|false|0|-1|\[object object\]|anonymous|guest|distinct_id|user_?id|id|not_authenticated)$/i;

export const isPersonId = (id: string): boolean => !MEANINGLESS.test(id.trim()) && id.length <= 256;
