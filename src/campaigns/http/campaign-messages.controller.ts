import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../contract/common.js';
import { previewAnswer } from '../../delivery/content/http/schemas.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { CampaignMessages } from '../campaign-messages.service.js';
import { idAfter, pageOf, PageQuery } from '../../platform/http/paging.js';
import { Coverage } from '../lifecycle/coverage.service.js';
import { CampaignPreviewAnswer, CampaignPreviewRequest, CoverageGroupId, CoveragePeople, CoverageRequest, CoverageView } from './message-schemas.js';

/** The messages of a draft, looked at before they are published. */
@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class CampaignMessagesController {
  constructor(private readonly messages: CampaignMessages, private readonly coverage: Coverage) {}

  @Post('preview') @HttpCode(200) @Allow('marketer', 'analyst')
  @ApiOperation({ summary: 'Show every message and variant of the draft as one person would get it; writes nothing' })
  @ApiOkResponse({ standardSchema: CampaignPreviewAnswer })
  async preview(@Param('id', { schema: Id }) id: string, @Body({ schema: CampaignPreviewRequest }) request: CampaignPreviewRequest) {
    const shown = await this.messages.preview(id, request);
    return { items: shown.map(({ stepId, variant, channel, preview }) => ({ stepId, variant, channel, ...previewAnswer(preview) })) };
  }

  @Post('coverage') @Allow('marketer')
  @ApiOperation({ summary: 'Make every message of the draft for its whole audience, in the background, and gather what is wrong; sends nothing' })
  @ApiCreatedResponse({ standardSchema: CoverageView })
  start(@Param('id', { schema: Id }) id: string, @Body({ schema: CoverageRequest }) { subjectLength }: z.infer<typeof CoverageRequest>, @CurrentActor() actor: Actor) {
    return this.coverage.start(id, subjectLength, actor);
  }

  @Get('coverage') @AllowAll()
  @ApiOperation({ summary: 'How far the looking has come and what was found, by kind, message, variant and language' })
  @ApiOkResponse({ standardSchema: CoverageView })
  report(@Param('id', { schema: Id }) id: string) {
    return this.coverage.report(id);
  }

  @Delete('coverage') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Stop looking; what was found stays' })
  @ApiOkResponse({ standardSchema: CoverageView })
  cancel(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.coverage.cancel(id, actor);
  }

  @Get('coverage/groups/:group/people') @AllowAll()
  @ApiOperation({ summary: 'Whom one problem concerns, the first 10,000 of them' })
  @ApiOkResponse({ standardSchema: CoveragePeople })
  async people(@Param('id', { schema: Id }) id: string, @Param('group', { schema: CoverageGroupId }) group: string, @Query({ schema: PageQuery }) { after, limit }: PageQuery) {
    return pageOf(await this.coverage.people(id, group, idAfter(after), limit + 1), limit, (last) => [last.id]);
  }
}
