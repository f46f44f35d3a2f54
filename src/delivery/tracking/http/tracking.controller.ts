import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../kernel/errors.js';
import { Public } from '../../../platform/http/access.js';
import { LinkKeys } from '../link-keys.service.js';
import { Tracking } from '../tracking.service.js';

/** A transparent picture of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

/** The signed addresses inside messages. No identity, no cookies; a token we did not sign is a plain 404. */
@ApiExcludeController()
@Public()
@Controller()
export class TrackingController {
  constructor(private readonly links: LinkKeys, private readonly tracking: Tracking) {}

  /** Sends the reader on, byte for byte to the address that was signed. Robots too: they must see the real page. */
  @Get('c/*')
  async click(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const claim = await this.links.read('click', tokenIn(request, '/c/'));
    if (!claim) throw noSuchLink();
    await this.tracking.record({ kind: 'click', deliveryId: claim.deliveryId, link: claim.index, url: claim.url, ip: request.ip, signs: signsOf(request) });
    await reply.status(302).headers({ ...UNSTORED, location: claim.url }).send();
  }

  @Get('o/*')
  async open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const claim = await this.links.read('open', tokenIn(request, '/o/').replace(/\.gif$/, ''));
    if (!claim) throw noSuchLink();
    await this.tracking.record({ kind: 'open', deliveryId: claim.deliveryId, link: 0, url: '', ip: request.ip, signs: signsOf(request) });
    await reply.status(200).headers({ ...UNSTORED, 'content-type': 'image/gif' }).send(PIXEL);
  }
}

const UNSTORED = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' };

const noSuchLink = () => new AppError('link.unknown', 'This is not a link of a message of ours.', 'not_found');

/** The rest of the path after `prefix`; whatever a mail program appended as a query is not ours. */
function tokenIn(request: FastifyRequest, prefix: string): string {
  return request.url.slice(prefix.length).split(/[?#]/, 1)[0]!;
}

function signsOf({ method, headers }: FastifyRequest) {
  return {
    method,
    userAgent: headers['user-agent'] ?? '',
    acceptLanguage: headers['accept-language'] !== undefined,
    prefetch: /prefetch/i.test(`${headers.purpose ?? ''} ${headers['sec-purpose'] ?? ''}`),
  };
}
