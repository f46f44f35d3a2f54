/** Mails made to cost time: each is as long as a reader may be handed, and repeats what its patterns stumble over. */
export function hostileMails(): { name: string; raw: Buffer }[] {
  const repeat = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));
  const bounce = 'From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n';
  const texts = Object.entries({
    'one line of 10 MB': bounce + 'a'.repeat(10_000_000),
    'addresses': bounce + repeat('<a@b.example>:\n', 9_000_000),
    'words that almost match': bounce + repeat('recipient address user mailbox ', 9_000_000),
    'replies': bounce + repeat('550 5.1.1 no\n ', 9_000_000),
    'headers': repeat('X-A: b\n', 9_000_000),
    'one header': `Subject: ${repeat('=?utf-8?q?a?= ', 9_000_000)}`,
    'angle brackets': `Content-Type: text/html\n\n${repeat('<', 9_000_000)}`,
    'delivery status blocks': `Content-Type: message/delivery-status\n\n${repeat('Final-Recipient: rfc822;a@b.example\nAction: failed\n\n', 9_000_000)}`,
    'boundaries': `Content-Type: multipart/mixed; boundary=x\n\n${repeat('--x\n', 9_000_000)}`,
    'near boundaries': `Content-Type: multipart/mixed; boundary=x\n\n${repeat('--xy\n', 9_000_000)}`,
    'numbers': bounce + repeat('1.2.3.4.5.', 9_000_000),
  });
  return [...texts.map(([name, text]) => ({ name, raw: Buffer.from(text, 'latin1') })), { name: '200 nested parts', raw: nested() }];
}

/** Parts within parts, 200 deep, around 9.5 MB (5-email.md, case D11). */
export function nested(): Buffer {
  const depths = Array.from({ length: 200 }, (_, depth) => 199 - depth);
  const open = depths.map((depth) => `Content-Type: multipart/mixed; boundary="n${depth}"\r\n\r\n--n${depth}\r\n`).join('');
  const close = depths.toReversed().map((depth) => `\r\n--n${depth}--\r\n`).join('');
  return Buffer.from(`From: x@example.com\r\n${open}Content-Type: text/plain\r\n\r\n${'x'.repeat(9_500_000)}${close}`);
}
