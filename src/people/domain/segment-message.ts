import type { Problem } from '../../kernel/errors.js';
import type { IdentityPolicy } from '../../kernel/identity.js';
import { keptAddress } from './kept-address.js';
import { isJsonObject, isShallow, MAX_DEPTH, mayExceed, storable, storableText, type JsonObject, type JsonValue } from './json.js';
import { clientMoment, clientOrigin, occurredAt } from './occurred-at.js';
import { personWriteProblems, type PersonWrite } from './person-write.js';

export const MESSAGE_TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];
/** UTF-8 bytes of one event. */
export const LARGEST_EVENT = 32 * 1024;
const LONGEST_EVENT_NAME = 200;
const LONGEST_MESSAGE_ID = 256;

/** What belongs to the request and not to the message. */
export interface Envelope {
  /** The type the path names; in a batch every message names its own. */
  type?: MessageType;
  /** Batch-level context, under that of each message. */
  context?: JsonObject;
  sentAt?: unknown;
  receivedAt: Date;
  /** False when the whole body is so small that no event in it can be too large. */
  mayBeLarge: boolean;
  /** True when the body has texts that PostgreSQL cannot hold. */
  unstorable: boolean;
  /** What proves the user ids of a batch, unless a message brings its own. */
  proof?: StatedProof;
  /** How much of `context.ip` is kept. */
  ip: IdentityPolicy['ip'];
}

/** What came with a message to prove its user id, and is not kept. */
export interface StatedProof { userHash?: string; jwt?: string }

/** A message ready to be stored. */
export interface AcceptedMessage extends PersonWrite {
  previousId?: string;
  messageId: string;
  type: MessageType;
  name: string;
  properties: string;
  context: string;
  occurredAt: Date;
  proof?: StatedProof;
}
export interface RejectedMessage { messageId: string | null; code: string; message: string; payload: unknown }

const LONGEST_PAYLOAD = 4_096;

/** A refused message as it is kept for the developer: JSON, cut when it is large. */
export function payloadText(payload: unknown): string {
  if (!isShallow(payload)) return JSON.stringify({ truncated: 'nested too deep to show' });
  const text = JSON.stringify(storable((payload ?? null) as JsonValue));
  return text.length <= LONGEST_PAYLOAD ? text : JSON.stringify({ truncated: storableText(text.slice(0, LONGEST_PAYLOAD)) });
}
export type ReadMessage = { accepted: AcceptedMessage } | { rejected: RejectedMessage };

class Refusal extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

