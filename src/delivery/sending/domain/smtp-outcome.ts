import { classify } from '../../returns/domain/classify.js';
import type { BounceCategory } from '../../returns/domain/notice.js';

/** What is known about one attempt to hand a message to the relay, when it did not end with a 250. */
export interface SmtpFailure {
  /** nodemailer's error code: `EENVELOPE`, `EMESSAGE`, `ECONNECTION`, `EAUTH` … */
  code?: string;
  /** The SMTP command that was answered, or `CONN`. */
  command?: string;
  /** The server's whole reply, if it sent one. */
  response?: string;
  responseCode?: number;
  message: string;
  /** The session was ready and this message's envelope was being sent. */
  opened: boolean;
  /** The final dot may have left. */
  begun: boolean;
}

export type SmtpOutcome =
  /** The connection died after the final dot may have left and before a reply: nobody knows, so it is never sent again. */
  | { kind: 'uncertain'; detail: string }
  /** Nothing can be sent now: no connection, no login, or the relay refuses our sender. Nobody's attempt is counted. */
  | { kind: 'transport_down'; detail: string }
  /** The session ended before the message was transferred. */
  | { kind: 'lost'; detail: string }
  /** Not now. */
  | { kind: 'deferred'; detail: string }
  /** This server can not take such an address at all (RFC 6531); nothing was offered to it. */
  | { kind: 'unreachable'; detail: string }
  /** Never. `bounce`: the recipient's address was refused; `suppress`: it should not be tried again by anyone. */
  | { kind: 'rejected'; detail: string; refusal: BounceCategory; bounce: boolean; suppress: boolean };

/** Permanent codes whose words say that it is not: they are tried again. */
const PASSING: ReadonlySet<BounceCategory> = new Set(['full', 'rate_limit', 'greylist', 'network']);

/** Reads the outcome out of a failed send. What the server's words mean is read where all words of servers are (`returns/domain/classify.ts`). */
export function outcomeOf(failure: SmtpFailure): SmtpOutcome {
  const detail = (failure.response ?? failure.message).replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 500);
  if (failure.code === 'EAUTH' || (!failure.opened && !failure.begun)) return { kind: 'transport_down', detail };
  const reply = failure.responseCode;
  if (reply === undefined) return failure.begun ? { kind: 'uncertain', detail } : { kind: 'lost', detail };
  if (reply === 421) return { kind: 'lost', detail };
  if (reply < 500) return { kind: 'deferred', detail };
  const { kind, category: refusal } = classify({ words: detail, beforeRecipient: failure.command === 'MAIL FROM' });
  // 503 is an answer to commands out of order, 530 to a missing login, and a refused sender would be refused for everybody.
  if (reply === 503) return { kind: 'lost', detail };
  if (reply === 530 || (failure.command === 'MAIL FROM' && refusal !== 'too_big')) return { kind: 'transport_down', detail };
  if (PASSING.has(refusal)) return { kind: 'deferred', detail };
  const bounce = failure.command === 'RCPT TO' && (kind === 'hard' || (kind === 'soft' && refusal !== 'too_big'));
  return { kind: 'rejected', detail, refusal, bounce, suppress: bounce && kind === 'hard' };
}
