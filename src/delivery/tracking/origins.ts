import { createHmac } from 'node:crypto';
import type { NetworkSet } from './domain/network-list.js';
import { networkOf } from '../../kernel/network.js';

/** Where a request came from, as far as we keep it: never the address itself. */
export interface Origin {
  network: string;
  /** Tells requests of one address apart from others on one day, and no more. */
  address: string;
  scanner: string | null;
}

const KEPT = 10_000;
const DAY_MS = 86_400_000;

/** Origins of addresses, each worked out once a day and list. */
export class Origins {
  private readonly known = new Map<string, Origin>();
  private of: { day: number; secret: Buffer; scanners: NetworkSet } | null = null;

  originOf(ip: string, at: Date, secret: Buffer, scanners: NetworkSet): Origin {
    const day = Math.floor(at.getTime() / DAY_MS);
    if (this.of?.day !== day || this.of.secret !== secret || this.of.scanners !== scanners) {
      this.of = { day, secret, scanners };
      this.known.clear();
    }
    let origin = this.known.get(ip);
    if (!origin) {
      const address = createHmac('sha256', secret).update(`address ${day} ${ip}`).digest('base64url').slice(0, 11);
      origin = { network: networkOf(ip), address, scanner: scanners.find(ip) };
      if (this.known.size >= KEPT) this.known.clear();
      this.known.set(ip, origin);
    }
    return origin;
  }
}
