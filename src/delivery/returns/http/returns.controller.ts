import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { AppError } from '../../../kernel/errors.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { pageOf } from '../../../platform/http/paging.js';
import { Returns } from '../returns.service.js';
import { FiledMail, ReturnDecision, ReturnDetail, ReturnPage, ReturnRates, ReturnRatesQuery, ReturnsQuery } from './schemas.js';

/** What came back about messages, and what a person has to decide. */
@ApiTags('Returns')
@Controller('v1')
export class ReturnsController {
  constructor(private readonly returns: Returns) {}

  @Get('returns') @AllowAll()
  @ApiOperation({ summary: 'List reports about sent messages, newest first; `state=review` waits for a person' })
  @ApiOkResponse({ standardSchema: ReturnPage })
  async list(@Query({ schema: ReturnsQuery }) { limit, after, state, source }: z.infer<typeof ReturnsQuery>) {
    const found = await this.returns.list({ state: state ?? null, source: source ?? null, limit: limit + 1, before: instantAndId(after) });
    return pageOf(found, limit, (last) => [last.receivedAt.toISOString(), last.id]);
  }

  @Get('returns/:id') @AllowAll()
  @ApiOperation({ summary: 'One report, with its raw text' })
  @ApiOkResponse({ standardSchema: ReturnDetail })
  one(@Param('id', { schema: Id }) id: string) {
    return this.returns.one(id);
  }

  @Post('returns/:id/classify') @Allow('marketer') @HttpCode(204)
  @ApiOperation({ summary: 'Say what a report in review means' })
  @ApiNoContentResponse()
  classify(@Param('id', { schema: Id }) id: string, @Body({ schema: ReturnDecision }) decision: z.infer<typeof ReturnDecision>, @CurrentActor() actor: Actor) {
    return this.returns.classify(id, decision, actor);
  }

  @Post('returns/:id/retry') @Allow('marketer') @HttpCode(204)
  @ApiOperation({ summary: 'Read a report in review, or one that failed, once more' })
  @ApiNoContentResponse()
  retry(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.returns.retry(id, actor);
  }

  @Get('return-rates') @AllowAll()
  @ApiOperation({ summary: 'Bounces and complaints of the e-mail sent in a period, by campaign and recipient domain' })
  @ApiOkResponse({ standardSchema: ReturnRates })
  async rates(@Query({ schema: ReturnRatesQuery }) { from, to, campaignId, limit }: z.infer<typeof ReturnRatesQuery>) {
    return { items: await this.returns.rates({ from: new Date(from), to: new Date(to), campaignId: campaignId ?? null, limit }) };
  }

  @Post('inbound-mails') @Allow('marketer') @HttpCode(202)
  @ApiOperation({ summary: 'Hand over a raw bounce or complaint (message/rfc822, at most 10 MB), for mail servers that pipe' })
  @ApiConsumes('message/rfc822')
  @ApiOkResponse({ standardSchema: FiledMail })
  async file(@Req() request: FastifyRequest) {
    if (!Buffer.isBuffer(request.body) || request.body.length === 0) throw new AppError('returns.mail', 'Send the raw mail as message/rfc822.', 'invalid', [{ path: 'body', code: 'returns.mail', message: 'must be message/rfc822' }]);
    const id = await this.returns.file(request.body);
    return { id, filed: id !== null };
  }
}
