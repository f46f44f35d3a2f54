import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Id } from '../../contract/common.js';
import { MigrationList, PublishPreview, RemainingView } from '../../contract/live-editing.js';
import { AllowAll } from '../../platform/http/access.js';
import { LiveEditing } from '../publishing/live-editing.service.js';
import { Remaining } from '../publishing/remaining.service.js';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class LiveEditingController {
  constructor(private readonly live: LiveEditing, private readonly remaining: Remaining) {}

  @Post('publish-preview')
  @HttpCode(200)
  @AllowAll()
  @ApiOperation({ summary: 'Say what publishing the draft would mean for people in flight: where they are, and what would become of them under each choice; changes nothing' })
  @ApiOkResponse({ standardSchema: PublishPreview })
  preview(@Param('id', { schema: Id }) id: string) {
    return this.live.preview(id);
  }

  @Get('migrations')
  @AllowAll()
  @ApiOperation({ summary: 'List what was chosen for people in flight at each publishing, newest first, with how many went which way' })
  @ApiOkResponse({ standardSchema: MigrationList })
  async list(@Param('id', { schema: Id }) id: string) {
    return { items: await this.live.list(id) };
  }

  @Get('remaining')
  @AllowAll()
  @ApiOperation({ summary: 'Say what is still under way: what stopping would take back, what has left, and until when the last people would be through' })
  @ApiOkResponse({ standardSchema: RemainingView })
  left(@Param('id', { schema: Id }) id: string) {
    return this.remaining.of(id);
  }
}
