import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import { z } from 'zod';
import { keyOf } from '../../../kernel/ids.js';
import { dateOf, readMoment } from './moment.js';
import { currencyDigits } from './money.js';

const MAX_FIELDS = 50;
/** Most messages that one body may become: an order with its lines, a page of an export. */
export const MAX_MESSAGES = 500;

/** The year 5138: what is larger was meant as milliseconds. */
const MOST_SECONDS = 1e11;
/** Deeper than any expression that somebody writes; JMESPath has no loops and no recursion of its own. */
const LONGEST_EXPRESSION = 500;

/** A JMESPath expression over what came in (`body`, `topic`, `header`, and `item` for each part of `each`). */
export const Expression = z.string().min(1).max(LONGEST_EXPRESSION).refine((text) => faultOf(text) === null, { error: (issue) => `is no JMESPath expression: ${faultOf(String(issue.input)) ?? ''}` });

/** Expressions as they run: a mapping asks the same ones of each part of a list. */
const programs = new Map<string, ReturnType<typeof compile>>();
const MOST_PROGRAMS = 2_000;

function programOf(expression: string): ReturnType<typeof compile> {
  const known = programs.get(expression);
  if (known) return known;
  if (programs.size >= MOST_PROGRAMS) programs.clear();
  const program = compile(expression);
  programs.set(expression, program);
  return program;
}

function faultOf(text: string): string | null {
  try {
    compile(text);
    return null;
  } catch (error) {
    return (error as Error).message.split('\n')[0]!.slice(0, 200);
  }
}

/**
 * What a value is read as. `minor_units`: an amount in the smallest unit of its currency (Stripe), which has no decimals in won
 * and yen; `seconds`: seconds since 1970.
 */
export const READINGS = ['as_it_is', 'text', 'number', 'minor_units', 'seconds', 'lower'] as const;
const Value = z.strictObject({ from: Expression, as: z.enum(READINGS).default('as_it_is'), currency: Expression.optional().describe('With minor_units: where the currency stands.') });
export type Value = z.infer<typeof Value>;
const FieldName = z.string().min(1).max(200);
const Fields = z.record(FieldName, Value).refine((fields) => Object.keys(fields).length <= MAX_FIELDS, `at most ${MAX_FIELDS} fields`);

/** Who it is about. By `userId` a person is made when there is none; by `email` alone somebody who is known already. */
const Who = z.strictObject({
  userId: Value.optional(), prefix: z.string().max(50).default('').describe('Put before the user id, such as "shopify:".'),
  email: Value.optional(), anonymousId: Value.optional(),
  matchEmail: z.boolean().default(true).describe('Whoever has this e-mail already is meant, if it is exactly one person.'),
}).refine(({ userId, email, anonymousId }) => userId ?? email ?? anonymousId, 'must say where the user id, the e-mail or the browser id stands');

const Rule = z.strictObject({
  name: z.string().min(1).max(100),
  when: Expression.optional().describe('Only what makes this true; left out: everything.'),
  each: Expression.optional().describe('A list: the rule is applied to each part of it, called `item`.'),
  person: Who,
  traits: Fields.default({}),
  traitsAt: Value.optional().describe('The moment as of which the attributes hold. An older body that comes late then changes nothing that was told since. Left out: the time of arrival.'),
  event: z.strictObject({ name: z.string().min(1).max(200), at: Value.optional(), id: Expression.optional().describe('What makes the event one of a kind, so that it counts once however often it is sent.'), properties: Fields.default({}) }).optional(),
}).refine(({ event, traits }) => event !== undefined || Object.keys(traits).length > 0, 'must make an event or set attributes');

/** How bodies of another system become people and events. The first rule that fits is used, or with `all` each that does. */
export const Mapping = z.strictObject({ all: z.boolean().default(false), rules: z.array(Rule).min(1).max(30) });
export type Mapping = z.infer<typeof Mapping>;
type Rule = z.infer<typeof Rule>;

/** What came in, as expressions see it. */
export interface Incoming { body: unknown; topic: string; header: Record<string, string> }
/** A message of the Segment API, with an e-mail by which somebody known may be meant instead. */
export interface MappedMessage { type: 'identify' | 'track'; rule: string; email: string | null; matchEmail: boolean; message: Record<string, unknown> }
/** What came of a body. `problems` name the rule and the field. */
export interface Mapped { messages: MappedMessage[]; problems: { path: string; message: string }[]; rules: string[] }

/** @param key makes ids of messages the same each time this body is read; `source` those of events that have ids of their own */
export function applyMapping(mapping: Mapping, came: Incoming, { key, source, receivedAt }: { key: string; source: string; receivedAt: Date }): Mapped {
  const mapped: Mapped = { messages: [], problems: [], rules: [] };
  const incoming = bare(came) as Incoming;
  for (const [index, rule] of mapping.rules.entries()) {
    const path = `rules.${index}`;
    if (rule.when !== undefined && !isTrue(read(rule.when, incoming, `${path}.when`, mapped))) continue;
    mapped.rules.push(rule.name);
    const items = rule.each === undefined ? [undefined] : listOf(read(rule.each, incoming, `${path}.each`, mapped));
    for (const [place, item] of items.entries()) {
      if (mapped.messages.length + 2 > MAX_MESSAGES) {
        mapped.problems.push({ path, message: `makes more than ${MAX_MESSAGES} messages of one body; the rest was left out` });
        return mapped;
      }
      addMessages(rule, { ...incoming, ...(item === undefined ? {} : { item }) }, { path, source, id: `${key}:${index}:${place}`, receivedAt, into: mapped });
    }
    if (!mapping.all) break;
  }
  return mapped;
}

