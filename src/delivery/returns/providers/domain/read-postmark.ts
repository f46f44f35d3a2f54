import type { ReturnNotice } from '../../domain/notice.js';
import { addressOf, deliveryIdOf, fieldsAt, instantOf, textAt, type Fields } from './fields.js';
import { atMostSoft, blocked, byWords, concerning, hard, meaning, noticeOf, unknown, type About, type Meaning, type Said } from './report.js';

/** By `Type` and never by `TypeCode`, which has two numbers for complaints (postmarkapp.com/developer/api/bounce-api#bounce-types). */
const BOUNCES = new Map<string, (said: Said) => Meaning>([
  ['HardBounce', hard],
  ['BadEmailAddress', () => meaning('hard', 'invalid_recipient')],
  ['ManuallyDeactivated', () => meaning('hard', 'suppressed_at_provider')],
  ['SoftBounce', atMostSoft],
  ['Transient', atMostSoft],
  ['DnsError', () => meaning('soft', 'network')],
  ['SpamNotification', () => meaning('block', 'content')],
  ['VirusNotification', () => meaning('block', 'content')],
  ['Blocked', blocked],
  ['ISPBlock', blocked],
  ['DMARCPolicy', () => meaning('block', 'block_auth')],
  ['SMTPApiError', () => meaning('block', 'protocol')],
  ['SpamComplaint', () => meaning('complaint')],
  ['Unsubscribe', () => meaning('unsubscribe')],
  ['AutoResponder', () => meaning('auto_reply')],
  ['ChallengeVerification', () => meaning('auto_reply')],
  ['Unknown', byWords],
]);
/** Mails that somebody answered with, not refusals. */
const NO_BOUNCE = new Set(['Subscribe', 'AddressChange', 'OpenRelayTest', 'Unconfirmed']);

/** Why Postmark stopped writing to an address. */
const SUPPRESSED = new Map<string, Meaning>([
  ['HardBounce', meaning('hard', 'suppressed_at_provider')],
  ['SpamComplaint', meaning('complaint', 'suppressed_at_provider')],
  ['ManualSuppression', meaning('unsubscribe')],
]);

/** Reads one event of Postmark's webhooks (postmarkapp.com/developer/webhooks). Its MessageID is its own, not that of the mail. */
export function readPostmark(event: Fields, receivedAt: Date): ReturnNotice[] {
  const type = textAt(event, 'RecordType');
  const about: About = {
    recipient: addressOf(textAt(event, 'Email') || textAt(event, 'Recipient')),
    at: instantOf(textAt(event, 'BouncedAt') || textAt(event, 'DeliveredAt') || textAt(event, 'ChangedAt'), receivedAt),
    deliveryId: deliveryIdOf(textAt(fieldsAt(event, 'Metadata'), 'mid')), messageId: null,
  };
  const said: Said = { diagnostic: textAt(event, 'Details') || textAt(event, 'Description') };
  switch (type) {
    case 'Open':
    case 'Click':
      return [];
    case 'Delivery':
      return concerning([noticeOf(about, meaning('delivered'), said)]);
    case 'SpamComplaint':
      return [noticeOf(about, meaning('complaint'), said)];
    case 'Bounce':
      return readBounce(textAt(event, 'Type'), about, said);
    case 'SubscriptionChange':
      return readSubscription(event, about);
    default:
      return unknown(about, `Postmark: record of type "${type}"`);
  }
}

function readBounce(type: string, about: About, said: Said): ReturnNotice[] {
  if (NO_BOUNCE.has(type)) return [];
  const bounce = BOUNCES.get(type);
  return bounce ? [noticeOf(about, bounce(said), said)] : unknown(about, `Postmark: bounce of type "${type}" ${said.diagnostic}`);
}

/** That Postmark would write again is no consent given to us. */
function readSubscription(event: Fields, about: About): ReturnNotice[] {
  if (event.SuppressSending === false) return [];
  const reason = textAt(event, 'SuppressionReason');
  const found = SUPPRESSED.get(reason);
  return event.SuppressSending === true && found ? [noticeOf(about, found, { diagnostic: `${reason} by ${textAt(event, 'Origin')}` })] : unknown(about, `Postmark: change of subscription "${reason}"`);
}
