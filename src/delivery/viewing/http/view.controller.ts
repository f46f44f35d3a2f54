import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../platform/http/access.js';
import { gonePage } from '../../preferences/http/pages.js';
import { pageLanguage } from '../../preferences/http/page-texts.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import { ViewedMessages } from '../viewed-messages.service.js';

const COMMON = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' };
/** A message brings its own styles and pictures from anywhere; nothing of it runs, posts, frames or is framed. */
const MESSAGE_POLICY = "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** "View in browser": the message of a signed link as a page, for whoever has the link, as with the mail itself. */
@ApiExcludeController()
@Public()
@Controller()
export class ViewController {
  constructor(private readonly links: LinkKeys, private readonly messages: ViewedMessages) {}

  @Get('v/:token')
  async view(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const claim = await this.links.read('view', token);
    const message = claim && (await this.messages.view(claim.deliveryId, claim.personId));
    if (message) return void (await reply.status(200).headers({ ...COMMON, 'content-security-policy': MESSAGE_POLICY }).send(message));
    // One answer for a forged token and for a message that is gone: nothing can be learned from it.
    await reply.status(404).headers({ ...COMMON, 'content-security-policy': PAGE_POLICY }).send(gonePage(pageLanguage((request.headers['accept-language'] ?? '').trim())));
  }
}
