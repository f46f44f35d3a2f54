import { hash } from 'node:crypto';
import { domainToASCII } from 'node:url';

/**
 * The form in which addresses are compared for suppression: lower case, domain as A-labels. Broader than delivery, where
 * the local part is sent as written. Null when the text is not one address: a single `@`, no spaces or control
 * characters, a domain a host name can have.
 */
export function comparableAddress(address: string): string | null {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || address.length > 254 || local.length > 64 || /[\s\p{Cc}<>,;:"()[\]\\@]/u.test(local)) return null;
  const domain = domainToASCII(address.slice(at + 1).toLowerCase());
  if (!/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(domain)) return null;
  return `${local.toLowerCase()}@${domain}`;
}

/** Key of `suppression`: hex SHA-256 of the comparable address. Null when it is not an address. */
export function addressHash(address: string): string | null {
  const comparable = comparableAddress(address);
  return comparable === null ? null : hash('sha256', comparable, 'hex');
}
