import { comparableAddress } from '../../preferences/domain/address.js';
import type { ReturnNotice } from './notice.js';

/** Our Message-IDs begin with the id of the delivery. */
const OWN_MESSAGE_ID = /^<?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@/i;

/** The delivery that a notice may be about; never found by its recipient. Null when it names none of ours. */
export function deliveryNamed(notice: Pick<ReturnNotice, 'deliveryId' | 'messageId'>): string | null {
  return notice.deliveryId ?? OWN_MESSAGE_ID.exec(notice.messageId ?? '')?.[1]?.toLowerCase() ?? null;
}

const isAbout = (notice: ReturnNotice, address: string | null): boolean =>
  address !== null && notice.recipient !== null && comparableAddress(notice.recipient) === comparableAddress(address);

/**
 * Which of the notices that name one delivery may speak for it.
 *
 * A signed return path proves the message, so a single recipient may differ: mail is forwarded, and the address that
 * failed is one we never heard of. Among several only the one we wrote to counts. A Message-ID proves less, because every
 * reader of the message knows it: the recipient must then be the address we wrote to. Complaints often hide the recipient;
 * those are believed, for whoever holds the message also holds its unsubscribe link.
 */
export function believable(notices: readonly ReturnNotice[], address: string | null): Set<ReturnNotice> {
  const proven = notices.filter((notice) => notice.deliveryId !== null);
  const own = proven.filter((notice) => isAbout(notice, address));
  const recipients = new Set(proven.map(({ recipient }) => (recipient === null ? null : (comparableAddress(recipient) ?? recipient))));
  const byProof = own.length > 0 ? [...own, ...proven.filter(({ recipient }) => recipient === null)] : recipients.size === 1 ? proven : [];
  const byMessageId = notices.filter((notice) => notice.deliveryId === null && (isAbout(notice, address) || (notice.kind === 'complaint' && notice.recipient === null)));
  return new Set([...byProof, ...byMessageId]);
}
