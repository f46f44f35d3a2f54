import { isDeepStrictEqual } from 'node:util';
import type { IdentityPolicy, IdentityProof } from '../../kernel/identity.js';
import { storable, type JsonObject, type JsonValue } from './json.js';
import { keyText, type IdentityKind } from './identity-plan.js';
import type { AcceptedMessage, ReadMessage } from './segment-message.js';

/** What becomes of a message of a browser: kept, perhaps changed, or refused with a reason for the developer. */
export type Judged = { kept: AcceptedMessage } | { refused: { code: string; message: string } };

/** The user id a message names. */
export const namedUser = ({ ref }: AcceptedMessage): string | undefined => ('userId' in ref ? ref.userId : undefined);

const protectedIn = (attributes: object | undefined, policy: IdentityPolicy): string[] => (policy.protectedTraits.size === 0 ? [] : Object.keys(attributes ?? {}).filter((name) => policy.protectedTraits.has(name)));

/** Whether anything can follow from a proof for this message; otherwise none has to be computed. */
export const isJudged = (message: AcceptedMessage, policy: IdentityPolicy): boolean =>
  (namedUser(message) !== undefined && (policy.mode !== 'off' || (message.type === 'identify' && message.proof?.jwt !== undefined))) || protectedIn(message.attributes, policy).length > 0;

/**
 * What a public write key may say. Protected traits come from a signed token or not at all. Where proofs are enforced, an
 * unproven user id joins nobody: what says who somebody is is refused, what merely happened stays with the browser's own
 * person, who is the user if an earlier message proved it.
 */
export function judge(message: AcceptedMessage, proof: IdentityProof | null, policy: IdentityPolicy): Judged {
  const signed = proof?.ok ? proof.signed : new Map<string, unknown>();
  const wrong = protectedIn(message.attributes, policy).find((name) => !isDeepStrictEqual(signed.get(name), message.attributes![name]));
  if (wrong !== undefined) return { refused: { code: 'protected_trait', message: `traits.${wrong}: may only be set by a server key, or by a jwt that says the same` } };
  const proven = message.type === 'identify' && signed.size > 0 ? withSigned(message, signed, policy) : message;
  if (policy.mode !== 'enforce' || namedUser(message) === undefined || proof?.ok) return { kept: proven };
  const why = proof && !proof.ok ? proof.message : 'there is no proof';
  const { anonymousId } = message.ref as { anonymousId?: string };
  if (message.type === 'identify' || message.type === 'alias' || anonymousId === undefined) return { refused: { code: 'identity_unproven', message: `userId: ${why}` } };
  return { kept: { ...message, ref: { anonymousId } } };
}

/** A token's word about the e-mail address and about protected traits, where the message itself says nothing. */
function withSigned(message: AcceptedMessage, signed: ReadonlyMap<string, unknown>, policy: IdentityPolicy): AcceptedMessage {
  const said = [...signed].filter(([name]) => (name === 'email' || policy.protectedTraits.has(name)) && message.attributes?.[name] === undefined);
  if (said.length === 0) return message;
  const more = storable(Object.fromEntries(said) as JsonObject);
  return { ...message, attributes: { ...message.attributes, ...(more as Record<string, JsonValue>) } };
}

/** A message of a live user loses the anonymous id of somebody who was erased; a message of nobody else is refused. */
export function withoutErasedIds(message: AcceptedMessage, erased: ReadonlySet<string>): ReadMessage {
  const userId = namedUser(message);
  const { anonymousId } = message.ref as { anonymousId?: string };
  const isErased = (kind: IdentityKind, value: string | undefined) => value !== undefined && erased.has(keyText({ kind, value }));
  const previousErased = isErased('user_id', message.previousId) || isErased('anonymous_id', message.previousId);
  const anonymousErased = isErased('anonymous_id', anonymousId);
  if (!isErased('user_id', userId) && !previousErased && !(anonymousErased && userId === undefined)) return { accepted: anonymousErased ? { ...message, ref: { userId: userId! } } : message };
  const { messageId, type, name } = message;
  return { rejected: { messageId, code: 'person_erased', message: 'this person was erased and is not made anew by a public key', payload: { type, name } } };
}
