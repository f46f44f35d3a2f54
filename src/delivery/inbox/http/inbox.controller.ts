import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { PersonHandle } from '../../../contract/people.js';
import { PersonIdPipe } from '../../../people/http/person-id.pipe.js';
import { Allow, AllowAll } from '../../../platform/http/access.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf } from '../../../platform/http/paging.js';
import type { InboxAction } from '../domain/display.js';
import { Inbox } from '../inbox.service.js';
import { InboxActionName, InboxActionRequest, InboxList, InboxMessageView, InboxQuery } from './schemas.js';

@ApiTags('In-app messages')
@Controller('v1/people/:id/inbox')
export class InboxController {
  constructor(private readonly inbox: Inbox) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'In-app messages a person may see now, newest first, with the number unread' })
  @ApiOkResponse({ standardSchema: InboxList })
  async list(@Param('id', { schema: PersonHandle, pipes: [PersonIdPipe] }) id: string, @Query({ schema: InboxQuery }) { limit, after, displaying }: z.infer<typeof InboxQuery>) {
    const { messages, unread } = await this.inbox.list(id, { limit: limit + 1, after: cursorOf(after), displaying });
    return { ...pageOf(messages, limit, (last) => [last.createdAt.toISOString(), last.deliveryId]), unread };
  }

  @Post(':deliveryId/:action') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Say that a message was seen, opened, clicked, replied to or dismissed; saying it again changes nothing' })
  @ApiOkResponse({ standardSchema: InboxMessageView })
  record(
    @Param('id', { schema: PersonHandle, pipes: [PersonIdPipe] }) id: string,
    @Param('deliveryId', { schema: Id }) deliveryId: string,
    @Param('action', { schema: InboxActionName }) action: InboxAction,
    @Body({ schema: InboxActionRequest }) body: z.infer<typeof InboxActionRequest>,
  ) {
    return this.inbox.record(id, deliveryId, action, action === 'click' ? body?.button ?? null : null);
  }
}

function cursorOf(after: string | undefined): { at: string; deliveryId: string } | null {
  const parts = decodeCursor(after, INSTANT_AND_ID_KEY);
  return parts && { at: parts[0], deliveryId: parts[1] };
}
