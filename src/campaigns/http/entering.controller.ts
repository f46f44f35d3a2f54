import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { EnterHeader, EnterRequest, EnterSummary } from '../../contract/campaign-enter.js';
import { Id } from '../../contract/common.js';
import { AppError } from '../../kernel/errors.js';
import { Allow, CurrentActor, type Actor } from '../../platform/http/access.js';
import { Entering } from '../entry/entering.service.js';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id/enter')
export class EnteringController {
  constructor(private readonly entering: Entering) {}

  @Post()
  @HttpCode(200)
  @Allow('marketer')
  @ApiOperation({ summary: 'Let people into a series with the entry "api"', description: 'Up to 5,000 people, through the gates of entry, all or nothing. With an `Idempotency-Key`, or a `requestId` for each row, it may be sent again.' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Up to 100 visible characters' })
  @ApiOkResponse({ standardSchema: EnterSummary })
  enter(@Param('id', { schema: Id }) campaignId: string, @Body({ schema: EnterRequest }) { people }: z.infer<typeof EnterRequest>, @Headers('idempotency-key') key: string | undefined, @CurrentActor() actor: Actor) {
    const request = EnterHeader.safeParse(key);
    if (!request.success) throw new AppError('enter.bad-idempotency-key', 'Idempotency-Key must have 1 to 100 visible characters.');
    return this.entering.enter(campaignId, people, request.data, actor);
  }
}
