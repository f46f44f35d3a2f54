import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';

/** What a path answers: these headers and these bytes, given as base64. */
export interface Given { path: string; status: number; headers: Record<string, string>; body: string }

const answers = new Map<string, { status: number; headers: Record<string, string>; body: Buffer }>();

/** What the routes of browsers are measured against: the same body read as JSON, the same bytes answered, nothing else. */
const bare = Fastify({ logger: false });
bare.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, text, done) => { done(null, JSON.parse(text as string)); });
bare.post('/*', (request, reply) => {
  const { status, headers, body } = answers.get(request.url)!;
  void reply.status(status).headers(headers);
  return status === 304 ? reply.send() : reply.send(body);
});
await bare.listen({ port: 0, host: '127.0.0.1' });

process.on('message', ({ path, status, headers, body }: Given) => {
  answers.set(path, { status, headers, body: Buffer.from(body, 'base64') });
  process.send!({ known: path });
});
process.send!({ port: (bare.server.address() as AddressInfo).port });
