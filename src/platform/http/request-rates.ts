import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { TooManyError } from '../../kernel/errors.js';
import { Config } from '../config.js';
import { MinuteCounts } from './minute-counts.js';
import { rateNetworkOf } from './rate-network.js';

/** What is counted apart: pages without sign-in by address, opens and clicks by message and address, exports and all other requests by key or person. */
export type Counted = 'page' | 'link' | 'export' | 'api';

/** Pages that anybody may open with a link of theirs, and where one signs in. Files, health and webhooks are counted elsewhere or cost nothing. */
const PAGES = /^\/(?:(?:u|p|v|y|alarms|digest|invite|setup|login|second-factor)(?:\/|$)|v1\/(?:session|invites\/accept)$)/;
const EXPORTS = /\/exports?(?:\/|$)/;

/**
 * How often may be asked within a minute, as the environment says. Counted in this process only, by the clock of the service, and forgotten at a restart.
 * Nothing here guards a secret: tries at passwords and codes are counted in the database.
 */
@Injectable()
export class RequestRates {
  private readonly counts: Record<Counted, MinuteCounts>;

  constructor(config: Config, private readonly clock: Clock) {
    this.counts = { page: new MinuteCounts(config.PAGE_REQUESTS_PER_MINUTE), link: new MinuteCounts(config.LINK_REQUESTS_PER_MINUTE), export: new MinuteCounts(config.EXPORT_REQUESTS_PER_MINUTE), api: new MinuteCounts(config.API_REQUESTS_PER_MINUTE) };
  }

  /** Seconds to wait when there were too many of this kind from here in this minute; else null, and one more is counted. */
  wait(counted: Counted, name: string): number | null {
    return this.counts[counted].take(name, this.clock.now());
  }

  /**
   * Counts a request to a public page by its address. One click of a mail program (RFC 8058) is never refused: many come from one address of a provider.
   * @throws TooManyError request.too-many
   */
  takePage({ method, route, address }: { method: string; route: string; address: string }): void {
    if (!PAGES.test(route) || (route.startsWith('/u/') && method === 'POST')) return;
    refuse(this.wait('page', rateNetworkOf(address)));
  }

  /** Counts a request of somebody known, exports also apart. @throws TooManyError request.too-many */
  takeKnown(route: string, who: string): void {
    refuse(this.wait('api', who));
    if (EXPORTS.test(route)) refuse(this.wait('export', who));
  }

  /** Counts an open or a click; seconds to wait when this message was asked for too often from there. */
  takeLink(deliveryId: string, address: string): number | null {
    return this.wait('link', `${deliveryId} ${rateNetworkOf(address)}`);
  }
}

function refuse(seconds: number | null): void {
  if (seconds !== null) throw new TooManyError('request.too-many', 'Too many requests within a minute. Ask again in a moment.', seconds);
}
