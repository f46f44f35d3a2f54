import { pick } from '../relays/domain/choice.js';
import type { RelayLine } from '../relays/relay-fleet.js';

/** What one relay has been given to send. */
export interface Queue<T> { line: RelayLine; waiting: T[]; movedAt: number }

/** So many messages may wait for one relay before no more are claimed for any: the shares are kept by waiting. */
const ROOM = 100;
/** A relay that has taken nothing for so long does not keep the others waiting any more. */
const STUCK_MS = 2_000;

/**
 * Claimed messages, each given to one relay by the weights. A slow relay makes the others wait, since its share is its share,
 * but not one that stands still: that one keeps what it was given and gets no more.
 */
export class RelayQueues<T> {
  readonly all: readonly Queue<T>[];
  private wake: (() => void) | null = null;
  private changed: Promise<void> | null = null;

  constructor(lines: readonly RelayLine[]) {
    this.all = lines.map((line) => ({ line, waiting: [], movedAt: performance.now() }));
  }

  /** The relay whose turn it is among those that fit; null when there is none. One that stands still is asked last. */
  choose(fits: (line: RelayLine) => boolean): RelayLine | null {
    const fitting = this.all.filter(({ line }) => !line.open && fits(line));
    const moving = fitting.filter((queue) => !isStuck(queue));
    return pick((moving.length > 0 ? moving : fitting).map(({ line }) => line));
  }

  give(line: RelayLine, message: T): void {
    const queue = this.all.find((each) => each.line === line)!;
    if (queue.waiting.length === 0) queue.movedAt = performance.now();
    queue.waiting.push(message);
    this.announce();
  }

  take(queue: Queue<T>): T | undefined {
    const message = queue.waiting.shift();
    if (message !== undefined) {
      queue.movedAt = performance.now();
      this.announce();
    }
    return message;
  }

  haveRoom(): boolean {
    return this.all.every((queue) => queue.line.open || queue.waiting.length < ROOM || isStuck(queue));
  }

  /** Resolves when something was given or taken, or when a relay may have come to stand still. */
  async change(): Promise<void> {
    this.changed ??= new Promise<void>((done) => { this.wake = done; });
    const timer = setTimeout(() => this.announce(), STUCK_MS);
    await this.changed;
    clearTimeout(timer);
  }

  /** Takes back what a relay was given and has not begun. */
  drain(line: RelayLine): T[] {
    this.announce();
    return this.all.filter((queue) => queue.line === line).flatMap((queue) => queue.waiting.splice(0));
  }

  /** Lets everybody who waits for a {@link change} look again. */
  announce(): void {
    this.wake?.();
    this.wake = null;
    this.changed = null;
  }
}

const isStuck = ({ waiting, movedAt }: Queue<unknown>) => waiting.length >= ROOM && performance.now() - movedAt > STUCK_MS;
