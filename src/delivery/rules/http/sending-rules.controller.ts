import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { SendingRules } from '../rules.service.js';
import { SendingRuleList, SendingRulesPatch } from './schemas.js';

@ApiTags('Rules of sending')
@Controller('v1/sending-rules')
export class SendingRulesController {
  constructor(private readonly rules: SendingRules) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Every rule of sending: what it does, where it comes from, whether it is on here and why' })
  @ApiOkResponse({ standardSchema: SendingRuleList })
  list() {
    return this.rules.list();
  }

  @Patch() @Allow()
  @ApiOperation({ summary: 'Switch rules and set their parameters' })
  @ApiOkResponse({ standardSchema: SendingRuleList })
  change(@Body({ schema: SendingRulesPatch }) { rules }: z.infer<typeof SendingRulesPatch>, @CurrentActor() actor: Actor) {
    return this.rules.change(rules, actor);
  }
}
