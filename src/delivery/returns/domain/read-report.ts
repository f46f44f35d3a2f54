import { classify } from './classify.js';
import { addressIn, readDeliveryStatus, statusIn, type RecipientStatus } from './delivery-status.js';
import { asksToUnsubscribe, BOUNCE_WORDS, isAnswer, isAutoReply, isFromRobot, looksLikeBounce } from './auto-reply.js';
import { readFeedback } from './feedback-report.js';
import { firstOf, parseMime, readHeaders, splitHeaders, type Headers, type MimeMail, type MimePart } from './mime.js';
import { headerText, plainOfHtml, textOf } from './mime-text.js';
import type { ReportNotice } from './notice.js';
import { saysMailboxRests } from './server-words.js';
import { quotedReplies, readPlainBounce, saidBefore, splitReturned, type PlainResult } from './plain-bounce.js';

const DIAGNOSTIC = 500;

/**
 * Understands a mail that came back: delivery status notifications (RFC 3464), feedback reports (RFC 5965), bounces in prose,
 * automatic answers (RFC 3834). What is none of these is `unknown`. Pure, linear, and never throws for bad input.
 *
 * @throws {MimeTooComplex} above the limits of size and nesting
 */
export function readReport(raw: Buffer, receivedAt: Date): ReportNotice[] {
  const mail = parseMime(raw);
  const at = dateOf(mail.headers, receivedAt);
  const returned = returnedHeaders(mail);
  const frame = { at, messageId: messageIdOf(returned), returnPath: addressIn(returned ? firstOf(returned, 'return-path') : undefined) };
  const feedback = readFeedback(mail, returned, frame);
  if (feedback) return feedback;
  const human = humanText(mail);
  const statuses = mail.parts.filter((part) => /^message\/(?:delivery-status|global-delivery-status)$/.test(part.type)).flatMap((part) => readDeliveryStatus(textOf(part)));
  if (statuses.length > 0) return statuses.map((status) => ofStatus(status, statuses, human, frame));
  // Read or deleted (RFC 8098): it came into a mailbox, whatever else the text says.
  if (mail.parts.some(({ type }) => /^message\/(?:global-)?disposition-notification$/.test(type))) return [autoReply(mail.headers, frame)];
  return prose(mail, human, returned, frame);
}

/** What all notices of a mail share. */
type Frame = Pick<ReportNotice, 'at' | 'messageId' | 'returnPath'>;

function ofStatus(status: RecipientStatus, all: readonly RecipientStatus[], human: string, frame: Frame): ReportNotice {
  const common = { ...frame, recipient: status.recipient };
  const nearby = wordsBeside(status, all, human);
  const beside = nearby.map(({ words }) => words).join('\n');
  const words = oneLine(status.diagnostic || quotedReplies(beside)[0] || beside);
  if (status.action === 'delivered' || status.action === 'relayed' || status.action === 'expanded' || (status.action === '' && status.status?.startsWith('2'))) return { ...common, kind: 'delivered', category: null, status: status.status, diagnostic: words };
  const found = classifyBest([status.diagnostic, ...quotedReplies(beside), beside, ...nearby.map(({ context }) => context)], status.status, saidBefore(status.diagnostic) || saidBefore(beside));
  const rests = found.kind === 'hard' ? saysMailboxRests(nearby.map((each) => `${each.words}\n${each.context}`).join('\n')) : null;
  if (rests) Object.assign(found, { kind: 'soft', category: rests });
  if (status.action === 'delayed') return { ...common, ...found, kind: 'delayed', diagnostic: words };
  return { ...common, ...found, diagnostic: words };
}

/** What the text for people says of this recipient. Of several recipients each has only what stands beside its own address. */
function wordsBeside(status: RecipientStatus, all: readonly RecipientStatus[], human: string): PlainResult[] {
  const addresses = ({ recipient, finalRecipient }: RecipientStatus) => [recipient, finalRecipient].filter((each) => each !== null);
  const { report } = splitReturned(human);
  if (all.length === 1) return readPlainBounce(report, addresses(status));
  const own = new Set(addresses(status).map((each) => each.toLowerCase()));
  return readPlainBounce(report, all.flatMap(addresses)).filter(({ recipient, isNamed }) => isNamed && own.has(recipient!.toLowerCase()));
}

