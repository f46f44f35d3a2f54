import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { InboxActAnswer, InboxAnswer, InboxEntry } from '../../../contract/visitor-wire.js';
import { displayMessage } from '../../../delivery/content/display-message.js';
import { Inbox, type InboxMessage } from '../../../delivery/inbox/inbox.service.js';
import { AppError } from '../../../kernel/errors.js';
import { WithWriteKey } from '../../../platform/http/access.js';
import { BROWSER_ROUTE } from '../../../platform/http/browser-transport.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf } from '../../../platform/http/paging.js';
import { Callers } from '../../caller/callers.service.js';
import { InboxActView, InboxAnswerView, readAct, readPage } from './schemas.js';

@ApiTags('Visitors')
@Controller('v1/inbox')
export class VisitorInboxController {
  constructor(private readonly callers: Callers, private readonly inbox: Inbox) {}

  @Post() @HttpCode(200) @RouteConfig(BROWSER_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'The inbox of whoever sits at this browser, newest first', description: 'Body: InboxRequest as text/plain, with a write key. A user who is not proven as the workspace asks has an empty inbox.' })
  @ApiOkResponse({ standardSchema: InboxAnswerView })
  async list(@Req() request: FastifyRequest): Promise<InboxAnswer> {
    const { personId, trusted, said } = await this.callers.read(request.body, request);
    const { n, after } = readPage(said);
    const key = decodeCursor(after, INSTANT_AND_ID_KEY);
    if (personId === null || !trusted) return { m: [], n: 0 };
    const { messages, unread } = await this.inbox.list(personId, { limit: n + 1, after: key && { at: key[0], deliveryId: key[1] }, displaying: false });
    const { items, next } = pageOf(messages, n, (last) => [last.createdAt.toISOString(), last.deliveryId]);
    return { m: items.map(entryOf), n: unread, ...(next === null ? {} : { next }) };
  }

  @Post('act') @HttpCode(200) @RouteConfig(BROWSER_ROUTE) @WithWriteKey()
  @ApiOperation({ summary: 'Say that a message of the inbox was seen, opened, clicked, replied to or dismissed', description: 'Body: InboxActRequest as text/plain, with a write key. Saying it again changes nothing.' })
  @ApiOkResponse({ standardSchema: InboxActView })
  async act(@Req() request: FastifyRequest): Promise<InboxActAnswer> {
    const { personId, trusted, said } = await this.callers.read(request.body, request);
    const { d, do: action, b } = readAct(said);
    if (!trusted) throw new AppError('identity.unproven', 'This user was not proven: send the hash or token that your workspace asks for.', 'forbidden');
    if (personId === null) throw new AppError('inbox.not-found', `There is no message ${d} for this visitor.`, 'not_found');
    const message = await this.inbox.record(personId, d, action, action === 'click' ? b ?? null : null);
    return { m: entryOf(message), n: await this.inbox.unread(personId) };
  }
}

function entryOf({ deliveryId, campaignId, content, createdAt, seenAt, engagedAt, dismissedAt }: InboxMessage): InboxEntry {
  return {
    d: deliveryId, t: createdAt.getTime(), ...(seenAt ? { s: 1 } : {}), ...(engagedAt ? { e: 1 } : {}), ...(dismissedAt ? { x: 1 } : {}),
    m: displayMessage(content, { campaignId, deliveryId }),
  };
}