/** Reads one message as clients really send it (segment-compatibility). `newMessageId` names messages that came without an id. */
export function readMessage(raw: unknown, envelope: Envelope, newMessageId: () => string): ReadMessage {
  const stated = isJsonObject(raw) ? idOf(raw.messageId) : undefined;
  const messageId = stated !== undefined && envelope.unstorable ? storableText(stated) : stated;
  try {
    if (!isJsonObject(raw)) throw new Refusal('invalid_event', 'an event must be a JSON object');
    if (!isShallow(raw)) throw new Refusal('event_too_deep', `an event must not be nested deeper than ${MAX_DEPTH} levels`);
    if (envelope.mayBeLarge && mayExceed(raw, LARGEST_EVENT) && Buffer.byteLength(JSON.stringify(raw)) > LARGEST_EVENT) throw new Refusal('event_too_large', `an event must not be larger than ${LARGEST_EVENT} bytes`);
    if (messageId !== undefined && messageId.length > LONGEST_MESSAGE_ID) throw new Refusal('invalid_message_id', `messageId must not be longer than ${LONGEST_MESSAGE_ID} characters`);
    const message = envelope.unstorable ? storable(raw) : raw;
    return { accepted: accept(message, envelope, messageId ?? newMessageId()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { rejected: { messageId: messageId?.slice(0, LONGEST_MESSAGE_ID) ?? null, code: error.code, message: error.message, payload: raw } };
  }
}

function accept(message: JsonObject, envelope: Envelope, messageId: string): AcceptedMessage {
  const type = typeOf(message, envelope);
  const userId = idOf(message.userId);
  const anonymousId = idOf(message.anonymousId);
  const own = objectOf(message.context);
  const context = envelope.context ? { ...envelope.context, ...own } : own;
  const { at, suspect } = timeOf(message, context, envelope);
  const ref = userId !== undefined ? { userId, ...(anonymousId !== undefined ? { anonymousId } : {}) } : anonymousId !== undefined ? { anonymousId } : null;
  if (!ref) throw new Refusal('missing_id', 'an event needs a userId or an anonymousId');
  const { name, properties, attributes } = CONTENT[type](message, context);
  const previousId = type === 'alias' ? previousIdOf(message, userId) : undefined;
  const write = { ref, attributes, at };
  const problems = [...personWriteProblems(write), ...(previousId === undefined ? [] : previousProblems(previousId, at))];
  if (problems.length > 0) throw new Refusal(problems[0]!.code, `${problems[0]!.path}: ${problems[0]!.message}`);
  const proof = statedProof(message) ?? statedProof(context) ?? envelope.proof;
  return { ...write, ...(proof ? { proof } : {}), previousId, messageId, type, name, properties: JSON.stringify(properties), context: JSON.stringify(keptContext(context, suspect, envelope.ip)), occurredAt: at };
}

/** Keys of a context that are not stored: proofs are no facts, and traits are kept as attributes (RudderStack repeats them in every event). */
const PASSING = ['traits', 'userHash', 'user_hash', 'jwt'];

function keptContext(context: JsonObject, suspect: boolean, ip: IdentityPolicy['ip']): JsonObject {
  const changes = suspect || (ip !== 'full' && context.ip !== undefined) || PASSING.some((key) => key in context);
  if (!changes) return context;
  const kept: JsonObject = { ...context };
  for (const key of PASSING) delete kept[key];
  if (suspect) kept.$clock_suspect = true;
  const address = keptAddress(context.ip, ip);
  if (address === undefined) delete kept.ip;
  else kept.ip = address;
  return kept;
}

/** The proof in an object as clients write it; undefined when there is none. */
export function statedProof(from: JsonObject): StatedProof | undefined {
  const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const userHash = text(from.userHash) ?? text(from.user_hash);
  const jwt = text(from.jwt);
  return userHash === undefined && jwt === undefined ? undefined : { ...(userHash === undefined ? {} : { userHash }), ...(jwt === undefined ? {} : { jwt }) };
}

const previousProblems = (previousId: string, at: Date): Problem[] =>
  personWriteProblems({ ref: { userId: previousId }, at }).map((problem) => ({ ...problem, path: 'previousId', code: 'invalid_previous_id' }));

function typeOf(message: JsonObject, envelope: Envelope): MessageType {
  const type = envelope.type ?? message.type;
  if (!MESSAGE_TYPES.includes(type as MessageType)) throw new Refusal('invalid_type', `type must be one of ${MESSAGE_TYPES.join(', ')}`);
  return type as MessageType;
}

/** Clients send ids as texts, some as numbers; null and "" mean that there is none. */
function idOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? '[object Object]' : String(value);
}

function timeOf(message: JsonObject, context: JsonObject, envelope: Envelope): { at: Date; suspect: boolean } {
  const stated = message.timestamp ?? message.originalTimestamp ?? null;
  const moment = stated === null ? null : clientMoment(stated);
  if (stated !== null && !moment) throw new Refusal('invalid_timestamp', 'timestamp must be an ISO 8601 date-time');
  const library = isJsonObject(context.library) && typeof context.library.name === 'string' ? context.library.name : undefined;
  const channel = [message.channel, context.channel].find((one): one is string => typeof one === 'string');
  return occurredAt({ stated: moment, sentAt: clientMoment(message.sentAt ?? envelope.sentAt), receivedAt: envelope.receivedAt, origin: clientOrigin(library, channel) });
}

function previousIdOf(message: JsonObject, userId: string | undefined): string {
  const previousId = idOf(message.previousId);
  if (userId === undefined) throw new Refusal('missing_user_id', 'alias needs a userId');
  if (previousId === undefined) throw new Refusal('missing_previous_id', 'alias needs a previousId');
  return previousId;
}

interface Content { name: string; properties: JsonObject; attributes?: JsonObject }

const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

const CONTENT: Record<MessageType, (message: JsonObject, context: JsonObject) => Content> = {
  track: (message) => ({ name: eventName(message.event), properties: objectOf(message.properties) }),
  identify: (message, context) => {
    const traits = isJsonObject(message.traits) && Object.keys(message.traits).length > 0 ? message.traits : objectOf(context.traits);
    return { name: '$identify', properties: traits, attributes: traits };
  },
  page: (message, context) => ({ name: '$page', properties: { ...pageOf(context), ...named(message), ...objectOf(message.properties) } }),
  screen: (message) => ({ name: '$screen', properties: { ...named(message), ...objectOf(message.properties) } }),
  group: (message) => {
    const groupId = idOf(message.groupId);
    if (groupId === undefined) throw new Refusal('missing_group_id', 'group needs a groupId');
    return { name: '$group', properties: { groupId, traits: objectOf(message.traits) } };
  },
  alias: (message) => ({ name: '$alias', properties: { previousId: idOf(message.previousId) ?? null } }),
};

function eventName(value: JsonValue | undefined): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Refusal('missing_event', 'track needs the name of the event in "event"');
  if (value.length > LONGEST_EVENT_NAME) throw new Refusal('invalid_event_name', `the name of an event must not be longer than ${LONGEST_EVENT_NAME} characters`);
  return value;
}

const pick = (from: JsonObject, keys: readonly string[]): JsonObject => Object.fromEntries(keys.flatMap((key) => (typeof from[key] === 'string' ? [[key, from[key]]] : [])));
const named = (message: JsonObject): JsonObject => pick(message, ['name', 'category']);
const pageOf = (context: JsonObject): JsonObject => pick(objectOf(context.page), ['url', 'path', 'title', 'referrer', 'search']);
