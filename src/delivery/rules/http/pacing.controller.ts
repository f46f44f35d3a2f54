import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PacingSettings } from '../../../contract/pacing.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import type { z } from 'zod';
import { PacingPreview } from '../pacing-preview.service.js';
import { Pacing } from '../pacing.service.js';
import { PacingPreviewRequest, PersonPacing } from './pacing-schemas.js';

@ApiTags('Rules of sending')
@Controller('v1')
export class PacingController {
  constructor(private readonly pacing: Pacing, private readonly preview: PacingPreview) {}

  @Get('pacing') @AllowAll()
  @ApiOperation({ summary: 'How often and when people hear from this workspace: frequency caps and quiet hours' })
  @ApiOkResponse({ standardSchema: PacingSettings })
  read() {
    return this.pacing.read();
  }

  @Put('pacing') @Allow()
  @ApiOperation({ summary: 'Replace them; what waits is judged anew at once' })
  @ApiOkResponse({ standardSchema: PacingSettings })
  put(@Body({ schema: PacingSettings }) settings: PacingSettings, @CurrentActor() actor: Actor) {
    return this.pacing.put(settings, actor);
  }

  @Post('pacing/preview') @HttpCode(200) @AllowAll()
  @ApiOperation({ summary: 'What settings would mean for one person this week; nothing is saved' })
  @ApiOkResponse({ standardSchema: PersonPacing })
  try(@Body({ schema: PacingPreviewRequest }) { personId, settings }: z.infer<typeof PacingPreviewRequest>) {
    return this.preview.of(personId, settings);
  }

  @Get('people/:id/pacing') @AllowAll()
  @ApiOperation({ summary: 'What waits for one person and until when, and what caps and quiet hours meant for them this week' })
  @ApiOkResponse({ standardSchema: PersonPacing })
  of(@Param('id') id: string) {
    return this.preview.of(id);
  }
}
