import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen { method: string; path: string; text: string; headers: IncomingMessage['headers'] }

/** A proxy between a browser and the service: it writes down what passes, and breaks when the test says so. */
export interface Gate {
  /** Where the SDK finds the service, "http://localhost:1234": another origin than the site's. */
  url: string;
  seen: Seen[];
  /** `down` cuts connections, `mute` takes requests in and does not answer, `whole` passes on answers that have ended, a number answers with that status. */
  mode: 'open' | 'down' | 'mute' | 'whole' | number;
  /** Cuts what is open. */
  cut(): void;
  /** Bodies of the events that passed, in order. */
  batches(): { context: Record<string, unknown>; batch: Record<string, unknown>[] }[];
  close(): Promise<void>;
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
};
const stop = (server: Server) => new Promise<void>((resolve) => {
  server.close(() => resolve());
  server.closeAllConnections();
});

export async function openGate(target: string): Promise<Gate> {
  const server = createServer((from, to) => void pass(from, to));
  const gate: Gate = {
    url: await listen(server), seen: [], mode: 'open',
    batches: () => gate.seen.filter(({ path }) => path.startsWith('/v1/b?') || path === '/v1/b').map(({ text }) => JSON.parse(text) as never),
    cut: () => server.closeAllConnections(),
    close: () => stop(server),
  };

  async function pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of from) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (gate.mode === 'down') return void from.socket.destroy();
    gate.seen.push({ method: from.method!, path: from.url!, text: body.toString('utf8'), headers: from.headers });
    const { mode } = gate;
    if (typeof mode === 'number') return void to.writeHead(mode, { 'access-control-allow-origin': '*' }).end('{}');
    const onward = request(`${target}${from.url}`, { method: from.method, headers: from.headers }, (answer) => {
      if (mode === 'mute') return void answer.resume();
      if (mode === 'whole') return void collect(answer, to).catch(() => to.destroy());
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    to.on('close', () => onward.destroy());
    onward.end(body);
  }
  return gate;
}

/** A proxy that holds streams back. */
async function collect(answer: IncomingMessage, to: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  to.writeHead(answer.statusCode!, answer.headers).end(Buffer.concat(parts));
}

export interface SitePage { body: string; headers?: Record<string, string> }

/** A web site of somebody else: pages by path, on an origin of its own. */
export async function openSite(pages: (path: string) => SitePage): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((from, to) => {
    const { body, headers } = pages(from.url!);
    to.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(`<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`);
  });
  return { url: await listen(server), close: () => stop(server) };
}
