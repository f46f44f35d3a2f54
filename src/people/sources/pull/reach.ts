import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors.js';
import { Config } from '../../../platform/config.js';
import { readNetworks, type Network } from '../../../platform/network/address-guard.js';
import { judgeHost } from '../../../platform/network/judged-host.js';
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
    const place = await judgeHost(host, this.resolver, this.allowed).catch(() => null);
    if (place === null) throw new AppError('pull.unreachable', 'The name of this address is not known today.', 'unavailable');
    if (place.verdict === 'refused') throw new AppError('pull.refused', 'This address lies in a network that may not be reached (WEBHOOK_ALLOWED_NETWORKS).', 'invalid');
    return { address: place.address, isPublic: place.verdict === 'public' };
  }
}

/** A part of an address without its percent signs; one that stands there by itself ("100%") is what it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
