import { domainToASCII } from 'node:url';

/** An address that can not stand in a message. `side` says whose fault it is: the configuration's or the person's. */
export class AddressRefused extends Error {
  constructor(readonly side: 'from' | 'to' | 'reply-to', reason: string) {
    super(reason);
    this.name = 'AddressRefused';
  }
}

/** Host names as DNS and SMTP allow them (RFC 1123, 2.1; RFC 5321, 4.1.2): labels of letters, digits and hyphens. */
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** Numbers as the last label are read as an IP address by some, and are no mail domain. */
const NUMBER = /(^|\.)(\d+|0x[0-9a-f]*)$/;

/**
 * The domain as DNS, envelope and headers carry it: lower case, A-labels (RFC 5891). Null when it is not a host name. The
 * conversion itself would accept more and change it: percent codes, invisible characters, numbers that become IP addresses.
 */
export function wireDomain(domain: string): string | null {
  let wire = known.get(domain);
  if (wire === undefined) {
    wire = toWire(domain);
    if (known.size >= MOST_KNOWN) known.clear();
    if (domain.length <= 253) known.set(domain, wire);
  }
  return wire;
}

/** Domains as they were converted lately: most mail goes to a few. */
const known = new Map<string, string | null>();
const MOST_KNOWN = 2_000;

function toWire(domain: string): string | null {
  if (!/^[\p{L}\p{N}\p{M}\p{So}.\u3002\uff0e\uff61-]+$/u.test(domain) || NUMBER.test(domain.toLowerCase())) return null;
  const ascii = domainToASCII(domain.toLowerCase());
  return HOST.test(ascii) && !NUMBER.test(ascii) ? ascii : null;
}

/**
 * The address as the envelope and the headers carry it: nothing in it is syntax anywhere. A local part outside ASCII stays
 * as it is and needs SMTPUTF8 (RFC 6531). Quoted local parts and comments are refused.
 *
 * @throws {AddressRefused}
 */
export function wireAddress(address: string, side: AddressRefused['side']): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = wireDomain(address.slice(at + 1));
  if (at < 1 || domain === null || /[\p{C}\p{Z}<>,;:"()[\]\\@]/u.test(local)) throw new AddressRefused(side, 'The address is not one e-mail address.');
  const octets = Buffer.byteLength(local);
  if (octets > 64 || octets + domain.length > 253) throw new AddressRefused(side, 'The address is longer than SMTP allows.');
  if (side !== 'to' && needsSmtpUtf8(local)) throw new AddressRefused(side, 'The part before @ has characters outside ASCII, which many receivers can not answer to.');
  return `${local}@${domain}`;
}

/** Whether an address can only be given to a server that offers SMTPUTF8. */
export const needsSmtpUtf8 = (address: string): boolean => /[^\x20-\x7e]/.test(address);

/** The domain of one address as A-labels; null when it is none, or has characters outside ASCII before the @. */
export function senderDomain(address: string): string | null {
  try {
    const wire = wireAddress(address, 'from');
    return wire.slice(wire.lastIndexOf('@') + 1);
  } catch {
    return null;
  }
}
