import type { ReasonCode } from '../../../kernel/reason-codes.js';

/** What decides whether a message of one topic may go to one person over one channel. */
export interface ReachFacts {
  /** Null: there is no such person. */
  kind: string | null;
  topicKind: 'marketing' | 'transactional' | null;
  optIn: boolean | null;
  consent: 'subscribed' | 'unsubscribed' | null;
  /** The channel needs an address and there is none that can be written to. */
  addressMissing: boolean;
  /** Why the address is blocked. */
  blockedBy: string | null;
}

/** The code that refuses, in the published order: consent and topic, then channel reachable, then suppression; null when it may go. */
export function judgeReach(facts: ReachFacts): ReasonCode | null {
  return consentRefusal(facts) ?? (facts.addressMissing ? 'CHANNEL_UNREACHABLE' : null) ?? suppressionRefusal(facts);
}

function consentRefusal({ kind, topicKind, optIn, consent }: ReachFacts): ReasonCode | null {
  if (kind === null) return 'PERSON_DELETED';
  if (topicKind === null) return 'NO_CONSENT';
  if (topicKind === 'transactional') return null;
  if (consent === 'unsubscribed') return 'TOPIC_UNSUBSCRIBED';
  return optIn && consent === null ? 'NO_CONSENT' : null;
}

function suppressionRefusal({ blockedBy, topicKind }: ReachFacts): ReasonCode | null {
  if (blockedBy === null) return null;
  if (blockedBy === 'bounce' || blockedBy === 'soft_bounce') return 'SUPPRESSED_BOUNCE';
  // An operator's block closes everything; a complaint is about advertising, so a receipt or a password mail still goes.
  if (blockedBy === 'manual') return 'SUPPRESSED_MANUAL';
  return topicKind === 'transactional' ? null : 'SUPPRESSED_COMPLAINT';
}
