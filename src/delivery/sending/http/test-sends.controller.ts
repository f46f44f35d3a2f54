import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { EmailContent } from '../../../contract/message.js';
import { Allow, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { LintView, readerShape, topicShape } from '../../content/http/schemas.js';
import { TestSends } from '../test-sends.js';

const TestSendRequest = z.strictObject({ content: EmailContent, to: z.array(z.email().max(320)).min(1).max(10), ...readerShape, ...topicShape }).meta({ id: 'TestSendRequest' });
const TestSendAnswer = z.object({
  language: z.string().nullable(),
  lint: z.array(LintView),
  items: z.array(z.object({ address: z.string(), verdict: z.enum(['accepted', 'refused', 'deferred', 'uncertain', 'unreachable']), answer: z.string().meta({ description: 'The words of the relay' }) })),
}).meta({ id: 'TestSendAnswer' });

@ApiTags('Messages')
@Controller('v1/messages')
export class TestSendsController {
  constructor(private readonly sends: TestSends) {}

  @Post('test-send') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Send a message to up to ten addresses as one person would get it, marked as a test; nothing of it is counted' })
  @ApiOkResponse({ standardSchema: TestSendAnswer })
  send(@Body({ schema: TestSendRequest }) request: z.infer<typeof TestSendRequest>, @CurrentActor() actor: Actor) {
    return this.sends.send(request, actor);
  }
}
