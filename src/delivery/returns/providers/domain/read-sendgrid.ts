import type { ReturnNotice } from '../../domain/notice.js';
import { addressOf, deliveryIdOf, instantOf, messageIdOf, textAt, type Fields } from './fields.js';
import { blocked, concerning, delayed, meaning, noticeOf, unknown, wordsMean, type About, type Meaning, type Said } from './report.js';

/** Nothing comes back with these: opens and clicks are counted by ourselves, and nobody subscribes again by themselves. */
const NO_NEWS = new Set(['processed', 'open', 'click', 'group_resubscribe']);

/** SendGrid's own classes of bounces (`bounce_classification`), asked where the server's words say nothing to us. */
const CLASSES = new Map<string, Meaning>([
  ['invalid address', meaning('hard', 'invalid_recipient')],
  ['mailbox unavailable', meaning('soft', 'inactive')],
  ['content', meaning('block', 'content')],
  ['reputation', meaning('block', 'block_reputation')],
  ['frequency or volume too high', meaning('block', 'rate_limit')],
  ['technical failure', meaning('soft', 'network')],
]);

/** Why SendGrid did not even try. */
const DROPPED: [RegExp, Meaning][] = [
  [/^bounced address/i, meaning('hard', 'suppressed_at_provider')],
  [/^invalid smtpapi/i, meaning('block', 'protocol')],
  [/^invalid/i, meaning('hard', 'invalid_recipient')],
  [/^unsubscribed address/i, meaning('unsubscribe', 'suppressed_at_provider')],
  [/^spam reporting address/i, meaning('complaint', 'suppressed_at_provider')],
  [/^spam content/i, meaning('block', 'content')],
  [/^recipient list over package quota/i, meaning('block', 'rate_limit')],
];

/** Reads one event of SendGrid's event webhook (www.twilio.com/docs/sendgrid/for-developers/tracking-events/event). */
export function readSendgrid(event: Fields, receivedAt: Date): ReturnNotice[] {
  const name = textAt(event, 'event');
  if (NO_NEWS.has(name)) return [];
  const about: About = {
    recipient: addressOf(textAt(event, 'email')), at: instantOf(event.timestamp, receivedAt),
    // Unique arguments stand among the other fields.
    deliveryId: deliveryIdOf(textAt(event, 'mid')), messageId: messageIdOf(textAt(event, 'smtp-id')),
  };
  const said: Said = { status: textAt(event, 'status'), diagnostic: textAt(event, 'reason') || textAt(event, 'response') };
  const found = meaningOf(event, name, said);
  return found === null ? unknown(about, `SendGrid: event "${name}" ${said.diagnostic}`) : concerning([noticeOf(about, found, said)]);
}

function meaningOf(event: Fields, name: string, said: Said): Meaning | null {
  switch (name) {
    case 'delivered':
      return meaning('delivered');
    case 'deferred':
      return delayed(said);
    case 'bounce':
    case 'blocked':
      return name === 'blocked' || textAt(event, 'type') === 'blocked' ? blocked(said) : bounceMeans(event, said);
    case 'dropped':
      return DROPPED.find(([pattern]) => pattern.test(said.diagnostic ?? ''))?.[1] ?? null;
    case 'spamreport':
      return meaning('complaint');
    case 'unsubscribe':
    case 'group_unsubscribe':
      return meaning('unsubscribe');
    default:
      return null;
  }
}

const bounceMeans = (event: Fields, said: Said): Meaning =>
  wordsMean(said) ?? CLASSES.get(textAt(event, 'bounce_classification').toLowerCase()) ?? meaning('soft', 'other');
