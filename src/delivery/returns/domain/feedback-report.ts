import { addressIn } from './delivery-status.js';
import { firstOf, readHeaders, type Headers, type MimeMail } from './mime.js';
import { textOf } from './mime-text.js';
import type { ReportNotice } from './notice.js';

type Frame = Pick<ReportNotice, 'at' | 'messageId' | 'returnPath'>;

const MAX_RECIPIENTS = 50;

/**
 * A feedback report (RFC 5965), or a mail of Microsoft's JMRP, which is a complaint without a report in it: the returned message
 * carries `X-HmXmrOriginalRecipient`. Null when the mail is neither.
 */
export function readFeedback(mail: MimeMail, returned: Headers | null, frame: Frame): ReportNotice[] | null {
  const part = mail.parts.find(({ type }) => type === 'message/feedback-report');
  if (part) {
    const fields = readHeaders(textOf(part).replace(/^\s+/, ''));
    return ofFields(fields, returned, { ...frame, returnPath: addressIn(firstOf(fields, 'original-mail-from')) ?? frame.returnPath });
  }
  const original = addressIn(firstOf(returned ?? mail.headers, 'x-hmxmroriginalrecipient')) ?? addressIn(firstOf(mail.headers, 'x-hmxmroriginalrecipient'));
  return original === null ? null : [complaint('complaint', original, 'JMRP', frame)];
}

function ofFields(fields: Headers, returned: Headers | null, frame: Frame): ReportNotice[] {
  const type = (firstOf(fields, 'feedback-type') ?? '').trim().toLowerCase();
  const said = [...(fields.get('original-rcpt-to') ?? []), ...(fields.get('removal-recipient') ?? [])];
  const recipients = [...new Set((said.length > 0 ? said : [returned ? (firstOf(returned, 'to') ?? '') : '']).map((value) => addressIn(value)))].slice(0, MAX_RECIPIENTS);
  const named = recipients.filter((address) => address !== null && !/redacted|^x+@|^\*+@/i.test(address));
  const of = (kind: ReportNotice['kind']) => (named.length > 0 ? named : [null]).map((recipient) => complaint(kind, recipient, type, frame));
  // Fraud and viruses are called by a person too; the others tell us about our authentication, or that all is well.
  if (/^(?:abuse|fraud|virus|other|dismissal|miscategorized|complaint|spam)?$/.test(type)) return of('complaint');
  if (/^opt-?out/.test(type) || type === 'unsubscribe') return of('unsubscribe');
  if (/^(?:auth-failure|dkim|not-spam|authentication)/.test(type)) return [];
  return of('unknown');
}

const complaint = (kind: ReportNotice['kind'], recipient: string | null, type: string, frame: Frame): ReportNotice =>
  ({ kind, category: null, status: null, diagnostic: `feedback: ${type || 'not said'}`.slice(0, 100), recipient, ...frame });
