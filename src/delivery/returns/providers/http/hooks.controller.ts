import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Id } from '../../../../contract/common.js';
import { Public } from '../../../../platform/http/access.js';
import { PROVIDERS, type Provider } from '../domain/provider.js';
import { HookRefused } from '../hook-request.js';
import { ProviderHooks } from '../hooks.service.js';
import { sentContentType } from '../../../../platform/http/raw-bodies.js';
import { HookAnswer } from './schemas.js';

const ProviderName = z.enum(PROVIDERS);

@ApiTags('Provider webhooks')
@Public()
@Controller('hooks')
export class HooksController {
  constructor(private readonly hooks: ProviderHooks) {}

  /** The path is also one of `RAW_ROUTES`, by which the body is read raw. */
  @Post(':provider/:connectionId') @HttpCode(200)
  @ApiOperation({ summary: 'Where a provider reports what became of our e-mail; proven by its signature, not by a key of ours' })
  @ApiConsumes('application/json', 'text/plain')
  @ApiOkResponse({ standardSchema: HookAnswer })
  async take(@Param('provider', { schema: ProviderName }) provider: Provider, @Param('connectionId', { schema: Id }) connectionId: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const header = (name: string): string => [request.headers[name]].flat()[0] ?? '';
    try {
      return { filed: await this.hooks.take({ provider, connectionId, body, contentType: sentContentType(request), header, ip: request.ip }) };
    } catch (error) {
      // Amazon SNS and others send the password of the address only when they are asked for it (RFC 9110, section 11.6.1).
      if (error instanceof HookRefused && error.reason === 'credentials') void reply.header('www-authenticate', 'Basic realm="Danbi", charset="UTF-8"');
      throw error;
    }
  }
}
