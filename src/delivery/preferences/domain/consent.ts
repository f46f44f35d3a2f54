/** What a person can have said about a topic. */
export type ConsentState = 'subscribed' | 'unsubscribed';

/** One choice: a channel, a topic (or {@link NIGHT}), and what was said. */
export interface NewConsent { channel: string; topic: string; state: ConsentState }

/**
 * The reserved topic of the separate consent to advertising between 21:00 and 08:00 (정보통신망법 제50조 제3항). It is a consent like
 * any other: proved, kept in the history, carried over by merges.
 */
export const NIGHT = '$night';

/** The topic under which the proof log keeps how often a person wants e-mail; its states are the frequencies. */
export const FREQUENCY = '$frequency';

/** How a choice reached us, as the proof log keeps it. */
export const CONSENT_METHODS = ['form', 'api', 'import', 'one_click', 'unsubscribe_page', 'preference_page', 'complaint', 'provider_unsubscribe', 'merge', 'confirmation', 'double_opt_in'] as const;
export type ConsentMethod = (typeof CONSENT_METHODS)[number];

/** What a row of the proof log says: a choice, one that waits to be confirmed, a notice of it, or how often e-mail is wanted. */
export const PROVED_STATES = ['subscribed', 'unsubscribed', 'requested', 'confirmation_sent', 'all', 'weekly', 'monthly'] as const;

/** How we know of a choice: kept as proof beside every one that is written. */
export interface ConsentGiven {
  now: Date;
  /** Where it was said, in the words of whoever reports it. */
  source: string;
  method: ConsentMethod;
  /** `user:ID`, `server_key:ID`, `person` (by a link of their own message), `provider:NAME`, `system`. */
  actor: string;
  /** When it was said, if earlier than now. What was said later is not undone by it. */
  saidAt?: Date;
  /** The words the person agreed to. */
  wording?: string;
  policyVersion?: string;
  /** Network (/24 or /48), never an address. */
  network?: string;
  userAgent?: string;
  /** The message whose link was used. */
  deliveryId?: string;
}
