import { hash } from 'node:crypto';
import { domainToASCII } from 'node:url';

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * The form in which addresses are compared for suppression: lower case, domain as A-labels. Broader than delivery, where
 * the local part is sent as written. Null when the text is not one address: a single `@`, no spaces or control
 * characters, a domain a host name can have.
 */
export function comparableAddress(address: string): string | null {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || address.length > 254 || local.length > 64 || /[\s\p{Cc}<>,;:"()[\]\\@]/u.test(local)) return null;
  const domain = comparableDomain(address.slice(at + 1));
  return domain === null ? null : `${local.toLowerCase()}@${domain}`;
}

/** Domains as they were compared lately: most people have an address at one of a few. */
const known = new Map<string, string | null>();
const MOST_KNOWN = 2_000;

function comparableDomain(domain: string): string | null {
  let comparable = known.get(domain);
  if (comparable === undefined) {
    const ascii = domainToASCII(domain.toLowerCase());
    comparable = HOST.test(ascii) ? ascii : null;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(domain, comparable);
  }
  return comparable;
}

/** Key of `suppression`: hex SHA-256 of the comparable address. Null when it is not an address. */
export function addressHash(address: string): string | null {
  const comparable = comparableAddress(address);
  return comparable === null ? null : hash('sha256', comparable, 'hex');
}
