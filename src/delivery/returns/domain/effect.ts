import type { BounceCategory, ReturnNotice } from './notice.js';

/** What became of one notice. */
export type Outcome =
  /** It changed something. */
  | 'applied'
  /** It was known, or says less than what is known. */
  | 'known'
  /** There is nothing to do: a delay, a vacation note. */
  | 'noted'
  /** We have no such message: perhaps not yet. */
  | 'unknown_message'
  /** The message is still in the sender's hands. */
  | 'too_early'
  /** It names no message of ours. */
  | 'unattributed'
  /** It speaks of another address than the one we wrote to. */
  | 'other_recipient'
  /** Nobody could say what it means. */
  | 'not_understood';

/** A notice and what became of it. */
export interface Applied {
  notice: ReturnNotice;
  outcome: Outcome;
  /** The delivery it was applied to. */
  deliveryId: string | null;
  /** That delivery's person was erased. */
  isErased: boolean;
}

/** What a notice does to its message and its address. */
export interface Effect {
  outcome: Outcome;
  /** The state the message comes to. */
  state?: 'delivered' | 'bounced';
  /** An event of the message; there is one of a kind and key. */
  event?: { kind: 'bounce' | 'complaint' | 'unsubscribe'; key: string };
  /** The address is blocked for this reason. */
  suppress?: 'bounce' | 'complaint';
  /** The person wants no more advertising. */
  unsubscribe?: boolean;
  /** Counts for or against the address: it could not take a message now, or took one. */
  softness?: 'refused' | 'accepted';
}

/** States in which the message has certainly or possibly left, lowest first. What comes back never moves it down. */
const AFTER_SENDING = ['uncertain', 'sent', 'delivered', 'bounced'];

/** Soft refusals that are about the mailbox. Rate, content and our reputation never count against a person (5-email.md, section 7.5). */
const ABOUT_THE_MAILBOX: ReadonlySet<BounceCategory> = new Set(['invalid_recipient', 'bad_domain', 'inactive', 'full', 'expired', 'network', 'other']);

/** What a notice means for a message that is in `state`. Pure: whoever calls holds the row. */
export function effectOf(state: string, notice: ReturnNotice): Effect {
  switch (notice.kind) {
    case 'unknown':
      return { outcome: 'not_understood' };
    case 'delayed':
    case 'auto_reply':
      return { outcome: 'noted' };
    case 'complaint':
      return { outcome: 'applied', event: { kind: 'complaint', key: 'return' }, suppress: 'complaint', unsubscribe: true };
    case 'unsubscribe':
      return { outcome: 'applied', event: { kind: 'unsubscribe', key: 'return' }, unsubscribe: true };
    case 'delivered':
      if (isInHand(state)) return { outcome: 'too_early' };
      return isBelow(state, 'delivered') ? { outcome: 'applied', state: 'delivered', softness: 'accepted' } : { outcome: 'known' };
    case 'hard':
    case 'soft':
    case 'block':
      if (isInHand(state)) return { outcome: 'too_early' };
      return { outcome: 'applied', ...(isBelow(state, 'bounced') ? { state: 'bounced' } : {}), event: { kind: 'bounce', key: `return:${notice.kind}` }, ...verdictOnAddress(notice) };
  }
}

function verdictOnAddress({ kind, category }: ReturnNotice): Pick<Effect, 'suppress' | 'softness'> {
  if (kind === 'hard') return { suppress: 'bounce' };
  return kind === 'soft' && ABOUT_THE_MAILBOX.has(category ?? 'other') ? { softness: 'refused' } : {};
}

const isInHand = (state: string): boolean => state === 'queued' || state === 'sending';

function isBelow(state: string, other: 'delivered' | 'bounced'): boolean {
  const at = AFTER_SENDING.indexOf(state);
  return at >= 0 && at < AFTER_SENDING.indexOf(other);
}
