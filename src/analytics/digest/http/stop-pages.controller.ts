import { createHash } from 'node:crypto';
import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { acceptedLanguages } from '../../../kernel/language.js';
import { Public } from '../../../platform/http/access.js';
import { Digests } from '../digests.service.js';

const Key = z.uuid();
const STYLE = 'body{font:16px/1.6 system-ui,sans-serif;max-width:30rem;margin:10vh auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}';
const CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
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
    const isOn = await this.digests.isSubscribed(key);
    send(reply, request, ({ ask, button, done }) => (isOn ? `<p>${ask}</p><form method="post" action="/digest/stop/${key}"><button>${button}</button></form>` : `<p>${done}</p>`));
  }

  /** The button, and the one click of mail programs (RFC 8058). */
  @Post() @HttpCode(200)
  async stop(@Param('key', { schema: Key }) key: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.digests.unsubscribe(key);
    send(reply, request, ({ done }) => `<p>${done}</p>`);
  }
}

/** Nothing of the request but a checked id stands in the page. */
function send(reply: FastifyReply, request: FastifyRequest, body: (words: (typeof WORDS)['en']) => string): void {
  const language = acceptedLanguages(request.headers['accept-language'])[0]?.startsWith('ko') ? 'ko' : 'en';
  const words = WORDS[language];
  void reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CSP, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .send(`<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${words.title}</title><style>${STYLE}</style><h1>${words.title}</h1>${body(words)}</html>`);
}
