import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import { isDatabaseAway } from '../../../platform/database/away.js';
import { STATUS } from '../../../platform/http/error.filter.js';
import type { Log } from '../../../platform/logging.js';
import { LOG } from '../../../platform/tokens.js';
import { EventStream, LongPoll, type Connection } from '../connection.js';
import { isPosition } from '../domain/position.js';
import { NewsFeed } from '../news-feed.service.js';
import { Streams } from '../streams.service.js';
import { StreamTickets } from '../tickets.service.js';
import type { Ticket } from '../ticket-token.js';

const MOST_WAIT_SECONDS = 25;
const EVENTS = 'text/event-stream; charset=utf-8';
/** When a browser comes back by itself after a lost connection. */
const RETRY_MS = { least: 1_000, spread: 2_000 };

/**
 * `GET /v1/stream`, beside Nest on Fastify itself: ten thousand answers that do not end must not each hold what Nest makes of
 * a request. The head is written to the socket, and the answer ends when the connection does.
 */
@Injectable()
export class StreamRoutes implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost, private readonly tickets: StreamTickets, private readonly streams: Streams, private readonly feed: NewsFeed, private readonly clock: Clock, @Inject(LOG) private readonly log: Log) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter?.getInstance<FastifyInstance>() as FastifyInstance | undefined;
    http?.route({
      method: ['GET', 'HEAD', 'OPTIONS'], url: '/v1/stream',
      onRequest: (request, reply) => {
        reply.hijack();
        void this.answer(request, reply);
      },
      handler: () => undefined,
    });
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const headers = headersFor(request.headers.origin);
    if (request.method === 'OPTIONS') {
      reply.raw.writeHead(204, { ...headers, 'access-control-allow-methods': 'GET, HEAD, OPTIONS', 'access-control-allow-headers': 'cache-control, last-event-id', 'access-control-max-age': '7200' }).end();
      return;
    }
    try {
      const query = request.query as Record<string, unknown>;
      const wait = waitOf(query.wait);
      const ticket = await this.tickets.check(textOf(query.t), request.headers.origin, this.clock.now());
      const since = sinceOf(request.headers['last-event-id'] ?? query.i) ?? ticket.position;
      this.streams.admit(ticket.personId);
      if (request.method === 'HEAD') reply.raw.writeHead(200, { ...headers, 'content-type': EVENTS }).end();
      else if (wait === null) await this.stream(reply, ticket, since, headers);
      else await this.poll(reply, ticket, since, { headers, wait });
    } catch (error) {
      this.refuse(reply, error, headers);
    }
  }

  private async stream(reply: FastifyReply, { personId, verified }: Ticket, since: string, headers: Record<string, string>): Promise<void> {
    const { socket } = reply.raw;
    if (!socket || socket.destroyed) return;
    const connection = new EventStream(personId, verified, socket);
    this.streams.add(connection);
    socket.on('close', () => this.streams.remove(connection));
    const retry = RETRY_MS.least + Math.floor(Math.random() * RETRY_MS.spread);
    socket.write(headOf({ ...headers, 'content-type': EVENTS, 'x-accel-buffering': 'no', connection: 'close' }) + `retry: ${retry}\n\n`, 'latin1');
    // The head is out: whatever fails now can only end the connection, and the browser comes back.
    await this.feed.join(connection, since).catch((error: unknown) => {
      this.log.warn({ err: error }, 'a stream could not begin');
      socket.destroy();
    });
  }

  private async poll(reply: FastifyReply, { personId, verified }: Ticket, since: string, { headers, wait }: { headers: Record<string, string>; wait: number }): Promise<void> {
    const connection: Connection = new LongPoll(personId, verified, reply.raw, { ...headers, 'content-type': EVENTS });
    this.streams.add(connection);
    const timer = setTimeout(() => connection.end(0), wait * 1_000).unref();
    reply.raw.on('close', () => {
      clearTimeout(timer);
      this.streams.remove(connection);
    });
    await this.feed.join(connection, since);
  }

  private refuse(reply: FastifyReply, error: unknown, headers: Record<string, string>): void {
    if (reply.raw.headersSent || reply.raw.destroyed) return;
    const known = error instanceof AppError ? error : isDatabaseAway(error) ? new AppError('service.database-away', 'The database does not answer. Try again soon.', 'unavailable') : null;
    if (!known) this.log.error({ err: error }, 'a stream was refused');
    const status = known ? STATUS[known.kind] : 500;
    const body = JSON.stringify(known ? { error: known.kind, code: known.code, message: known.message } : { error: 'internal', code: 'service.failed', message: 'Something failed on our side; nothing was changed.' });
    const later: Record<string, string> = status === 429 || status === 503 ? { 'retry-after': String(10 + Math.floor(Math.random() * 50)) } : {};
    reply.raw.writeHead(status, { ...headers, ...later, 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }).end(body);
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function sinceOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === '') return null;
  if (!isPosition(text)) throw new AppError('stream.bad-position', 'Last-Event-ID, or "i", is not one that a stream sent.');
  return text;
}

function waitOf(value: unknown): number | null {
  if (value === undefined) return null;
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MOST_WAIT_SECONDS) throw new AppError('stream.bad-wait', `"wait" must be whole seconds, 1 to ${MOST_WAIT_SECONDS}.`);
  return seconds;
}

/** A refusal must be readable by the page too; whether the page may have the stream says its ticket. */
const headersFor = (origin: string | undefined): Record<string, string> => ({
  'cache-control': 'no-store, no-transform', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'cross-origin',
  vary: 'Origin', 'access-control-allow-origin': origin ?? '*', 'access-control-expose-headers': 'Retry-After',
});

const headOf = (headers: Record<string, string>): string => `HTTP/1.1 200 OK\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
