import ipaddr from 'ipaddr.js';

/** A listed network, `203.0.113.0/24`, and what the list says of it. */
export interface ListedNetwork { network: string; note: string }

export interface ListFault { line: number; message: string }

const MAX_NETWORKS = 20_000;
const MAX_NOTE = 200;

/**
 * Reads a list of networks, one a line: an address or a network in CIDR form, and after `#` a remark. Host bits are dropped,
 * repetitions too.
 *
 * @returns the networks, or every fault with its line (at most 20)
 */
export function readNetworkList(text: string): { networks: ListedNetwork[] } | { faults: ListFault[] } {
  const networks = new Map<string, ListedNetwork>();
  const faults: ListFault[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const [address = '', ...remark] = line.replace(/^\ufeff/, '').split('#');
    if (address.trim() === '') continue;
    const network = canonicalNetwork(address.trim());
    if (typeof network === 'string') networks.set(network, { network, note: remark.join('#').trim().slice(0, MAX_NOTE) });
    else faults.push({ line: index + 1, message: network.fault });
    if (faults.length >= 20) break;
    if (networks.size > MAX_NETWORKS) return { faults: [{ line: index + 1, message: `the list has more than ${MAX_NETWORKS} networks` }] };
  }
  return faults.length > 0 ? { faults } : { networks: [...networks.values()] };
}

/** No list of ours means half of the internet: shorter prefixes are mistakes. */
const LEAST_BITS = { ipv4: 8, ipv6: 16 } as const;

function canonicalNetwork(text: string): string | { fault: string } {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0 || text.length > 60 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) || !(ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)) || address.includes('%')) return { fault: 'this is neither an address nor a network such as 203.0.113.0/24 or 2001:db8::/32' };
  const kind = ipaddr.parse(address).kind();
  const most = kind === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? most : Number(prefix);
  if (bits > most) return { fault: `an ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} network has at most ${most} bits` };
  if (bits < LEAST_BITS[kind]) return { fault: `/${bits} is too large a part of the internet; the largest taken is /${LEAST_BITS[kind]}` };
  const base = kind === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`) : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`);
  return `${base.toString()}/${bits}`;
}

/** Finds the listed network an address is in: one look-up for each length of prefix that the list has. */
export class NetworkSet {
  private readonly lengths: { ipv4: number[]; ipv6: number[] } = { ipv4: [], ipv6: [] };
  private readonly known = new Set<string>();

  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [base = '', bits] = network.split('/');
      const address = ipaddr.parse(base);
      const lengths = this.lengths[address.kind()];
      if (!lengths.includes(Number(bits))) lengths.push(Number(bits));
      this.known.add(keyOf(address.toByteArray(), Number(bits)));
    }
    for (const lengths of Object.values(this.lengths)) lengths.sort((a, b) => a - b);
  }

  /** The widest listed network that holds all of `given` (an address, or a network in CIDR form); null when there is none. */
  find(given: string): string | null {
    const [address = '', prefix] = given.split('/');
    if (this.known.size === 0 || !ipaddr.isValid(address)) return null;
    const parsed = ipaddr.process(address);
    const bytes = parsed.toByteArray();
    const most = prefix === undefined ? bytes.length * 8 : Number(prefix);
    for (const bits of this.lengths[parsed.kind()]) {
      if (bits > most) return null;
      if (this.known.has(keyOf(bytes, bits))) return `${ipaddr.fromByteArray(masked(bytes, bits)).toString()}/${bits}`;
    }
    return null;
  }
}

const masked = (bytes: readonly number[], bits: number): number[] => bytes.map((byte, index) => byte & (0xff << Math.max(0, Math.min(8, 8 - (bits - index * 8)))) & 0xff);

const keyOf = (bytes: readonly number[], bits: number): string => `${masked(bytes, bits).join('.')}/${bits}`;
