import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Key } from '../../../contract/common.js';
import { EmailContent, InAppContent } from '../../../contract/message.js';
import { AllowAll } from '../../../platform/http/access.js';
import { STARTER_LANGUAGES, Starters } from '../starters.service.js';

const said = z.object({ en: z.string(), ko: z.string() });
const line = { key: z.string(), name: said, description: said };
const StarterList = z.object({ items: z.array(z.object({ ...line, channel: z.enum(['email', 'in_app']) })) }).meta({ id: 'StarterList' });
const whole = { ...line, sample: z.object({ person: z.record(z.string(), z.unknown()), event: z.record(z.string(), z.unknown()).optional() }) };
const StarterView = z.discriminatedUnion('channel', [z.object({ ...whole, channel: z.literal('email'), content: EmailContent }), z.object({ ...whole, channel: z.literal('in_app'), content: InAppContent })]).meta({ id: 'Starter' });
const StarterQuery = z.object({ language: z.enum(STARTER_LANGUAGES).default('en').meta({ description: 'The language of the message itself; the other becomes its translation' }) });

@ApiTags('Messages')
@Controller('v1/starters')
export class StartersController {
  constructor(private readonly starters: Starters) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List messages to begin with' })
  @ApiOkResponse({ standardSchema: StarterList })
  async list() {
    return { items: await this.starters.list() };
  }

  @Get(':key') @AllowAll()
  @ApiOperation({ summary: 'One message to begin with, in English and Korean, ready to be the content of a draft, with sample data' })
  @ApiOkResponse({ standardSchema: StarterView })
  one(@Param('key', { schema: Key }) key: string, @Query({ schema: StarterQuery }) { language }: z.infer<typeof StarterQuery>) {
    return this.starters.one(key, language);
  }
}
