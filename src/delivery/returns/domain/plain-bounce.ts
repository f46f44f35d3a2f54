import { addressIn } from './delivery-status.js';

/** What a bounce in prose says about one recipient. */
export interface PlainResult {
  recipient: string | null;
  /** The text itself names the recipient. */
  isNamed: boolean;
  /** What stands with the recipient. */
  words: string;
  /** What stands before all recipients: mostly courtesies, to be asked last. */
  context: string;
  beforeRecipient: boolean;
}

const MAX_LINES = 1_500;
const MAX_RESULTS = 50;
const ADDRESS = /[^\s<>;,:"'()[\]|=]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/;

/** Where the returned message begins. */
const RETURNED = /^\s*(?:-{2,}|={3,}|\*{3,}|_{3,}|>*)?\s*(?:-\s)?(?:below this line is a copy|(?:enclosed|attach(?:ed|ment)) is a copy|content-type: message\/rfc822|this is a copy of (?:the|your) message|(?:the )?original message (?:follows|headers|text|:|is)|-*\s*original message\s*-*$|(?:un(?:sent|delivered)|returned|undelivered) (?:message|mail) (?:follows|header|content)|message (?:header|text|content)s?\s*(?:follow|:)|returned message|the (?:header|text|body|first part|first lines) (?:lines )?of (?:the|your) (?:original )?message|received message|message headers? follow|start of (?:the )?original|(?:original )?mail (?:header|content)|copy of the (?:original )?message|content of (?:the )?(?:original )?message|headers? of the (?:original|returned)|원본 ?(?:메일|메시지)|元のメッセージ|原始邮件|ursprüngliche nachricht)/i;
const HEADER = /^>?\s{0,8}(?:received|return-path|message-id|from|to|date|subject|mime-version|content-type|dkim-signature|x-[\w-]{1,60}|delivered-to|reply-to)\s{0,3}:/i;

/** Gateways put a line and a note under every mail: that it was searched for viruses, that it is confidential. It says nothing about the bounce. */
const isFooter = (lines: readonly string[], at: number): boolean => {
  if (!/^[\s>]{0,20}(?:_{10,}|\*{10,}|={10,}|-{10,})/.test(lines[at]!)) return false;
  const note = lines.slice(at, at + 4).join(' ').slice(0, 1_000);
  return FOOTER.test(note) && !/\b[45]\d\d[ -]/.test(note);
};
const FOOTER = /(?:been|was|were|is) (?:virus )?(?:scanned|checked|analy[sz]ed)\b|scanned (?:for|by)\b|ha sido analizado|virus[- ]?free|confidential|intended (?:only|solely)|disclaimer|antivirus (?:system|information)/i;

/** Splits the text of a bounce into the report and the returned message (its headers, if they are there). */
export function splitReturned(text: string): { report: string; returned: string } {
  const lines = text.split(/\r?\n/, MAX_LINES);
  let headers = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]!;
    const isMark = (RETURNED.test(line) && !/^\s*(?:subject|date|to|from)\s*:/i.test(line)) || isFooter(lines, at);
    headers = HEADER.test(line) ? headers + 1 : /^\s+\S/.test(line) && headers > 0 ? headers : 0;
    if (!isMark && !(headers >= 3 && /^>?\s{0,8}(?:received|return-path|dkim-signature|x-|message-id|delivered-to)/im.test(lines.slice(at - headers + 1, at + 1).join('\n')))) continue;
    const start = isMark ? at : Math.max(0, lines.findIndex((other, index) => index > at - headers - 20 && HEADER.test(other)));
    if (start < 2 && !isMark) continue;
    return { report: lines.slice(0, start).join('\n'), returned: lines.slice(isMark ? start + 1 : start).join('\n') };
  }
  return { report: lines.join('\n'), returned: '' };
}

/** The server spoke before it had heard of a recipient (Exim, Postfix and qmail each say so in their way). */
const BEFORE = /after (?:mail from|helo|ehlo|initial connection)|in reply to (?:mail from|helo|ehlo|initial server greeting|starttls|auth|end of starttls)|response to (?:mail from|helo|ehlo)|connected to \S+ but (?:sender was rejected|greeting failed|my name was rejected)|does not like (?:sender|my name)|sender was rejected|^\s*>>> (?:mail|helo|ehlo)\b/im;

export const saidBefore = (text: string): boolean => BEFORE.test(text);

/**
 * The recipients of a bounce in prose, each with the words beside it. An address that stands at the beginning of a line, or where
 * bounces name the recipient, opens a new one; what follows belongs to it.
 *
 * @param known recipients named elsewhere (X-Failed-Recipients, the returned message): others are then only words
 */
export function readPlainBounce(report: string, known: readonly string[]): PlainResult[] {
  const wanted = new Set(known.map((address) => address.toLowerCase()));
  const results: { recipient: string; lines: string[] }[] = [];
  const open = new Map<string, { recipient: string; lines: string[] }>();
  const before: string[] = [];
  let current: string[] = before;
  for (const line of report.split(/\r?\n/, MAX_LINES)) {
    // Headers of our own message, quoted among the words: a subject may say anything.
    if (/^\s{0,20}(?:subject|from|sent|date|cc|message-id|reply-to|betreff|件名|제목)\s{0,5}:/i.test(line)) continue;
    const named = recipientAt(line);
    if (named && (wanted.size === 0 || wanted.has(named.toLowerCase())) && results.length < MAX_RESULTS) {
      const result = open.get(named.toLowerCase()) ?? { recipient: named, lines: [] };
      if (!open.has(named.toLowerCase())) results.push(result);
      open.set(named.toLowerCase(), result);
      current = result.lines;
    }
    current.push(line);
  }
  if (results.length === 0) return [{ recipient: known[0] ?? addressIn(ADDRESS.exec(report)?.[0]), isNamed: false, words: before.join('\n'), context: '', beforeRecipient: saidBefore(report) }];
  const shared = before.join('\n');
  return results.map(({ recipient, lines }) => ({ recipient, isNamed: true, words: lines.join('\n'), context: results.length === 1 ? shared : '', beforeRecipient: saidBefore(lines.join('\n')) }));
}

/** The address that a line introduces. */
function recipientAt(line: string): string | null {
  if (line.length > 2_000) return null;
  const found = /^[\s>*•-]{0,40}(?:(?:(?:final |original )?recipient(?:'s)?(?: address)?|address|rcpt to|final-recipient|user|<<<|>>> rcpt to|[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})?)\s{0,4}:?\s{0,4})?(?:rfc822;\s{0,3})?["'(<[]{0,3}([^\s<>;,:"'()[\]|=]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})/i.exec(line);
  return found ? found[1]! : null;
}

/** Replies of servers quoted in a text: `550 5.1.1 …`, to the end of their paragraph. The first is the most precise. */
export function quotedReplies(words: string): string[] {
  const found = words.match(/(?:^|[\s:;(<"'])(?:[45]\d\d)[ -](?:[45]\.\d{1,3}\.\d{1,3}\s)?[^\n]{2,400}(?:\n[ \t]*(?!\n)[^\n]{1,200}){0,4}/g) ?? [];
  return found.slice(0, 5).map((reply) => reply.trim());
}
