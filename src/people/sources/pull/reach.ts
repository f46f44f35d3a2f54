import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { AppError } from '../../../kernel/errors.js';
import { Config } from '../../../platform/config.js';
import { judgeAddress, readNetworks, type Network } from '../../../platform/network/address-guard.js';
import { Resolver } from '../../../platform/network/resolver.js';

/** Where a connection goes to: an address that was judged, never a name that could change its answer. */
export interface Reached { address: string; isPublic: boolean }

/** The same judgement as of webhooks (delivery/hooks): public addresses, and networks that the operator named. */
@Injectable()
export class Reach {
  private readonly allowed: readonly Network[];

  constructor(config: Config, private readonly resolver: Resolver) {
    this.allowed = readNetworks(config.WEBHOOK_ALLOWED_NETWORKS) ?? [];
  }

  /** @throws pull.refused when any address of the host is one that may not be reached; pull.unreachable when it has none */
  async to(host: string): Promise<Reached> {
    const name = host.replace(/^\[(.*)\]$/, '$1');
    const addresses = isIP(name) ? [name] : (await this.resolver.resolve(name).catch(() => [])).map(({ address }) => address);
    if (addresses.length === 0) throw new AppError('pull.unreachable', 'The name of this address is not known today.', 'unavailable');
    const verdicts = addresses.map((address) => judgeAddress(address, this.allowed));
    // One bad address among good ones is how rebinding looks: all must be good.
    if (verdicts.includes('refused')) throw new AppError('pull.refused', 'This address lies in a network that may not be reached (WEBHOOK_ALLOWED_NETWORKS).', 'invalid');
    return { address: addresses[0]!, isPublic: verdicts.includes('public') };
  }
}
