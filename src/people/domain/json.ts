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
