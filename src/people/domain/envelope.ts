import { AppError } from '../../kernel/errors.js';
import type { IdentityPolicy } from '../../kernel/identity.js';
import { isJsonObject, type JsonObject } from './json.js';
import { LARGEST_EVENT, readMessage, statedProof, type Envelope, type MessageType, type ReadMessage } from './segment-message.js';

/** What a path of the Segment API expects: one message of a type, or a batch. */
export type Expected = MessageType | 'batch';

/** Parses a body whatever its content type says; `writeKey` may be in it. */
export function parseBody(text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_json', `The body is not valid JSON: ${(cause as Error).message}`, 'invalid', [], { cause });
  }
  if (!isJsonObject(body)) throw new AppError('invalid_json', 'The body must be a JSON object.');
  return body;
}

/** Reads all messages of a body, each on its own: a bad one leaves its neighbours alone. */
export function readMessages(text: string, body: JsonObject, expected: Expected, at: { receivedAt: Date; newMessageId: () => string; ip: IdentityPolicy['ip'] }): ReadMessage[] {
  const envelope: Envelope = {
    receivedAt: at.receivedAt,
    ip: at.ip,
    sentAt: body.sentAt,
    mayBeLarge: text.length * 3 > LARGEST_EVENT,
    unstorable: /\\u(?:0000|d[89a-f])/i.test(text),
  };
  if (expected !== 'batch') return [readMessage(body, { ...envelope, type: expected }, at.newMessageId)];
  if (!Array.isArray(body.batch)) throw new AppError('invalid_batch', 'The body must have a list of events in "batch".');
  if (isJsonObject(body.context)) envelope.context = body.context;
  const proof = statedProof(body);
  if (proof) envelope.proof = proof;
  return body.batch.map((message) => readMessage(message, envelope, at.newMessageId));
}
