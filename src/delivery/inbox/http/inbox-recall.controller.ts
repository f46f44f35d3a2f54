import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { Inbox } from '../inbox.service.js';
import { RecallAnswer, RecallRequest } from './schemas.js';

@ApiTags('In-app messages')
@Controller('v1/inbox')
export class InboxRecallController {
  constructor(private readonly inbox: Inbox) {}

  @Post('recall') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Take back one in-app message, or all of a campaign: they leave inboxes at once' })
  @ApiOkResponse({ standardSchema: RecallAnswer })
  recall(@Body({ schema: RecallRequest }) scope: z.infer<typeof RecallRequest>, @CurrentActor() actor: Actor) {
    return this.inbox.recall(scope, actor);
  }
}
