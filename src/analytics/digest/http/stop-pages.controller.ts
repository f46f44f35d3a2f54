import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Public } from '../../../platform/http/access.js';
import { sendStopPage } from '../../../platform/http/stop-page.js';
import { Digests } from '../digests.service.js';

const Key = z.uuid();
const WORDS = {
  en: { title: 'Digest by e-mail', ask: 'Stop the digest that Danbi sends to you?', button: 'Stop it', done: 'You get no more digests. You can switch them on again in your settings.' },
  ko: { title: '요약 메일', ask: '단비가 보내는 요약 메일을 그만 받으시겠습니까?', button: '그만 받기', done: '더 이상 요약 메일을 보내지 않습니다. 설정에서 다시 켤 수 있습니다.' },
};

/** Where the link at the end of a digest leads. Opening it changes nothing: programs that look through mail open links too. */
@ApiExcludeController()
@Public()
@Controller('digest/stop/:key')
export class DigestStopController {
  constructor(private readonly digests: Digests) {}

  @Get()
  async ask(@Param('key', { schema: Key }) key: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    sendStopPage(reply, request, WORDS, (await this.digests.isSubscribed(key)) ? `/digest/stop/${key}` : null);
  }

  /** The button, and the one click of mail programs (RFC 8058). */
  @Post() @HttpCode(200)
  async stop(@Param('key', { schema: Key }) key: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.digests.unsubscribe(key);
    sendStopPage(reply, request, WORDS, null);
  }
}
