import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { StreamFrame } from '../../contract/visitor-wire.js';
import { eventText, goodbye } from './domain/frames.js';

/** Bytes that may wait for a reader who does not read. A frame has a hundred. */
export const MOST_UNSENT = 64 * 1024;

export interface Part { frames: readonly StreamFrame[]; after: string }

/** One open page, however it listens. Ten thousand of these live at once: fields are few, and there are no closures. */
export abstract class Connection {
  /** What came while what was missed is still being looked up; null afterwards. */
  private held: Part[] | null = [];
  /** Which second of the heartbeat is its own. */
  beat = 0;

  constructor(readonly personId: string, readonly reads: boolean) {}

  tell(frames: readonly StreamFrame[], after: string): void {
    if (this.held) this.held.push({ frames, after });
    else this.write(frames, after);
  }

  /** Tells what was missed, then what came meanwhile. */
  begin(missed: Part): void {
    const parts = [missed, ...(this.held ?? [])];
    this.held = null;
    for (const { frames, after } of parts) this.write(frames, after);
  }

  /** A sign of life; everything up to `after` was told. Not before the beginning. */
  touch(after: string): void {
    if (!this.held) this.write([], after);
  }

  protected abstract write(frames: readonly StreamFrame[], after: string): void;
  /** @param retryMs when the page should come back */
  abstract end(retryMs: number): void;
}

/** Server-sent events on the bare socket: the answer ends with the connection, so frames need no lengths around them. */
export class EventStream extends Connection {
  constructor(personId: string, reads: boolean, private readonly socket: Socket) {
    super(personId, reads);
  }

  protected write(frames: readonly StreamFrame[], after: string): void {
    this.send(eventText(frames, after));
  }

  end(retryMs: number): void {
    this.socket.end(goodbye(retryMs), 'latin1');
  }

  private send(text: string): void {
    if (this.socket.writableLength > MOST_UNSENT) this.socket.destroy();
    else this.socket.write(text, 'latin1');
  }
}

/** A request that waits for news and is answered once, with the same events. */
export class LongPoll extends Connection {
  private last: string | null = null;

  constructor(personId: string, reads: boolean, private readonly response: ServerResponse, private readonly headers: Record<string, string>) {
    super(personId, reads);
  }

  protected write(frames: readonly StreamFrame[], after: string): void {
    this.last = after;
    if (frames.length > 0) this.answer(frames);
  }

  /** Its time is over, or the process ends: no news, and the page asks again. */
  end(): void {
    if (this.last !== null) this.answer([]);
    else this.response.destroy();
  }

  private answer(frames: readonly StreamFrame[]): void {
    if (this.response.writableEnded) return;
    const body = eventText(frames, this.last!);
    this.response.writeHead(200, { ...this.headers, 'content-length': Buffer.byteLength(body) }).end(body);
  }
}