/** The same without prototypes: to an expression `body.constructor` is a field like any other, and nothing when nobody sent it. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(bare);
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [name, field] of Object.entries(value)) fields[name] = bare(field);
  return fields;
}

interface Place { path: string; source: string; id: string; receivedAt: Date; into: Mapped }

function addMessages(rule: Rule, from: object, { path, source, id, receivedAt, into }: Place): void {
  const value = (wanted: Value | undefined, at: string) => (wanted === undefined ? undefined : valueOf(wanted, from, `${path}.${at}`, into));
  const userId = textOf(value(rule.person.userId, 'person.userId'));
  const email = textOf(value(rule.person.email, 'person.email'));
  const anonymousId = textOf(value(rule.person.anonymousId, 'person.anonymousId'));
  if (userId === null && email === null && anonymousId === null) {
    into.problems.push({ path: `${path}.person`, message: 'nobody is named: neither user id nor e-mail nor browser id has a value' });
    return;
  }
  const who = { ...(userId === null ? {} : { userId: `${rule.person.prefix}${userId}` }), ...(anonymousId === null ? {} : { anonymousId }) };
  const fields = (wanted: Record<string, Value>, at: string) => Object.fromEntries(Object.entries(wanted).flatMap(([name, one]) => {
    const found = value(one, `${at}.${name}`);
    return found === undefined || found === null ? [] : [[name, found]];
  }));
  const add = (type: 'identify' | 'track', message: object) => into.messages.push({ type, rule: rule.name, email, matchEmail: rule.person.matchEmail, message: { type, ...who, ...message, context: { library: { name: 'danbi-source' } } } });
  const traits = fields(rule.traits, 'traits');
  if (Object.keys(traits).length > 0) {
    const stated = value(rule.traitsAt, 'traitsAt');
    const since = readMoment(stated);
    // A body without a moment is in order; a mapping that points at something else would leave its author believing that order is kept.
    if (since === null && stated !== undefined && stated !== '') into.problems.push({ path: `${path}.traitsAt`, message: 'is no moment; the time of arrival is used' });
    // One from the future is taken as of now by whoever reads the message, like any other.
    add('identify', { messageId: `${id}:i`, traits, timestamp: (since ?? receivedAt).toISOString() });
  }
  if (!rule.event) return;
  const own = rule.event.id === undefined ? null : textOf(read(rule.event.id, from, `${path}.event.id`, into));
  const at = readMoment(value(rule.event.at, 'event.at'));
  if (at === null && rule.event.at) into.problems.push({ path: `${path}.event.at`, message: 'is no moment; the time of arrival is used' });
  add('track', { messageId: own === null ? `${id}:t` : `${source}:${keyOf(JSON.stringify([rule.event.name, own]))}`, event: rule.event.name, timestamp: (at ?? receivedAt).toISOString(), properties: fields(rule.event.properties, 'event.properties') });
}

function read(expression: string, from: object, path: string, into: Mapped): unknown {
  try {
    return TreeInterpreter.search(programOf(expression), from as never);
  } catch (error) {
    into.problems.push({ path, message: (error as Error).message.split('\n')[0]!.slice(0, 200) });
    return null;
  }
}

function valueOf({ from, as, currency }: Value, data: object, path: string, into: Mapped): unknown {
  const found = read(from, data, path, into);
  if (found === null || found === undefined || (typeof found === 'string' && found.trim() === '' && (as === 'text' || as === 'lower'))) return undefined;
  const wrong = (message: string) => { into.problems.push({ path, message }); return undefined; };
  switch (as) {
    case 'as_it_is': return found;
    case 'text': return textOf(found) ?? wrong(typeof found === 'number' ? 'is a number too large to be read exactly: it has to be sent as text' : 'is neither a text nor a number');
    case 'lower': return textOf(found)?.toLowerCase() ?? wrong('is neither a text nor a number');
    case 'number': return numberOf(found) ?? wrong('is no number');
    case 'seconds': { const seconds = numberOf(found); const at = seconds === null || Math.abs(seconds) >= MOST_SECONDS ? null : dateOf(seconds * 1_000); return at?.toISOString() ?? wrong('is no time in seconds'); }
    case 'minor_units': {
      const [amount, unit] = [numberOf(found), currency === undefined ? null : textOf(read(currency, data, `${path}.currency`, into))];
      if (amount === null) return wrong('is no number');
      const digits = currencyDigits(unit ?? 'usd');
      return Number((amount / 10 ** digits).toFixed(digits));
    }
  }
}

/** Ids are numbers at times. One too large to be read exactly would be the id of somebody else. */
const textOf = (found: unknown): string | null => (typeof found === 'string' ? (found.trim() === '' ? null : found.trim()) : isExact(found) ? String(found) : null);
const isExact = (found: unknown): found is number => typeof found === 'number' && Number.isFinite(found) && (!Number.isInteger(found) || Number.isSafeInteger(found));
function numberOf(found: unknown): number | null {
  const number = typeof found === 'number' ? found : typeof found === 'string' && found.trim() !== '' ? Number(found) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}
const listOf = (found: unknown): unknown[] => (Array.isArray(found) ? found : []);
/** As JMESPath has it: nothing, an empty text, an empty list and an empty object are false. */
const isTrue = (found: unknown): boolean => found !== null && found !== undefined && found !== false && found !== '' && !(typeof found === 'object' && Object.keys(found).length === 0);
