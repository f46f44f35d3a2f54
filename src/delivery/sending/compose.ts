import { hash } from 'node:crypto';
import type { RenderedEmail } from '../content/compiled.js';
import { PLAIN_SMTP, providerHeaders, type RelayProfile } from '../identity/domain/provider-headers.js';
import { mailboxHeader, textHeader } from './header-text.js';
import { quotedBytes, writeQuotedPrintable } from './quoted-printable.js';
import { wireAddress } from './wire-address.js';

/** One address with the name shown beside it. Never a list, never text that is parsed. */
export interface Mailbox { name: string; address: string }

export interface MailToCompose {
  deliveryId: string;
  campaignId: string;
  stepId: string;
  topic: string;
  transactional: boolean;
  from: Mailbox;
  to: string;
  /** Fixed for a delivery, so that a retry is the same message. */
  date: Date;
  content: RenderedEmail;
  /** The envelope sender when bounces come back to us; the From address when absent. */
  returnPath?: string;
  /** Who relays it; plain SMTP when absent. */
  relay?: RelayProfile;
}

export interface ComposedMail {
  envelope: { from: string; to: string };
  raw: Buffer;
}

const CRLF = '\r\n';

/**
 * The message as it goes over the wire: multipart/alternative in 7-bit lines of at most 76 characters. The same input gives the
 * same bytes: Message-ID, Date and boundary come from the delivery. Own composition because nodemailer's costs most of
 * a send (about 2 ms against 0.1–0.7 ms here); the rules for headers are RFC 5322, 2047, 2369, 2919, 3834 and 8058.
 *
 * Everything is ASCII but a recipient whose address needs SMTPUTF8.
 *
 * @throws {AddressRefused} when an address is not one address, or one of ours has characters outside ASCII
 */
export function compose(mail: MailToCompose): ComposedMail {
  const from = wireAddress(mail.from.address, 'from');
  const to = wireAddress(mail.to, 'to');
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const boundary = `=_danbi_${mail.deliveryId.replaceAll('-', '')}`;
  const { content } = mail;
  const headers = [
    mailboxHeader('From', content.fromName || mail.from.name, from),
    `To: ${to}`,
    ...(content.replyTo ? [`Reply-To: ${wireAddress(content.replyTo, 'reply-to')}`] : []),
    textHeader('Subject', content.subject),
    `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${mail.deliveryId}@${domain}>`,
    ...streamHeaders(mail, domain),
    ...providerHeaders(mail.relay ?? PLAIN_SMTP, mail.deliveryId, mail.transactional),
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative;${CRLF} boundary="${boundary}"`,
  ];
  const raw = bytesOf(`${headers.join(CRLF)}${CRLF}${CRLF}`, boundary, [textPart('text/plain', content.text), textPart('text/html', content.html)]);
  return { envelope: { from: mail.returnPath ?? from, to }, raw };
}

/** Messages are written here and copied once, since making room for each piece costs more than writing it; larger ones get their own. */
const KEPT_BYTES = 524_288;
const kept = Buffer.allocUnsafeSlow(KEPT_BYTES);

/** The head, whose only characters outside ASCII may be those of a recipient, and the parts. */
function bytesOf(head: string, boundary: string, parts: readonly Part[]): Buffer {
  const most = head.length * 3 + parts.reduce((sum, { head: own, most: bytes }) => sum + boundary.length + 6 + own.length + bytes, boundary.length + 8);
  const out = most <= KEPT_BYTES ? kept : Buffer.allocUnsafe(most);
  let at = out.write(head);
  for (const [index, part] of parts.entries()) {
    at += out.write(`${index > 0 ? CRLF : ''}--${boundary}${CRLF}${part.head}`, at, 'latin1');
    at = part.write(out, at);
  }
  at += out.write(`${CRLF}--${boundary}--${CRLF}`, at, 'latin1');
  return Buffer.from(out.subarray(0, at));
}

/** What differs between advertising and a message that answers something the person did. */
function streamHeaders(mail: MailToCompose, domain: string): string[] {
  const stream = mail.transactional ? 'transactional' : 'marketing';
  // Gmail wants 5 to 15 characters that stay the same for a sender.
  const sender = hash('sha256', domain).slice(0, 12);
  const both = [`Feedback-ID: ${mail.campaignId}:${token(mail.stepId)}:${stream}:${sender}`, 'X-Auto-Response-Suppress: OOF, AutoReply'];
  if (mail.transactional) return [...both, 'Auto-Submitted: auto-generated'];
  return [
    ...both,
    `List-Id: <${token(mail.topic)}.${domain}>`,
    `List-Unsubscribe: <${httpAddress(mail.content.listUnsubscribeUrl)}>`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'Precedence: bulk',
  ];
}

const token = (text: string) => text.replaceAll(/[^A-Za-z0-9_.-]/g, '-');

/** An absolute address as ASCII: `URL` percent-encodes whatever could break out of the angle brackets. */
const httpAddress = (url: string) => new URL(url).href;

/** A part of the message: its head, the most bytes its body may take, and what writes the body and answers where it ends. */
interface Part { head: string; most: number; write(out: Buffer, at: number): number }

/** One part, quoted-printable while that is the shorter of the two: up to about a sixth of the bytes outside ASCII. */
function textPart(type: string, text: string): Part {
  const bytes = Buffer.byteLength(text);
  // Most characters outside ASCII take three bytes where JavaScript counts one unit.
  const quoted = (bytes - text.length) * 1.5 <= bytes / 6;
  const head = `Content-Type: ${type}; charset=utf-8${CRLF}Content-Transfer-Encoding: ${quoted ? 'quoted-printable' : 'base64'}${CRLF}${CRLF}`;
  if (quoted) return { head, most: quotedBytes(bytes), write: (out, at) => writeQuotedPrintable(text, out, at) };
  const lines = base64Lines(text);
  return { head, most: lines.length, write: (out, at) => at + out.write(lines, at, 'latin1') };
}

const base64Lines = (text: string) => Buffer.from(text.replaceAll(/\r\n|\r|\n/g, CRLF)).toString('base64').replaceAll(/.{76}(?=.)/g, `$&${CRLF}`);
