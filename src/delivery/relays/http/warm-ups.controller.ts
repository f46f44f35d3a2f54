import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { WarmUps } from '../warm-ups.service.js';
import { WarmUpList, WarmUpName, WarmUpRequest, WarmUpScope, WarmUpView } from './warm-up.schemas.js';

@ApiTags('Sending')
@Allow('owner')
@Controller('v1/warm-ups')
export class WarmUpsController {
  constructor(private readonly warmUps: WarmUps) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List warm-up plans with what today allows and has used' })
  @ApiOkResponse({ standardSchema: WarmUpList })
  async list() {
    return { items: await this.warmUps.list() };
  }

  @Put(':scope/:key')
  @ApiOperation({ summary: 'Let the volume of a relay or sending domain grow by a plan; marketing e-mail above it waits until tomorrow' })
  @ApiOkResponse({ standardSchema: WarmUpView })
  put(@Param('scope', { schema: WarmUpScope }) scope: 'relay' | 'domain', @Param('key', { schema: WarmUpName }) key: string, @Body({ schema: WarmUpRequest }) plan: z.infer<typeof WarmUpRequest>, @CurrentActor() actor: Actor) {
    return this.warmUps.put({ scope, key }, plan, actor);
  }

  @Delete(':scope/:key') @HttpCode(204)
  @ApiOperation({ summary: 'End a warm-up: no limit from now on' })
  @ApiNoContentResponse()
  remove(@Param('scope', { schema: WarmUpScope }) scope: 'relay' | 'domain', @Param('key', { schema: WarmUpName }) key: string, @CurrentActor() actor: Actor) {
    return this.warmUps.remove({ scope, key }, actor);
  }
}
