import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
const HEADERS = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

/** What both addresses of Danbi are measured against: the same answers, byte for byte, by Fastify alone, which reads and keeps nothing. */
const bare = Fastify({ logger: false });
bare.get('/o/*', (_request, reply) => reply.headers(HEADERS).header('content-type', 'image/gif').send(PIXEL));
bare.get('/c/*', (_request, reply) => reply.status(302).headers(HEADERS).header('location', 'https://example.org/articles/1?from=mail').send());
await bare.listen({ port: 0, host: '127.0.0.1' });

// Whoever asks for the CPU time used so far is told it, in microseconds.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuMicros: user + system });
});
process.send!({ port: (bare.server.address() as AddressInfo).port });
