import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { CampaignFilter, CampaignSummaryView } from '../../../contract/campaign-api.js';
import { AllowAll } from '../../../platform/http/access.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { Drafts } from '../../publishing/drafts.service.js';
import { autoSummaries } from '../store/auto-list.store.js';

const AutoMessageFilter = PageQuery.extend(CampaignFilter.omit({ type: true }).shape);
const AutoMessageList = z.object({
  items: z.array(CampaignSummaryView.extend({
    pages: z.array(z.string()).meta({ description: 'Patterns of the pages it is displayed on, as in the draft; none stands for every page' }),
    trigger: z.object({ type: z.string(), seconds: z.number().optional(), percent: z.number().optional(), event: z.string().optional() }).nullable(),
    format: z.string().nullable(),
    shown: z.number().int().meta({ description: 'Displays so far, as far as results were worked off' }),
    clicked: z.number().int(),
  })),
  next: z.string().nullable(),
}).meta({ id: 'AutoMessageList' });

/** Auto messages are campaigns; this is the list that says what one wants to know of them at a glance. */
@ApiTags('Campaigns')
@Controller('v1/auto-messages')
export class AutoMessagesController {
  constructor(private readonly db: DataSource, private readonly drafts: Drafts) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List auto messages, newest first, with where and when they are displayed and how often they were' })
  @ApiOkResponse({ standardSchema: AutoMessageList })
  async list(@Query({ schema: AutoMessageFilter }) { after, ...query }: z.infer<typeof AutoMessageFilter>) {
    const cursor = decodeCursor(after, INSTANT_AND_ID_KEY);
    const page = pageOf(await this.drafts.list({ ...query, type: 'auto_message', after: cursor && { key: cursor[0], id: cursor[1] } }), query.limit, (last) => [last.cursorKey, last.id]);
    const known = new Map((await autoSummaries(this.db, page.items.map(({ id }) => id))).map((one) => [one.id, one]));
    return { ...page, items: page.items.map(({ cursorKey: _place, ...campaign }) => ({ ...campaign, ...known.get(campaign.id)! })) };
  }
}
