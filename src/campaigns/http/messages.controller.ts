import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { CampaignSummaryView } from '../../contract/campaign-api.js';
import { CHANNELS } from '../../contract/message.js';
import { AllowAll } from '../../platform/http/access.js';
import { DateTime } from '../../platform/http/date-time.js';
import { CursorInstant, decodeCursor, pageOf, PageQuery } from '../../platform/http/paging.js';
import { listMessages, type MessageRow } from '../store/messages.store.js';

const MessagesQuery = PageQuery.extend({ q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the name of campaign, step or variant, or of the subject' }), channel: z.enum(CHANNELS).optional(), state: CampaignSummaryView.shape.state.optional() });
const Place = z.number().int().min(0).max(100_000);
const CURSOR = z.tuple([CursorInstant, z.uuid(), Place, Place]);

const MessageView = z.object({
  campaign: CampaignSummaryView.pick({ id: true, name: true, type: true, state: true }),
  stepId: z.string(), stepName: z.string(), channel: z.enum(CHANNELS),
  variant: z.string().nullable().meta({ description: 'Null for what follows a message without success: a rung of its ladder, or the e-mail that follows an in-app message nobody saw' }),
  rung: z.number().int().nullable().meta({ description: 'Which way of its ladder, from 2 on; null for the message itself' }), variantName: z.string(),
  title: z.string().meta({ description: 'Subject or title; empty when it is not written yet' }),
  languages: z.array(z.string()).meta({ description: 'The language of the message itself first' }), snippets: z.array(z.string()), updatedAt: DateTime,
}).meta({ id: 'ListedMessage' });
const MessagePage = z.object({ items: z.array(MessageView), next: z.string().nullable() }).meta({ id: 'MessagePage' });

const shown = ({ cursorAt: _at, step: _step, place: _place, ...message }: MessageRow) => message;

@ApiTags('Messages')
@Controller('v1/messages')
export class MessagesController {
  constructor(private readonly db: DataSource) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List every variant of every message in the drafts of campaigns, those changed last first' })
  @ApiOkResponse({ standardSchema: MessagePage })
  async list(@Query({ schema: MessagesQuery }) { after, ...query }: z.infer<typeof MessagesQuery>) {
    const page = pageOf(await listMessages(this.db, { ...query, after: decodeCursor(after, CURSOR) }), query.limit, (last) => [last.cursorAt, last.campaign.id, last.step, last.place]);
    return { ...page, items: page.items.map(shown) };
  }
}
