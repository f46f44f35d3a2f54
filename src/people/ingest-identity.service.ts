import { Injectable } from '@nestjs/common';
import type { IdentityFault, IdentityPolicy, IdentityProof } from '../kernel/identity.js';
import { IdentityGuard, type Unproven } from '../platform/http/identity-guard.js';
import type { WriteKey } from '../platform/http/write-keys.js';
import { keysOf } from './domain/identity-plan.js';
import { isJudged, judge, namedUser, withoutErasedIds } from './domain/identity-rule.js';
import { ErasedIds } from './erased-ids.js';
import { personWriteProblems } from './domain/person-write.js';
import type { AcceptedMessage, ReadMessage, RejectedMessage } from './domain/segment-message.js';

/** Where messages come from. */
export interface MessageSource { key: WriteKey; origin: string | undefined; receivedAt: Date }

/** Lets a public write key say only what it can prove, as far as the workspace asks for it. Secret keys are believed. */
@Injectable()
export class IngestIdentity {
  constructor(private readonly guard: IdentityGuard, private readonly erased: ErasedIds) {}

  policy(): Promise<IdentityPolicy> {
    return this.guard.policy();
  }

  /** The same list, with what may not be said refused in its place. */
  async judge(messages: ReadMessage[], policy: IdentityPolicy, source: MessageSource): Promise<ReadMessage[]> {
    if (source.key.kind === 'server') return messages;
    return this.withoutErased(await this.proven(messages, policy, source));
  }

  private async proven(messages: ReadMessage[], policy: IdentityPolicy, { key, origin, receivedAt }: MessageSource): Promise<ReadMessage[]> {
    if (policy.mode === 'off' && policy.protectedTraits.size === 0) return messages;
    const proofs = new Map<string, Promise<IdentityProof>>();
    const unproven: Unproven[] = [];
    const judged: ReadMessage[] = [];
    for (const message of messages) {
      if (!('accepted' in message) || !isJudged(message.accepted, policy)) {
        judged.push(message);
        continue;
      }
      const proof = await this.prove(message.accepted, proofs, receivedAt);
      const fault = faultOf(message.accepted, proof);
      if (fault && policy.mode !== 'off') unproven.push({ keyId: key.id, origin, reason: fault, userId: namedUser(message.accepted)! });
      judged.push(answer(message.accepted, judge(message.accepted, proof, policy)));
    }
    await this.guard.note(unproven, receivedAt);
    return judged;
  }

  private async withoutErased(messages: ReadMessage[]): Promise<ReadMessage[]> {
    const erased = await this.erased.among(keysOf(messages.flatMap((message) => ('accepted' in message ? [message.accepted] : []))));
    if (erased.size === 0) return messages;
    return messages.map((message) => ('accepted' in message ? withoutErasedIds(message.accepted, erased) : message));
  }

  /** Messages of one visit bring the same proof: it is computed once a request. */
  private prove(message: AcceptedMessage, proofs: Map<string, Promise<IdentityProof>>, now: Date): Promise<IdentityProof> | null {
    const userId = namedUser(message);
    if (userId === undefined) return null;
    const claim = { userId, ...message.proof };
    const key = JSON.stringify([userId, message.proof?.userHash, message.proof?.jwt]);
    const known = proofs.get(key) ?? this.guard.prove(claim, now);
    proofs.set(key, known);
    return known;
  }
}

/** Only what says who somebody is counts as a claim; events repeat it. */
const faultOf = ({ type }: AcceptedMessage, proof: IdentityProof | null): IdentityFault | null => (proof && !proof.ok && (type === 'identify' || type === 'alias') ? proof.reason : null);

function answer(message: AcceptedMessage, judged: ReturnType<typeof judge>): ReadMessage {
  if ('refused' in judged) return { rejected: rejection(message, judged.refused) };
  // A token may say what no attribute can hold.
  const [problem] = judged.kept === message ? [] : personWriteProblems(judged.kept);
  return problem ? { rejected: rejection(message, { code: problem.code, message: `jwt: ${problem.path}: ${problem.message}` }) } : { accepted: judged.kept };
}

const rejection = ({ messageId, type, name, ref }: AcceptedMessage, why: { code: string; message: string }): RejectedMessage => ({ messageId, ...why, payload: { type, name, ref } });
