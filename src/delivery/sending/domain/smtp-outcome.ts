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

/** What a refusal is about. Only the first three say that the address itself is no good. */
export type RefusalClass = 'invalid_recipient' | 'bad_domain' | 'inactive' | 'full' | 'too_big' | 'content' | 'policy' | 'rate' | 'other';

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
  | { kind: 'rejected'; detail: string; refusal: RefusalClass; bounce: boolean; suppress: boolean };

/**
 * Reads the outcome out of a failed send. Order of trust: the words of the reply, then its enhanced status code, then the
 * basic code (many servers send 5.1.1 or 5.0.0 for everything).
 */
export function outcomeOf(failure: SmtpFailure): SmtpOutcome {
  const detail = (failure.response ?? failure.message).replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 500);
  if (failure.code === 'EAUTH' || (!failure.opened && !failure.begun)) return { kind: 'transport_down', detail };
  const reply = failure.responseCode;
  if (reply === undefined) return failure.begun ? { kind: 'uncertain', detail } : { kind: 'lost', detail };
  if (reply === 421) return { kind: 'lost', detail };
  if (reply < 500) return { kind: 'deferred', detail };
  const refusal = refusalOf(detail);
  // 503 is an answer to commands out of order, 530 to a missing login, and a refused sender would be refused for everybody.
  if (reply === 503) return { kind: 'lost', detail };
  if (reply === 530 || (failure.command === 'MAIL FROM' && refusal !== 'too_big')) return { kind: 'transport_down', detail };
  if (refusal === 'full' || refusal === 'rate') return { kind: 'deferred', detail };
  const suppress = refusal === 'invalid_recipient' || refusal === 'bad_domain' || refusal === 'inactive';
  const bounce = failure.command === 'RCPT TO' && (suppress || refusal === 'other');
  return { kind: 'rejected', detail, refusal, bounce, suppress: bounce && suppress };
}

/** First match decides. Policy comes before "unknown": blocking servers like to say "recipient rejected". */
const WORDS: [RegExp, RefusalClass][] = [
  [/mailbox (is )?full|quota|over ?limit|not enough (disk )?space|insufficient (system )?storage|storage (allocation )?exceeded/i, 'full'],
  [/spam|black ?list|block ?list|\bblocked\b|spamhaus|barracuda|reputation|unsolicited|\bdnsbl\b|\brbl\b|listed (at|by|in)|poor sender|policy|dmarc|\bspf\b|dkim|unauthenticated|not authori[sz]ed|relay(ing)? (access )?(denied|not permitted|not allowed)|unable to relay|access denied|banned/i, 'policy'],
  [/too many (messages|recipients|connections)|rate limit|throttl|too fast|try again later/i, 'rate'],
  [/too (large|big)|message size|size limit/i, 'too_big'],
  [/virus|malware|content (rejected|not accepted)|attachment|header/i, 'content'],
  [/disabled|inactive|suspended|no longer (active|in use)|deactivated|dormant/i, 'inactive'],
  [/domain (not found|does not exist|unknown)|unknown domain|host (not found|unknown)|null ?mx|does not accept (e-?)?mail|nxdomain/i, 'bad_domain'],
  [/user (is )?(unknown|not found|doesn'?t exist|does not exist)|unknown (user|recipient|local|address|mailbox)|no such (user|recipient|mailbox|address|person)|(mailbox|account|address|recipient|user)[^.]{0,80}(does not exist|doesn'?t exist|not found|unavailable|unknown|invalid)|invalid (recipient|mailbox|address|user)|not a valid (user|mailbox|recipient)|no mailbox/i, 'invalid_recipient'],
];

const STATUS: [RegExp, RefusalClass][] = [
  [/^5\.1\.[136]$/, 'invalid_recipient'],
  [/^5\.1\.(2|10)$/, 'bad_domain'],
  [/^5\.2\.1$/, 'inactive'],
  [/^5\.2\.2$/, 'full'],
  [/^5\.(2\.3|3\.4)$/, 'too_big'],
  [/^5\.6\./, 'content'],
  [/^5\.7\./, 'policy'],
];

function refusalOf(reply: string): RefusalClass {
  const words = WORDS.find(([pattern]) => pattern.test(reply));
  if (words) return words[1];
  const status = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reply)?.[0];
  const byStatus = status ? STATUS.find(([pattern]) => pattern.test(status)) : undefined;
  if (byStatus) return byStatus[1];
  return reply.startsWith('552') ? 'too_big' : 'other';
}
