import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { WithWriteKey } from '../../../platform/http/access.js';
import { BROWSER_ROUTE } from '../../../platform/http/browser-transport.js';
import { Boots } from '../boot.service.js';
import { Callers, type VerifiedCaller } from '../../caller/callers.service.js';
import { isKnown, tagOf } from '../domain/boot-answer.js';
import type { BootAnswer } from '../../../contract/visitor-wire.js';

const compress = promisify<Buffer, Buffer>(gzip);
/** Bytes from which packing an answer saves a packet. */
const WORTH_PACKING = 1_000;
/** `BootAnswer` of contract/visitor-wire.ts; the SDK reads it, nobody else needs its one-letter names. */
const BootView = z.record(z.string(), z.unknown()).meta({ id: 'BootAnswer', description: 'Site settings, rules of auto messages, in-app messages that wait, the number unread, a ticket for the stream' });
const Anonymous = z.object({ k: z.string().max(300), a: z.string().max(256) });

@ApiTags('Visitors')
@Controller('v1/boot')
export class BootController {
  constructor(private readonly callers: Callers, private readonly boots: Boots) {}

  @Post() @HttpCode(200) @RouteConfig(BROWSER_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'What a browser needs to begin', description: 'Body: BootRequest as text/plain, with a write key. 304 when the ETag in `e` is still right. Says nothing about a user who is not proven as the workspace asks.' })
  @ApiOkResponse({ standardSchema: BootView })
  post(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.boot(request, reply, () => this.callers.read(request.body, request, { create: 'users' }));
  }

  @Get() @RouteConfig(BROWSER_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'The same for an anonymous visitor', description: 'Key and anonymous id as query parameters; users and proofs have no place in an address.' })
  @ApiOkResponse({ standardSchema: BootView })
  get(@Query({ schema: Anonymous }) { k, a }: z.infer<typeof Anonymous>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.boot(request, reply, async () => {
      const caller = await this.callers.read(JSON.stringify({ k, a }), request);
      return { ...caller, trusted: caller.trusted && !caller.identified };
    });
  }

  private async boot(request: FastifyRequest, reply: FastifyReply, read: () => Promise<VerifiedCaller>): Promise<void> {
    const caller = await read();
    const answer = await this.boots.answer(caller, request.headers.origin);
    const tag = tagOf(answer);
    void reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'Origin, Accept-Encoding');
    const kept = typeof caller.said.e === 'string' ? caller.said.e : request.headers['if-none-match'];
    if (isKnown(kept, tag)) return void reply.status(304).send();
    const body = Buffer.from(JSON.stringify({ ...answer, e: tag.slice(1, -1) } satisfies BootAnswer));
    void reply.type('application/json; charset=utf-8');
    if (body.length < WORTH_PACKING || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return void reply.send(body);
    await reply.header('content-encoding', 'gzip').send(await compress(body));
  }
}
