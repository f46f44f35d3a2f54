import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id } from '../../contract/common.js';
import { previewAnswer } from '../../delivery/content/http/schemas.js';
import { Allow } from '../../platform/http/access.js';
import { CampaignMessages } from '../campaign-messages.service.js';
import { CampaignPreviewAnswer, CampaignPreviewRequest } from './message-schemas.js';

/** The messages of a draft, looked at before they are published. */
@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class CampaignMessagesController {
  constructor(private readonly messages: CampaignMessages) {}

  @Post('preview') @HttpCode(200) @Allow('marketer', 'analyst')
  @ApiOperation({ summary: 'Show every message and variant of the draft as one person would get it; writes nothing' })
  @ApiOkResponse({ standardSchema: CampaignPreviewAnswer })
  async preview(@Param('id', { schema: Id }) id: string, @Body({ schema: CampaignPreviewRequest }) request: CampaignPreviewRequest) {
    const shown = await this.messages.preview(id, request);
    return { items: shown.map(({ stepId, variant, channel, preview }) => ({ stepId, variant, channel, ...previewAnswer(preview) })) };
  }
}
