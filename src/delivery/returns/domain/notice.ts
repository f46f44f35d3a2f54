/** What came back about a message, in one word. */
export type NoticeKind =
  /** A server beyond our relay took it. */
  | 'delivered'
  /** Still being tried by somebody else; nothing is decided. */
  | 'delayed'
  /** The address is no good and will not become good: suppress it. */
  | 'hard'
  /** Not now: mailbox full, server away, too large. */
  | 'soft'
  /** Refused because of us or the content (reputation, authentication, rate, policy). Never held against the person. */
  | 'block'
  /** The person, or their provider for them, called it unwanted. */
  | 'complaint'
  /** Their provider passes on that they want no more. */
  | 'unsubscribe'
  /** A vacation note or another answer by a machine. */
  | 'auto_reply'
  /** Not understood: kept for a person to look at, never guessed. */
  | 'unknown';

/** What a bounce is about, finer than its kind; the field's usual names (5-email.md, section 3.3). */
export const BOUNCE_CATEGORIES = [
  'invalid_recipient', 'bad_domain', 'inactive', 'full', 'too_big', 'content', 'block_reputation', 'block_auth', 'rate_limit',
  'greylist', 'expired', 'network', 'protocol', 'suppressed_at_provider', 'other',
] as const;
export type BounceCategory = (typeof BOUNCE_CATEGORIES)[number];

/**
 * One thing that one sender of reports says about one recipient of one message: a part of a DSN, of an ARF report or of a
 * provider's webhook, understood but not yet attributed. Applying it is idempotent.
 */
export interface ReturnNotice {
  kind: NoticeKind;
  category: BounceCategory | null;
  /** Enhanced status code such as `5.1.1`, if there was one. */
  status: string | null;
  /** The server's words, one line, at most 500 characters; empty when there were none. */
  diagnostic: string;
  /** The address the report is about. Evidence only: it never decides which person is meant. */
  recipient: string | null;
  /** Our own delivery, proven by a signed return path or by a correlation value in an authenticated report. */
  deliveryId: string | null;
  /** Message-ID of our message without angle brackets, as the returned headers or the provider tell it. */
  messageId: string | null;
  /** When it happened, by the reporter's clock. */
  at: Date;
}

/** A notice as a mail alone tells it: whose message it was is found elsewhere. */
export interface ReportNotice extends Omit<ReturnNotice, 'deliveryId'> {
  /** The envelope sender of the message that came back, as the report has it. */
  returnPath: string | null;
}
