import type { ErrorKind } from '../../../../kernel/errors.js';

/** Services that report what became of our e-mail by webhook. */
export const PROVIDERS = ['ses', 'sendgrid', 'mailgun', 'postmark'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Why a request to a webhook was not believed. Counted on the connection, so that its owner sees what to repair. */
export const REFUSAL_REASONS = [
  'malformed', 'network', 'topic', 'certificate_url', 'certificate', 'subscribe_url', 'unconfirmed', 'version',
  'timestamp', 'signature', 'credentials', 'no_secret', 'replayed', 'too_many',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a request is not believed, in the words and the kind its sender is answered with. */
export interface Refusal {
  reason: RefusalReason;
  kind: ErrorKind;
  message: string;
}

export const refusal = (reason: RefusalReason, kind: ErrorKind, message: string): Refusal => ({ reason, kind, message });

/**
 * How old a signed report may be, in milliseconds. Providers repeat for up to a day what we did not take (SendGrid 24 h, Mailgun 8 h),
 * and may keep the first timestamp; whatever is repeated inside is stopped by its event id.
 */
export const REPLAY_WINDOW_MS = 25 * 3_600_000;
/** How far the sender's clock may run ahead of ours. */
const AHEAD_MS = 5 * 60_000;

/** Whether a report of `at` may still be taken. An instant that is none may not. */
export const isTimely = (at: Date, now: Date): boolean =>
  at.getTime() >= now.getTime() - REPLAY_WINDOW_MS && at.getTime() <= now.getTime() + AHEAD_MS;
