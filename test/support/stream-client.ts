import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { StreamData, StreamFrame } from '../../src/contract/visitor-wire.js';

/** One page that listens, as a browser's EventSource does, over a socket of its own. */
export interface StreamClient {
  status: number;
  headers: IncomingMessage['headers'];
  /** What came since the beginning. */
  frames: StreamFrame[];
  /** What the browser would send as Last-Event-ID. */
  lastId: string;
  retry: number | null;
  /** Signs of life. */
  beats: number;
  /** Body as it came. */
  text: string;
  /** Resolves when the frames fit; rejects after ten seconds with what came. */
  until(fits: (frames: StreamFrame[]) => boolean): Promise<StreamFrame[]>;
  /** Resolves when the server, or `close`, has ended it. */
  ended: Promise<void>;
  close(): void;
  pause(): void;
}

export async function openStream(url: string, ticket: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const asked: ClientRequest = request(`${url}/v1/stream?t=${ticket}`, { headers: { accept: 'text/event-stream', ...headers }, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const waiting = new Set<() => void>();
  const client: StreamClient = {
    status: answer.statusCode!, headers: answer.headers, frames: [], lastId: headers['last-event-id'] ?? '', retry: null, beats: 0, text: '',
    until: (fits) => new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`waited in vain; came: ${JSON.stringify(client.frames)}`)), 60_000);
      const look = () => {
        if (!fits(client.frames)) return;
        clearTimeout(timer);
        waiting.delete(look);
        done(client.frames);
      };
      waiting.add(look);
      look();
    }),
    ended: new Promise((done) => { answer.on('close', () => done()); }),
    close: () => asked.destroy(),
    pause: () => answer.pause(),
  };
  answer.on('error', () => undefined);
  asked.on('error', () => undefined);
  let rest = '';
  answer.setEncoding('utf8').on('data', (part: string) => {
    client.text += part;
    const blocks = (rest + part).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) read(client, block);
    for (const look of waiting) look();
  });
  return client;
}

function read(client: StreamClient, block: string): void {
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) client.lastId = line.slice(4);
    else if (line.startsWith('retry: ')) client.retry = Number(line.slice(7));
    else if (line.startsWith('data: ')) {
      const data = JSON.parse(line.slice(6)) as StreamData;
      if (data === 0) client.beats += 1;
      else if (!('w' in data)) client.frames.push(data);
    }
  }
}
