import { createHash } from 'node:crypto';
import type { Db } from '../../../platform/database/db.js';
import { firstOf, splitHeaders } from '../domain/mime.js';
import { fileInbound, type Envelope } from '../store/inbound-events.store.js';

export const MAIL_SOURCE = 'mail';
/** The largest mail that is taken, in bytes. */
export const MAX_MAIL_BYTES = 10 * 1024 * 1024;

/** What the author of a mail writes; the lines its way leaves are not among them. */
const OWN_HEADERS = ['message-id', 'date', 'from', 'to', 'subject'];

/**
 * Files a raw mail. The same mail again, as after a connection that broke before our 250, is one: its recipient, its own headers and
 * its body count, and not the lines its way left. A Message-ID alone is not enough: some servers give all reports the same.
 *
 * @returns its id, or null when it is there already
 */
export function fileMail(db: Db, mail: { raw: Buffer; envelope: Envelope | null; receivedAt: Date }): Promise<string | null> {
  const { headers, body } = splitHeaders(mail.raw);
  const recipients = (mail.envelope?.to ?? []).map((address) => address.toLowerCase()).sort();
  const dedupeKey = createHash('sha256').update(JSON.stringify([recipients, OWN_HEADERS.map((name) => firstOf(headers, name) ?? '')])).update(body).digest('hex');
  return fileInbound(db, { source: MAIL_SOURCE, dedupeKey, contentType: 'message/rfc822', body: mail.raw, receivedAt: mail.receivedAt, envelope: mail.envelope });
}
