import type { AddressObject } from 'mailparser';

/** A message as a mail program shows it. */
export interface ReadMail {
  subject: string;
  from: string;
  to: string;
  /** Every header line in order, names as written, values unfolded. */
  headers: { name: string; value: string }[];
  html: string | null;
  text: string;
}

/** Loaded with the first mail: an installation with a relay never needs it. */
const parser = () => import('mailparser');

const plain = (text: string) => text.replaceAll(/[\p{Cc}]+/gu, ' ').trim();

/** Subject and Message-ID only, from the part before the first empty line. */
export async function readHead(raw: Buffer): Promise<{ subject: string; messageId: string | null }> {
  const end = raw.indexOf('\r\n\r\n');
  const { simpleParser } = await parser();
  const head = await simpleParser(Buffer.concat([end < 0 ? raw : raw.subarray(0, end), Buffer.from('\r\n\r\n')]));
  return { subject: plain(head.subject ?? '').slice(0, 1_000), messageId: head.messageId ? plain(head.messageId).slice(0, 500) : null };
}

export async function readMail(raw: Buffer): Promise<ReadMail> {
  const { simpleParser } = await parser();
  const mail = await simpleParser(raw, { skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true });
  const shown = (address: AddressObject | AddressObject[] | undefined) => [address ?? []].flat().map((each) => each.text).join(', ');
  return {
    subject: plain(mail.subject ?? ''),
    from: shown(mail.from),
    to: shown(mail.to),
    headers: mail.headerLines.map(({ line }) => {
      const colon = line.indexOf(':');
      return { name: line.slice(0, colon), value: line.slice(colon + 1).replaceAll(/\r?\n[ \t]+/g, ' ').trim() };
    }),
    html: mail.html === false ? null : mail.html,
    text: mail.text ?? '',
  };
}
