import { Temporal } from 'temporal-polyfill';
import type { AttributeCondition } from '../../src/contract/segment-conditions.js';
import { windowMillis, type Duration } from '../../src/kernel/local-time.js';
import { isoInstant } from '../../src/people/domain/derived.js';
import { decimalText } from '../../src/segments/domain/decimal-text.js';
import type { Oracle } from './segment-oracle.js';
import type { WorldPerson } from './segment-world.js';

export const attributeMatches: Oracle<AttributeCondition> = (leaf, person, context) =>
  compare(leaf.op, readAttribute(leaf.key, person), leaf.key === '$email' && !leaf.op.endsWith('matches') ? lower(leaf.value) : leaf.value, { person, ...context, ofWorkspace: leaf.zone === 'workspace' });

const lower = (value: unknown): unknown => (Array.isArray(value) ? value.map((item) => String(item).toLowerCase()) : typeof value === 'string' ? value.toLowerCase() : value);

function readAttribute(key: string, person: WorldPerson): unknown {
  const builtIn: Record<string, unknown> = { $email: person.email?.toLowerCase() ?? null, $kind: person.kind, $time_zone: person.timeZone, $signed_up_at: person.signedUpAt?.toISOString() ?? null, $last_seen_at: person.lastSeenAt.toISOString(), $first_seen_at: person.firstSeenAt.toISOString(), $language: person.language, $external_id: person.externalId };
  if (key in builtIn) return builtIn[key];
  if (Object.hasOwn(person.attributes, key)) return person.attributes[key];
  return key.split('.').reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : null), person.attributes) ?? null;
}

/** A text, number or boolean as text (numbers in full); null for anything else. */
function scalarText(value: unknown): string | null {
  if (typeof value === 'number') return decimalText(value);
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
}

/** Whether a day is an anniversary of another one. */
const fallsOn = (day: Temporal.PlainDate, on: Temporal.PlainDate): boolean => on.year > day.year && day.with({ year: on.year }, { overflow: 'constrain' }).equals(on);
/** Every hour of a span, going on after midnight. */
const hoursFrom = ([from, to]: [number, number]): number[] => Array.from({ length: (to - from + 24) % 24 || 24 }, (_, hour) => (from + hour) % 24);

/** One operator on one value found: the same for attributes and for properties of events. */
export function compare(op: string, found: unknown, value: unknown, context: { person: WorldPerson; now: Date; zone: string; ofWorkspace?: boolean }): boolean {
  const text = scalarText(found);
  const wanted = (Array.isArray(value) ? value : [value]).map((one) => scalarText(one));
  const items = Array.isArray(found) ? found.map(scalarText) : null;
  const number = typeof found === 'number' ? found : null;
  const date = typeof found === 'string' ? isoInstant(found) : null;
  const zone = context.ofWorkspace ? context.zone : (context.person.timeZone ?? context.zone);
  const clock = (at: Date) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime();
  const local = date ? (String(found).length === 10 ? Temporal.PlainDateTime.from(String(found)) : clock(date)) : null;
  const day = local ? local.toPlainDate().toString() : null;
  const today = clock(context.now).toPlainDate();
  const isDay = typeof value === 'string' && value.length === 10;
  const ago = date ? context.now.getTime() - date.getTime() : null;
  const span = typeof value === 'object' && value !== null && !Array.isArray(value) ? windowMillis(value as Duration) : 0;
  switch (op) {
    case 'exists': return found !== null && found !== undefined;
    case 'not_exists': return found === null || found === undefined;
    case 'is': return text !== null && text === wanted[0];
    case 'is_not': return text !== wanted[0];
    case 'contains': return text !== null && text.includes(String(value));
    case 'not_contains': return text === null || !text.includes(String(value));
    case 'starts_with': return text !== null && text.startsWith(String(value));
    case 'ends_with': return text !== null && text.endsWith(String(value));
    case 'in_list': return text !== null && wanted.includes(text);
    case 'not_in_list': return text === null || !wanted.includes(text);
    case 'matches': return text !== null && new RegExp(String(value), 'u').test(text);
    case 'not_matches': return text === null || !new RegExp(String(value), 'u').test(text);
    case 'has_any': return items !== null && wanted.some((one) => items.includes(one));
    case 'has_all': return items !== null && wanted.every((one) => items.includes(one));
    case 'has_none': return items === null || !wanted.some((one) => items.includes(one));
    case 'eq': return number !== null && number === value;
    case 'ne': return number !== null && number !== value;
    case 'gt': return number !== null && number > Number(value);
    case 'gte': return number !== null && number >= Number(value);
    case 'lt': return number !== null && number < Number(value);
    case 'lte': return number !== null && number <= Number(value);
    case 'between': return number !== null && number >= (value as number[])[0]! && number <= (value as number[])[1]!;
    case 'is_true': return found === true;
    case 'is_false': return found === false;
    case 'before': return date !== null && (isDay ? day! < String(value) : date < new Date(String(value)));
    case 'after': return date !== null && (isDay ? day! > String(value) : date > new Date(String(value)));
    case 'on': return day !== null && day === value;
    case 'within_last': return ago !== null && ago >= 0 && ago < span;
    case 'older_than': return ago !== null && ago >= span;
    case 'in_next': return ago !== null && ago < 0 && ago >= -span;
    case 'day_of_week': return local !== null && (value as string[]).includes(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'][local.dayOfWeek - 1]!);
    case 'hour_between': return local !== null && hoursFrom(value as [number, number]).includes(local.hour);
    case 'anniversary': return local !== null && fallsOn(local.toPlainDate(), today.add({ days: Number(value) }));
    case 'anniversary_within': return local !== null && Array.from({ length: Number(value) + 1 }, (_, days) => fallsOn(local.toPlainDate(), today.add({ days }))).includes(true);
    default: throw new Error(`the oracle does not know ${op}`);
  }
}
