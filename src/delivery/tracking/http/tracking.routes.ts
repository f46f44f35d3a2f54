import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../../platform/logging.js';
import { RequestRates } from '../../../platform/http/request-rates.js';
import { LOG } from '../../../platform/tokens.js';
import { LinkKeys } from '../link-keys.service.js';
import type { LinkClaim } from '../link-token.js';
import { Tracking } from '../tracking.service.js';
import { hiddenLinkPage, noSuchLinkPage, type Page } from './link-pages.js';

/** A transparent picture of one pixel, a character a byte: Node sends the head and a text body in one write. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64').toString('latin1');

const HEADERS = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };
const PAGE_HEADERS = { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'" };

/**
 * The signed addresses that messages are full of. No identity, no cookies; a token we did not sign is a 404 that leads nowhere.
 * They are the busiest addresses of the service, so they stand beside Nest, on Fastify itself, and write their answers to
 * the socket: that is most of their speed (docs/decisions/tracking-beside-nest.md). HEAD is answered like GET.
 */
@Injectable()
export class TrackingRoutes implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost, private readonly links: LinkKeys, private readonly tracking: Tracking, private readonly rates: RequestRates, @Inject(LOG) private readonly log: Log) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const [path, answer] of [['/c/', this.click], ['/h/', this.honeypot], ['/o/', this.open]] as const) {
      http.route({
        method: ['GET', 'HEAD'], url: `${path}*`,
        // Nothing of such a request is parsed but its address, so it is answered before anything would be.
        onRequest: (request, reply) => {
          reply.hijack();
          void this.answered(request, reply, answer);
        },
        handler: () => undefined,
      });
    }
  }

  private async answered(request: FastifyRequest, reply: FastifyReply, answer: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): Promise<void> {
    try {
      await answer.call(this, request, reply);
    } catch (error) {
      this.log.error({ err: error }, 'a link could not be followed');
      if (!reply.raw.headersSent) reply.raw.writeHead(503, { ...HEADERS, 'retry-after': '30' });
      reply.raw.end();
    }
  }

  /** Sends the reader on, byte for byte to the address that was signed. Robots too: they must see the real page. */
  private async click(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const read = this.links.read('click', tokenIn(request, '/c/'));
    const claim = read instanceof Promise ? await read : read;
    if (!claim) return page(reply, request, 404, noSuchLinkPage);
    if (this.isTooOften(claim, request, reply)) return;
    await this.record('click', claim, request);
    reply.raw.writeHead(302, { ...HEADERS, location: claim.url, 'content-length': 0 }).end();
  }

  /** The link that nobody can see: whoever follows it is told why it leads nowhere. */
  private async honeypot(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const read = this.links.read('honeypot', tokenIn(request, '/h/'));
    const claim = read instanceof Promise ? await read : read;
    if (!claim) return page(reply, request, 404, noSuchLinkPage);
    if (this.isTooOften(claim, request, reply)) return;
    await this.record('honeypot', claim, request);
    page(reply, request, 200, hiddenLinkPage);
  }

  private async open(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const read = this.links.read('open', tokenIn(request, '/o/').replace(/\.gif$/, ''));
    const claim = read instanceof Promise ? await read : read;
    if (!claim) return void reply.raw.writeHead(404, { ...HEADERS, 'content-length': 0 }).end();
    if (this.isTooOften(claim, request, reply)) return;
    await this.record('open', claim, request);
    reply.raw.writeHead(200, { ...HEADERS, 'content-type': 'image/gif', 'content-length': PIXEL.length }).end(request.method === 'HEAD' ? '' : PIXEL, 'latin1');
  }

  /** Each hit is a row: who repeats one link without end is told to wait, and nothing is written. */
  private isTooOften(claim: LinkClaim, request: FastifyRequest, reply: FastifyReply): boolean {
    const seconds = this.rates.takeLink(claim.deliveryId, request.ip);
    if (seconds !== null) reply.raw.writeHead(429, { ...HEADERS, 'retry-after': String(seconds), 'content-length': 0 }).end();
    return seconds !== null;
  }

  private record(kind: 'open' | 'click' | 'honeypot', claim: LinkClaim, { method, headers, ip }: FastifyRequest): Promise<void> {
    return this.tracking.record({
      kind, deliveryId: claim.deliveryId, link: claim.index, url: claim.url, ip,
      signs: {
        method, userAgent: (headers['user-agent'] ?? '').replaceAll('\0', ''), acceptLanguage: headers['accept-language'] !== undefined,
        prefetch: (headers.purpose !== undefined || headers['sec-purpose'] !== undefined) && /prefetch/i.test(`${String(headers.purpose)} ${String(headers['sec-purpose'])}`),
      },
    });
  }
}

function page(reply: FastifyReply, request: FastifyRequest, status: number, made: (page: Page) => string): void {
  const html = Buffer.from(made({ acceptLanguage: request.headers['accept-language'] ?? '' }));
  reply.raw.writeHead(status, { ...PAGE_HEADERS, 'content-length': html.length }).end(request.method === 'HEAD' ? undefined : html);
}

/** The rest of the path after `prefix`; whatever a mail program appended as a query is not ours. */
function tokenIn(request: FastifyRequest, prefix: string): string {
  const { url } = request;
  const end = url.search(/[?#]/);
  return url.slice(prefix.length, end < 0 ? undefined : end);
}
