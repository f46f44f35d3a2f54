import type { ReturnNotice } from '../../domain/notice.js';
import { addressOf, deliveryIdOf, fieldsAt, instantOf, messageIdOf, textAt, type Fields } from './fields.js';
import { blocked, byWords, concerning, delayed, meaning, noticeOf, unknown, type About, type Meaning, type Said } from './report.js';

/** Nothing comes back with these: opens and clicks are counted by ourselves. */
const NO_NEWS = new Set(['accepted', 'stored', 'opened', 'clicked']);

/** What Mailgun did not try, by its reason and by the code it puts in place of the server's. */
const SUPPRESSED = new Map<string, Meaning>([
  ['suppress-bounce', meaning('hard', 'suppressed_at_provider')], ['605', meaning('hard', 'suppressed_at_provider')],
  ['suppress-unsubscribe', meaning('unsubscribe', 'suppressed_at_provider')], ['606', meaning('unsubscribe', 'suppressed_at_provider')],
  ['suppress-complaint', meaning('complaint', 'suppressed_at_provider')], ['607', meaning('complaint', 'suppressed_at_provider')],
]);

/** Reads one event of Mailgun's webhooks (documentation.mailgun.com, "Events": the structure of an event). */
export function readMailgun(report: Fields, receivedAt: Date): ReturnNotice[] {
  const event = fieldsAt(report, 'event-data');
  const name = textAt(event, 'event');
  if (NO_NEWS.has(name)) return [];
  const status = fieldsAt(event, 'delivery-status');
  const about: About = {
    recipient: addressOf(textAt(event, 'recipient')), at: instantOf(event.timestamp, receivedAt),
    deliveryId: deliveryIdOf(textAt(fieldsAt(event, 'user-variables'), 'mid')),
    messageId: messageIdOf(textAt(fieldsAt(fieldsAt(event, 'message'), 'headers'), 'message-id')),
  };
  const said = saidIn(event, status);
  const found = meaningOf(event, name, { ...said, code: textAt(status, 'code') });
  return found === null ? unknown(about, `Mailgun: event "${name}" ${said.diagnostic}`) : concerning([noticeOf(about, found, said)]);
}

/** The message often lacks the code, or the code is in a field of its own. */
function saidIn(event: Fields, status: Fields): Required<Said> {
  const message = textAt(status, 'message') || textAt(status, 'description') || textAt(fieldsAt(event, 'reject'), 'reason') || textAt(fieldsAt(event, 'reject'), 'description');
  const code = textAt(status, 'code');
  return { status: textAt(status, 'enhanced-code'), diagnostic: /^[245]\d\d$/.test(code) && !message.startsWith(code) ? `${code} ${message}` : message };
}

function meaningOf(event: Fields, name: string, said: Required<Said> & { code: string }): Meaning | null {
  switch (name) {
    case 'delivered':
      return meaning('delivered');
    case 'failed':
      return failureMeans(event, said);
    case 'rejected':
      return blocked(said);
    case 'complained':
      return meaning('complaint');
    case 'unsubscribed':
      return meaning('unsubscribe');
    default:
      return null;
  }
}

function failureMeans(event: Fields, said: Required<Said> & { code: string }): Meaning | null {
  const severity = textAt(event, 'severity');
  const reason = textAt(event, 'reason');
  if (severity === 'temporary') return delayed(said);
  if (severity !== 'permanent') return null;
  const suppressed = SUPPRESSED.get(reason) ?? SUPPRESSED.get(said.code);
  if (suppressed) return suppressed;
  if (reason === 'espblock') return blocked(said);
  // Tried until it was too old (602): the last temporary answer says nothing final about the address.
  return reason === 'old' || said.code === '602' ? meaning('soft', 'expired') : byWords(said);
}
