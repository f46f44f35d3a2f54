import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyError } from '../../kernel/errors.js';
import { Config } from '../config.js';
import { rateNetworkOf } from './rate-network.js';
import type { WriteKey } from './write-keys.js';

/** What is counted apart. */
export type RateKind = 'boot' | 'claim' | 'ack' | 'inbox' | 'ingest';
const MINUTE_S = 60;

/**
 * How often one address may ask with one public key. Counted in this process only: with several processes behind a balancer
 * an address may ask as often of each. Forgotten at a restart. Secret keys are not counted.
 */
@Injectable()
export class BrowserRates {
  private readonly limiters: Record<RateKind, RateLimiterMemory | null>;

  constructor(config: Config) {
    const of = (kind: RateKind, points: number) => (points === 0 ? null : new RateLimiterMemory({ keyPrefix: kind, points, duration: MINUTE_S }));
    const visitor = config.VISITOR_REQUESTS_PER_MINUTE;
    this.limiters = { boot: of('boot', visitor), claim: of('claim', visitor), ack: of('ack', visitor), inbox: of('inbox', visitor), ingest: of('ingest', config.INGEST_REQUESTS_PER_MINUTE) };
  }

  /** @throws TooManyError `too_many_requests` with the seconds until the minute is over */
  async take(kind: RateKind, key: WriteKey, address: string): Promise<void> {
    const limiter = this.limiters[kind];
    if (key.kind === 'server' || !limiter) return;
    try {
      await limiter.consume(`${key.id} ${rateNetworkOf(address)}`);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new TooManyError('too_many_requests', 'This address asks too often with this key. Ask again later.', Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)));
    }
  }
}
