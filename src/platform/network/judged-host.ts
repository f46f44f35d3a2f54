import { isIP } from 'node:net';
import { judgeAddress, type Network, type Verdict } from './address-guard.js';
import type { Resolver } from './resolver.js';

/** Where a connection goes to: an address that was judged, never a name that could change its answer (DNS rebinding). */
export interface JudgedHost { address: string; verdict: Verdict }

/** The host of an address as a name or a number: an IPv6 number stands in brackets there. */
export const hostOf = (url: Pick<URL, 'hostname'>): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Resolves a host once and judges every address it has: one bad address among good ones is how rebinding looks, so all must be good.
 *
 * @returns `refused` when any may not be reached, `public` when any of them is, else `allowed`; null when it has no address
 * @throws what the resolver throws
 */
export async function judgeHost(host: string, resolver: Pick<Resolver, 'resolve'>, allowed: readonly Network[]): Promise<JudgedHost | null> {
  const addresses = isIP(host) ? [host] : (await resolver.resolve(host)).map(({ address }) => address);
  const [address] = addresses;
  if (address === undefined) return null;
  const verdicts = addresses.map((one) => judgeAddress(one, allowed));
  return { address, verdict: verdicts.includes('refused') ? 'refused' : verdicts.includes('public') ? 'public' : 'allowed' };
}
