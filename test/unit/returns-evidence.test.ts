import { expect, test } from '@jest/globals';
import { readReport } from '../../src/delivery/returns/domain/read-report.js';
import { dsn } from '../support/returned-mail.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const GONE = '550 5.1.1 <joe@b.example>: Recipient address rejected: User unknown';

/** A mail of these header lines and this text. */
const mail = (headers: string[], text: string): Buffer => Buffer.from([...headers, '', text, ''].join('\r\n').replaceAll(/\r?\n/g, '\r\n'));
const report = (recipients: Parameters<typeof dsn>[0]['recipients'], text?: string): Buffer => dsn({ recipients, ...(text === undefined ? {} : { text }) });
const kinds = (raw: Buffer) => readReport(raw, NOW).map(({ kind, category, recipient }) => [kind, category, recipient].filter((each) => each !== null).join(' '));

test.each<{ name: string; raw: Buffer; expected: string[] }>([
  { name: 'a vacation note from the null sender that quotes a bounce', raw: mail(['Return-Path: <>', 'From: joe@b.example', 'Subject: Automatic reply: Hello', 'Auto-Submitted: auto-replied'], `I am away.\n\n> amy@b.example: ${GONE}`), expected: ['auto_reply joe@b.example'] },
  { name: 'a vacation note whose subject quotes a bounce', raw: mail(['Return-Path: <>', 'From: joe@b.example', 'Subject: Out of office: Undeliverable: Hello', 'Auto-Submitted: auto-replied'], 'amy@b.example is no longer with us. 550 user unknown'), expected: ['auto_reply joe@b.example'] },
  { name: 'a person who left, in their own words', raw: mail(['Return-Path: <>', 'From: joe@b.example', 'Subject: Re: Hello'], 'I left the company, this mailbox no longer exists.\n550 user unknown'), expected: ['unknown'] },
  { name: 'a person who writes of a bounce', raw: mail(['From: joe@b.example', 'Subject: Re: bounce'], 'Your message could not be delivered to amy@b.example, the server says user unknown.'), expected: ['unknown'] },
  { name: 'a note that the message was deleted unread', raw: mail(['From: joe@b.example', 'Subject: Not read: Hello', 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b'], '--b\nContent-Type: text/plain\n\nDeleted without being read; the user no longer exists.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; joe@b.example\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--'), expected: ['auto_reply joe@b.example'] },
  { name: 'challenge and response', raw: mail(['From: joe@b.example', 'Subject: Your mail waits', 'Auto-Submitted: auto-replied'], 'Unknown sender: to be delivered, click the link below.'), expected: ['auto_reply joe@b.example'] },
  { name: 'a list that takes mail of members only', raw: mail(['From: Mailer-Daemon@list.example', 'Subject: Mail delivery failed'], 'joe@b.example\n  550 you are not a member of this list, address not found among its members'), expected: ['block block_reputation joe@b.example'] },
  { name: 'words of the returned message are none of the server', raw: mail(['X-Failed-Recipients: joe@b.example', 'From: Mailer-Daemon@b.example', 'Subject: Mail delivery failed'], '  joe@b.example\n    552 mailbox is full\n\n------ This is a copy of the message ------\n\nSubject: mailbox does not exist\n\n550 user unknown'), expected: ['soft full joe@b.example'] },
  { name: 'only the subject says unknown', raw: mail(['From: Mailer-Daemon@b.example', 'Subject: Returned mail: User unknown'], 'Your message to joe@b.example is attached.'), expected: ['soft other joe@b.example'] },
  { name: 'a refusal as spam under the code of a missing user', raw: report([{ address: 'joe@b.example', status: '5.1.1', diagnostic: '550 5.7.1 looks like spam' }], '<joe@b.example>: user unknown'), expected: ['block block_reputation joe@b.example'] },
  { name: 'nobody of that name under the code of a policy', raw: report([{ address: 'joe@b.example', status: '5.7.1', diagnostic: '550 5.7.1 User unknown' }]), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'a delay, whatever its reason', raw: report([{ address: 'joe@b.example', action: 'delayed', status: '4.4.7', diagnostic: '450 user unknown' }]), expected: ['delayed other joe@b.example'] },
  { name: 'handed on, expanded, delivered', raw: report(['relayed', 'expanded', 'delivered'].map((action) => ({ address: 'joe@b.example', action, status: '2.0.0', diagnostic: GONE }))), expected: ['delivered joe@b.example', 'delivered joe@b.example', 'delivered joe@b.example'] },
  { name: 'no known action and a code of success', raw: report([{ address: 'joe@b.example', action: 'done', status: '2.1.5', diagnostic: '250 ok' }], 'user unknown'), expected: ['delivered joe@b.example'] },
  { name: 'of two recipients each has its own words', raw: report([{ address: 'joe@b.example', status: '5.0.0' }, { address: 'amy@b.example', status: '5.0.0' }], '<joe@b.example>: user unknown\r\n<amy@b.example>: mailbox full'), expected: ['hard invalid_recipient joe@b.example', 'soft full amy@b.example'] },
  { name: 'of two recipients none is called gone by words that name neither', raw: report([{ address: 'joe@b.example', status: '5.0.0' }, { address: 'amy@b.example', status: '5.0.0' }], 'One of them: user unknown'), expected: ['soft other joe@b.example', 'soft other amy@b.example'] },
  { name: 'an answer of the program that delivers mail is a bounce, however it is marked', raw: mail(['From: Mail Delivery System <Mailer-Daemon@b.example>', 'Subject: Mail failure', 'Auto-Submitted: auto-replied'], 'joe@b.example\n  Local mailbox is unavailable: user not found'), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'nobody answers', raw: mail(['From: <>', 'Auto-Submitted: auto-replied'], 'You wrote to joe@b.example. That is not a valid user here.'), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'an empty line before the headers', raw: Buffer.concat([Buffer.from('\r\n'), report([{ address: 'joe@b.example', status: '5.1.1' }])]), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'the note a gateway puts under every mail says nothing', raw: report([{ address: 'joe@b.example', status: '5.1.1' }], 'Delivery failed:\r\n\r\n   joe@b.example\r\n\r\n____________________\r\nThis e-mail has been scanned for all viruses.'), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'a refusal below a line is no such note', raw: report([{ address: 'joe@b.example', status: '5.0.0' }], 'joe@b.example\r\n--------------------\r\n554 5.7.1 It was scanned and a virus was found'), expected: ['block content joe@b.example'] },
  { name: 'names of types and fields are no words', raw: mail(['From: System <postmaster@b.example>', 'Subject: Undeliverable: Hello'], 'did not reach\n\njoe@b.example on Friday\n  The recipient name is not recognized\n\n--next\nContent-Type: message/rfc822\n\nHello'), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'that an attachment is a copy says nothing', raw: mail(['From: Mailer-Daemon@b.example', 'Subject: failure notice'], 'joe@b.example\n  No such user\n\n--- Attachment is a copy of the message.'), expected: ['hard invalid_recipient joe@b.example'] },
  { name: 'recipients who did not receive it are no evidence', raw: mail(['From: Postmaster@b.example', 'Subject: Mail System Error - Returned Mail'], 'The host does not answer.\n\nThe following recipients did not receive your message:\n\n   <joe@b.example>'), expected: ['soft other joe@b.example'] },
  { name: 'an undisclosed address is no closed one', raw: mail(['From: Mailer-Daemon@b.example', 'Subject: Mail delivery failed', 'X-Failed-Recipients: joe@b.example'], 'This is a permanent error.\n\n  an undisclosed address\n    (generated from joe@b.example)'), expected: ['soft other joe@b.example'] },
  { name: 'unavailable for now', raw: mail(['From: System <postmaster@b.example>', 'Subject: Undeliverable: Hello'], 'joe@b.example on Friday\n  The recipient was unavailable to take delivery of the message'), expected: ['soft network joe@b.example'] },
])('$name', ({ raw, expected }) => {
  expect(kinds(raw)).toEqual(expected);
});
