import { networkOf } from '../../kernel/network.js';

const WINDOW_MS = 60_000;
/** Wrong proofs of one network for one connection a minute; a provider whose secret we do not know yet is repeated for hours. */
const TRIES = 60;
const KEPT = 10_000;

/**
 * Counts requests that were refused, a connection and network of the sender, in this process. Past the limit nothing is
 * computed or written for them any more.
 */
export class FailedTries {
  private readonly counted = new Map<string, { since: number; tries: number }>();

  isExhausted(connectionId: string, ip: string, now: Date): boolean {
    const found = this.counted.get(keyOf(connectionId, ip));
    return found !== undefined && found.tries >= TRIES && now.getTime() - found.since < WINDOW_MS;
  }

  count(connectionId: string, ip: string, now: Date): void {
    const key = keyOf(connectionId, ip);
    const found = this.counted.get(key);
    if (found && now.getTime() - found.since < WINDOW_MS) {
      found.tries += 1;
      return;
    }
    this.counted.delete(key);
    if (this.counted.size >= KEPT) this.counted.delete(this.counted.keys().next().value!);
    this.counted.set(key, { since: now.getTime(), tries: 1 });
  }
}

const keyOf = (connectionId: string, ip: string): string => `${connectionId} ${networkOf(ip) || ip}`;
