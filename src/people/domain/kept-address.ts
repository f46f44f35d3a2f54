import { isIP } from 'node:net';
import type { IdentityPolicy } from '../../kernel/identity.js';
import { ipv6Groups } from '../../kernel/ip-groups.js';
import type { JsonValue } from './json.js';

/** What is kept of an IP address: the network it is in says roughly where, and not who. What is no address is dropped with the last setting only. */
export function keptAddress(address: JsonValue | undefined, kept: IdentityPolicy['ip']): JsonValue | undefined {
  if (kept === 'full' || address === undefined) return address;
  if (kept === 'none' || typeof address !== 'string') return undefined;
  if (isIP(address) === 4) return address.replace(/\.\d+$/, '.0');
  return isIP(address) === 6 ? truncated(address) : undefined;
}

/** The first 48 bits. An IPv4 address written as IPv6 is cut like an IPv4 address. */
function truncated(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+)\.\d+$/i.exec(address);
  if (mapped) return `${mapped[1]}.0`;
  return `${ipv6Groups(address).slice(0, 3).join(':')}::`;
}