/** The first text whose words mean something decides; texts are given from the most to the least precise. Else the codes. */
function classifyBest(texts: readonly string[], status: string | null, beforeRecipient: boolean): Pick<ReportNotice, 'category' | 'status'> & { kind: 'hard' | 'soft' | 'block' } {
  const heard = texts.filter((words) => words.trim() !== '').map((words) => classify({ words, status: statusIn(words) ?? status, beforeRecipient }));
  const { kind, category, status: found } = heard.find(({ byWords }) => byWords) ?? heard[0] ?? classify({ words: '', status, beforeRecipient });
  return { kind, category, status: found };
}

function prose(mail: MimeMail, human: string, returned: Headers | null, frame: Frame): ReportNotice[] {
  if (asksToUnsubscribe(mail.headers)) return [{ kind: 'unsubscribe', category: null, status: null, diagnostic: 'asked by mail', recipient: addressIn(firstOf(mail.headers, 'from')), ...frame }];
  const { report, returned: tail } = splitReturned(human);
  const inner = returned ?? (tail === '' ? null : readHeaders(tail));
  const failed = (mail.headers.get('x-failed-recipients') ?? []).flatMap((value) => value.split(',')).map((value) => addressIn(value)).filter((address) => address !== null);
  const messageId = frame.messageId ?? (inner && messageIdOf(inner));
  const isBounce = failed.length > 0 || looksLikeBounce(mail.headers) || (!isAutoReply(mail.headers) && !isAnswer(mail.headers) && BOUNCE_WORDS.test(report.slice(0, 1_500)));
  const results = readPlainBounce(report, failed).map(({ recipient, words, context, beforeRecipient }) => {
    const replies = quotedReplies(words);
    const found = classifyBest([...replies, ...quotedReplies(context), words, context], statusIn(replies[0] ?? words), beforeRecipient);
    return { ...frame, ...found, diagnostic: oneLine(replies[0] ?? words), recipient, messageId };
  });
  if (isBounce && /has not yet been delivered|warning message only|will be re-?tried|will (?:keep|continue) trying|delivery (?:\w+ ){0,3}delayed/i.test(report)) return results.map((each) => ({ ...each, kind: 'delayed' as const }));
  if (failed.length === 0 && isAutoReply(mail.headers) && !isFromRobot(mail.headers) && !results.some(({ kind, diagnostic }) => kind === 'hard' && isBounce && /[45]\d\d|#5\./.test(diagnostic))) return [autoReply(mail.headers, frame)];
  if (isBounce) return results;
  return [{ kind: 'unknown', category: null, status: null, diagnostic: oneLine(headerText(firstOf(mail.headers, 'subject') ?? '')), recipient: null, ...frame, messageId }];
}

function autoReply(headers: Headers, frame: Frame): ReportNotice {
  return { kind: 'auto_reply', category: null, status: null, diagnostic: headerText(firstOf(headers, 'subject') ?? '').slice(0, DIAGNOSTIC), recipient: addressIn(firstOf(headers, 'from')), ...frame, messageId: null };
}

/** What people are meant to read: the first text, else the whole body. */
function humanText(mail: MimeMail): string {
  const texts = mail.parts.filter(({ type }) => type === 'text/plain' || type === 'text/html');
  const first = texts.find(({ type, body }) => type === 'text/plain' && body.length > 0) ?? texts[0];
  if (!first) return mail.parts[0] ? textOf(mail.parts[0]) : '';
  return first.type === 'text/html' ? plainOfHtml(textOf(first)) : textOf(first);
}

/** Headers of the message that is returned with the report. */
function returnedHeaders(mail: MimeMail): Headers | null {
  const part = mail.parts.find(({ type }) => /^(?:message\/(?:rfc822|global|partial)|text\/rfc822-headers|message\/(?:rfc822|global)-headers)$/.test(type));
  return part ? headersOfPart(part) : null;
}

function headersOfPart(part: MimePart): Headers {
  const isEncoded = /base64|quoted/i.test(firstOf(part.headers, 'content-transfer-encoding') ?? '');
  return isEncoded ? readHeaders(textOf(part).split(/\r?\n\r?\n/, 1)[0]!) : splitHeaders(part.body).headers;
}

const messageIdOf = (headers: Headers | null): string | null => /<?([^\s<>]{3,250}@[^\s<>]{1,250})>?/.exec((headers && firstOf(headers, 'message-id')) ?? '')?.[1] ?? null;

function dateOf(headers: Headers, receivedAt: Date): Date {
  const at = new Date(firstOf(headers, 'date') ?? '');
  const isBelievable = !Number.isNaN(at.getTime()) && at <= receivedAt && receivedAt.getTime() - at.getTime() < 30 * 86_400_000;
  return isBelievable ? at : receivedAt;
}

/** One line of at most 500 characters. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, DIAGNOSTIC);
