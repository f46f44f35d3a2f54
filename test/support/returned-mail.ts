/** What a report in the shape of Postfix has, and the two ways it varies. */
export interface DsnParts {
  recipients: { address: string; action?: string; status: string; diagnostic?: string }[];
  /** Message-ID of the returned message, with its brackets. */
  messageId?: string;
  /** Text for people. */
  text?: string;
  /** Encoding of the machine's part. */
  base64?: boolean;
  textPart?: Buffer;
}

/** A delivery status notification (RFC 3464) as Postfix writes it. */
export function dsn({ recipients, messageId = '<unknown@example.com>', text = "I'm sorry to have to inform you that your message could not\r\nbe delivered to one or more recipients.", base64 = false, textPart }: DsnParts): Buffer {
  const status = ['Reporting-MTA: dns; mx.example.com', '', ...recipients.flatMap(({ address, action = 'failed', status: code, diagnostic }) => [
    `Final-Recipient: rfc822; ${address}`, `Action: ${action}`, `Status: ${code}`, ...(diagnostic === undefined ? [] : [`Diagnostic-Code: smtp; ${diagnostic}`]), ''])].join('\r\n');
  const parts = [
    textPart ?? Buffer.from(`Content-Type: text/plain; charset=us-ascii\r\n\r\n${text}\r\n`),
    Buffer.from(base64 ? `Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(status).toString('base64').replaceAll(/.{76}/g, '$&\r\n')}\r\n` : `Content-Type: message/delivery-status\r\n\r\n${status}\r\n`),
    Buffer.from(`Content-Type: text/rfc822-headers\r\n\r\nFrom: us@news.example\r\nSubject: Hello\r\nMessage-ID: ${messageId}\r\n`),
  ];
  const head = 'From: MAILER-DAEMON@mx.example.com (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b0"\r\n\r\n';
  return Buffer.concat([Buffer.from(head), ...parts.flatMap((part) => [Buffer.from('--b0\r\n'), part]), Buffer.from('--b0--\r\n')]);
}

/** A feedback report (RFC 5965) as Yahoo writes it. */
export function arf({ type = 'abuse', recipient, messageId }: { type?: string; recipient?: string; messageId: string }): Buffer {
  return Buffer.from([
    'From: Yahoo! Mail AntiSpam Feedback <feedback@arf.mail.yahoo.com>', 'Subject: FW: Hello', 'MIME-Version: 1.0', 'Content-Type: multipart/report; boundary="f0"; report-type=feedback-report', '',
    '--f0', 'Content-Type: text/plain', '', 'This is an email abuse report for an email message received on Mon, 2 Mar 2026.',
    '--f0', 'Content-Type: message/feedback-report', '', `Feedback-Type: ${type}`, 'User-Agent: Yahoo!-Mail-Feedback/2.0', 'Version: 0.1', ...(recipient === undefined ? [] : [`Original-Rcpt-To: ${recipient}`]), '',
    '--f0', 'Content-Type: message/rfc822', '', 'From: us@news.example', 'Subject: Hello', `Message-ID: ${messageId}`, '', 'Hello', '--f0--', '',
  ].join('\r\n'));
}
