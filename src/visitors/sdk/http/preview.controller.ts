import { randomBytes } from 'node:crypto';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../../platform/http/access.js';
import { previewPage, previewPolicy } from '../preview-page.js';
import { SdkFiles } from '../sdk-files.js';

/** Where in-app messages are looked at before anybody gets them: a page, not an API, and nothing of anybody in it. */
@ApiExcludeController()
@Public()
@Controller('preview')
export class PreviewController {
  constructor(private readonly files: SdkFiles) {}

  @Get('in-app')
  async page(@Res() reply: FastifyReply): Promise<void> {
    const nonce = randomBytes(16).toString('base64url');
    await reply.status(200).headers({
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer', 'content-security-policy': previewPolicy(nonce),
    }).send(previewPage(nonce, this.files.chunk()));
  }
}
