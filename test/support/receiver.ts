import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received { path: string; headers: IncomingHttpHeaders; body: string }
type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'drop';

/** An HTTP server on the loopback that remembers every POST and answers as told. */
export class Receiver {
  readonly got: Received[] = [];
  answer: (request: Received, count: number) => Answer = () => ({ status: 200, body: 'ok' });
  private readonly server: Server;
  private readonly hanging: ServerResponse[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const received = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('utf8') };
        this.got.push(received);
        const answer = this.answer(received, this.got.length);
        if (answer === 'hang') this.hanging.push(response);
        else if (answer === 'drop') response.socket?.destroy();
        else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => { this.server.listen(0, '127.0.0.1', done); });
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Resolves when there are so many requests. */
  async until(count: number): Promise<void> {
    while (this.got.length < count) await new Promise((again) => { setTimeout(again, 10); });
  }

  reset(): void {
    this.got.length = 0;
    this.answer = () => ({ status: 200, body: 'ok' });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => { this.server.close(done); });
  }
}
