import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, AllowAll } from '../../../platform/http/access.js';
import { MergeTagsService } from '../merge-tags.service.js';
import { Previews } from '../preview.service.js';
import { MergeTagsQuery, MergeTagsView, TagsRequest, TagsUsedView } from './merge-tag-schemas.js';
import { previewAnswer, PreviewAnswer, PreviewRequest } from './schemas.js';

@ApiTags('Messages')
@Controller('v1/messages')
export class PreviewsController {
  constructor(private readonly previews: Previews, private readonly tags: MergeTagsService) {}

  @Post('preview') @HttpCode(200) @Allow('marketer', 'analyst')
  @ApiOperation({ summary: 'Show a message as one person, or sample data, would get it; says what is wrong and writes nothing' })
  @ApiOkResponse({ standardSchema: PreviewAnswer })
  async preview(@Body({ schema: PreviewRequest }) request: PreviewRequest): Promise<PreviewAnswer> {
    return previewAnswer(await this.previews.preview(request));
  }

  @Get('merge-tags') @AllowAll()
  @ApiOperation({ summary: 'Everything a template may say: attributes of people with the share who have them, properties of the entry event, built-in values, helpers with examples' })
  @ApiOkResponse({ standardSchema: MergeTagsView })
  mergeTags(@Query({ schema: MergeTagsQuery }) { event }: MergeTagsQuery) {
    return this.tags.all(event);
  }

  @Post('tags') @HttpCode(200) @AllowAll()
  @ApiOperation({ summary: 'Which values, helpers and snippets a message names, and which values it can not do without' })
  @ApiOkResponse({ standardSchema: TagsUsedView })
  tagsUsed(@Body({ schema: TagsRequest }) { content }: TagsRequest) {
    return this.tags.usedBy(content);
  }
}
