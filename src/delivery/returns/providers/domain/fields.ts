/** Reading what others wrote: nothing has the type it should have, and no text is fit to be stored. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object under a name; an empty one when there is none. */
export function fieldsAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return Object.hasOwn(fields, name) && isFields(value) ? value : {};
}

/** The list under a name; an empty one when there is none. */
export function listAt(fields: Fields, name: string): unknown[] {
  const value = fields[name];
  return Object.hasOwn(fields, name) && Array.isArray(value) ? value : [];
}

/** The text under a name exactly as it came; empty when there is none. Numbers are written out. */
export function textAt(fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** One line that every column and every log can hold, at most `length` characters. */
export function line(text: string, length = 500): string {
  const clean = text.slice(0, 4 * length).replace(/\p{Surrogate}/gu, '\uFFFD').replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return clean.slice(0, length).replace(/\p{Surrogate}$/u, '');
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A delivery id that we put on the message and the provider handed back; null when it is none of ours. */
export const deliveryIdOf = (text: string): string | null => (UUID.test(text) ? text.toLowerCase() : null);

/** A Message-ID without its angle brackets; null when it is none. */
export function messageIdOf(text: string): string | null {
  const id = line(text, 998).replace(/^<|>$/g, '');
  return id.includes('@') ? id : null;
}

/** An address as evidence; null when there is none. */
export function addressOf(text: string): string | null {
  const address = /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text;
  return line(address, 320) || null;
}

const EARLIEST = Date.UTC(2000, 0);
const DAY_MS = 86_400_000;

/** When it happened by the reporter's clock, or `otherwise` when that is no time before tomorrow. Unix times are in seconds. */
export function instantOf(value: unknown, otherwise: Date): Date {
  const at = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return at >= EARLIEST && at <= otherwise.getTime() + DAY_MS ? new Date(at) : otherwise;
}

/** The first enhanced status code (RFC 3463) in a text, such as `5.1.1`; null when there is none. */
export function statusIn(text: string): string | null {
  return /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(text)?.[0] ?? null;
}
