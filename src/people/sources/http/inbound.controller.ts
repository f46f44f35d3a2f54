import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Id } from '../../../contract/common.js';
import { Public } from '../../../platform/http/access.js';
import { InboundSources } from '../inbound.service.js';
import { TakenView } from './schemas.js';

@ApiTags('Sources')
@Public()
@Controller('in')
export class InboundController {
  constructor(private readonly inbound: InboundSources) {}

  /** The path is also one of `RAW_ROUTES`, by which the body is read raw. */
  @Post(':sourceId') @HttpCode(200)
  @ApiOperation({ summary: 'Where another system sends what happens there; proven by its signature, not by a key of ours' })
  @ApiConsumes('application/json')
  @ApiOkResponse({ standardSchema: TakenView })
  async take(@Param('sourceId', { schema: Id }) sourceId: string, @Req() request: FastifyRequest) {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat()[0] ?? '']])));
    return { success: true as const, new: await this.inbound.take({ sourceId, body, header: (name) => headers[name] ?? '', headers, ip: request.ip }) };
  }
}
