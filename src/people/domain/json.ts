export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Deepest nesting kept; the database's own parser gives up on a few thousand levels. */
export const MAX_DEPTH = 32;

/** True when no array or object is nested deeper than {@link MAX_DEPTH}. */
export function isShallow(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (left === 0) return false;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof child === 'object' && child !== null && !isShallow(child, left - 1)) return false;
  }
  return true;
}

/** JSON of a character is at most six bytes (an escape), that of a number, true, false or null at most 26. */
const BYTES_OF_CHARACTER = 6;
const BYTES_OF_OTHER = 26;

/** False when the JSON of a value is certainly not longer than `bytes`; much cheaper than writing it. */
export const mayExceed = (value: unknown, bytes: number): boolean => mostBytes(value) > bytes;

function mostBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * BYTES_OF_CHARACTER + 3;
  if (typeof value !== 'object' || value === null) return BYTES_OF_OTHER;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += mostBytes(item) + 1;
  else for (const key in value) bytes += key.length * BYTES_OF_CHARACTER + 4 + mostBytes((value as Record<string, unknown>)[key]);
  return bytes;
}

/** A text the database can hold: NUL and lone surrogates are legal in JSON but not in PostgreSQL. */
export const storableText = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');

/** The same value with every text (keys too) made storable. */
export function storable<T extends JsonValue>(value: T): T;
export function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => storable(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
