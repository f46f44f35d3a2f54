import { isTimeZone } from '../../kernel/local-time.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';

/** The columns of a person that come from attributes; null when no attribute gives a usable value. */
export interface DerivedColumns {
  email: string | null;
  timeZone: string | null;
  language: string | null;
  signedUpAt: Date | null;
}

/** Attribute names that feed each column; the first one that is present and valid wins. */
export const DERIVED_KEYS = {
  email: ['email'],
  timeZone: ['timezone', 'time_zone', 'timeZone'],
  language: ['language', 'locale'],
  signedUpAt: ['signed_up_at', 'createdAt', 'created_at', 'signedUpAt'],
} as const;

const first = <T>(attributes: JsonObject, keys: readonly string[], read: (value: JsonValue) => T | null): T | null => {
  for (const key of keys) {
    const value = attributes[key];
    const result = value === undefined || value === null ? null : read(value);
    if (result !== null) return result;
  }
  return null;
};

export function deriveColumns(attributes: JsonObject): DerivedColumns {
  return {
    email: first(attributes, DERIVED_KEYS.email, (value) => (typeof value === 'string' && value !== '' ? value : null)),
    timeZone: first(attributes, DERIVED_KEYS.timeZone, (value) => (typeof value === 'string' && isKnownZone(value) ? value : null)),
    language: first(attributes, DERIVED_KEYS.language, (value) => (typeof value === 'string' ? languageTag(value) : null)),
    signedUpAt: first(attributes, DERIVED_KEYS.signedUpAt, (value) => momentOf(value)),
  };
}

const zones = new Map<string, boolean>();

/** Asking Intl costs tens of microseconds and people repeat few zones. */
function isKnownZone(zone: string): boolean {
  let known = zones.get(zone);
  if (known === undefined) {
    known = zone.length <= 64 && isTimeZone(zone);
    if (zones.size < 2_000) zones.set(zone, known);
  }
  return known;
}

/** "ko_KR" and "KO-kr" are both "ko-KR"; null when it is no language tag. */
function languageTag(text: string): string | null {
  if (!/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$/.test(text)) return null;
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * The instant an attribute value names, when it is an ISO 8601 date or date-time; null otherwise. Without an offset it is
 * read as UTC, the same reading PostgreSQL gives in this service's sessions.
 */
export function isoInstant(value: JsonValue): Date | null {
  if (typeof value !== 'string' || value.length < 10 || value.length > 40) return null;
  const found = ISO.exec(value);
  if (!found) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', offset = 'Z'] = found;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  const digits = offset.replace(':', '');
  const zone = /^z$/i.test(digits) ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis || '000'}${zone}`);
  // JavaScript reads 31 February as 3 March; a date that does not exist is no date.
  const exists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return Number.isNaN(at.getTime()) || !exists || Number(year) < 1 ? null : at;
}

/** Like {@link isoInstant}, and numbers: seconds (10 digits) or milliseconds (13 digits) since 1970, as sign-up times are often sent. */
function momentOf(value: JsonValue): Date | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{10}(\d{3})?$/.test(value) ? Number(value) : null;
  if (number === null) return isoInstant(value);
  if (number >= 1e8 && number < 1e11) return new Date(number * 1000);
  return number >= 1e11 && number < 1e14 ? new Date(number) : null;
}

/** Dates inside objects are kept down to this many names (`plan.renews_at` has two), */
export const MAX_DATE_PATH = 5;
/** for paths as long as a condition may name, and so many a person: the first ones in order of path. */
const MAX_PATH_LENGTH = 200;
const MAX_NESTED_DATES = 50;

/**
 * Instants of a person by key, for "3 days after …" questions: every attribute that is a date, those inside objects under
 * their path, and the built-in sign-up. An attribute that is called like a path hides what the path leads to.
 */
export function personDates(attributes: JsonObject, signedUpAt: Date | null): Map<string, Date> {
  const dates = new Map<string, Date>();
  const nested: [string, Date][] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('$')) continue;
    if (isJsonObject(value) && !key.includes('.')) collectDates(value, key, MAX_DATE_PATH - 1, nested);
    const at = isoInstant(value);
    if (at) dates.set(key, at);
  }
  const visible = nested.filter(([path]) => !Object.hasOwn(attributes, path));
  if (visible.length > MAX_NESTED_DATES) visible.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, at] of visible.slice(0, MAX_NESTED_DATES)) dates.set(path, at);
  if (signedUpAt) dates.set('$signed_up_at', signedUpAt);
  return dates;
}

/** Names that hold dots are no steps of a path: a condition could not tell them apart. */
function collectDates(object: JsonObject, path: string, depth: number, found: [string, Date][]): void {
  if (depth === 0 || path.length > MAX_PATH_LENGTH) return;
  for (const [key, value] of Object.entries(object)) {
    if (key.includes('.')) continue;
    const below = `${path}.${key}`;
    if (isJsonObject(value)) collectDates(value, below, depth - 1, found);
    const at = below.length > MAX_PATH_LENGTH ? null : isoInstant(value);
    if (at) found.push([below, at]);
  }
}
