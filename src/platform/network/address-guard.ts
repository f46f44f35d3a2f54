import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = [Address, number];

/** Public by their numbers, yet answering only to machines inside: Azure's wire server. Other clouds' metadata lies in link-local or private ranges. */
const INSIDE = new Set(['168.63.129.16']);

/** Reads `10.0.0.0/8,fd00::/8`; null when one of them is no network. */
export function readNetworks(text: string): Network[] | null {
  const parts = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  try {
    return parts.map((part) => (part.includes('/') ? ipaddr.parseCIDR(part) : [ipaddr.parse(part), ipaddr.parse(part).kind() === 'ipv4' ? 32 : 128]));
  } catch {
    return null;
  }
}

/** The IPv4 address that an IPv6 address only wraps (mapped ::ffff:0:0/96, NAT64 64:ff9b::/96, compatible ::/96): what really answers. */
function unwrapped(address: Address): Address {
  if (address.kind() === 'ipv4') return address;
  const v6 = address as ipaddr.IPv6;
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address();
  const [a, b, c, d, e, f, g, h] = v6.parts as [number, number, number, number, number, number, number, number];
  const wraps = c === 0 && d === 0 && e === 0 && f === 0 && ((a === 0x64 && b === 0xff9b) || (a === 0 && b === 0 && g !== 0));
  return wraps ? new ipaddr.IPv4([g >> 8, g & 0xff, h >> 8, h & 0xff]) : address;
}

export type Verdict = 'public' | 'allowed' | 'refused';

/**
 * Whether a connection to this address may be made: public ones may, everything else (loopback, private, link-local, carrier
 * grade, metadata, multicast, reserved, tunnels) only when the operator named its network.
 *
 * @param text an address as the resolver gave it; whatever can not be read is refused
 */
export function judgeAddress(text: string, allowed: readonly Network[]): Verdict {
  if (!ipaddr.isValid(text)) return 'refused';
  const address = unwrapped(ipaddr.parse(text));
  if (allowed.some(([network, bits]) => network.kind() === address.kind() && address.match(network as never, bits as never))) return 'allowed';
  return address.range() === 'unicast' && !INSIDE.has(address.toString()) ? 'public' : 'refused';
}
