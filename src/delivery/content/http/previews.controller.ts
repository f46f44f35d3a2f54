import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../platform/http/access.js';
import { Previews } from '../preview.service.js';
import { PreviewAnswer, PreviewRequest } from './schemas.js';

@ApiTags('Messages')
@Controller('v1/messages')
export class PreviewsController {
  constructor(private readonly previews: Previews) {}

  @Post('preview') @HttpCode(200) @Allow('marketer', 'analyst')
  @ApiOperation({ summary: 'Show a message as one person, or sample data, would get it; says what is wrong and writes nothing' })
  @ApiOkResponse({ standardSchema: PreviewAnswer })
  async preview(@Body({ schema: PreviewRequest }) request: PreviewRequest): Promise<PreviewAnswer> {
    const { email, ...rest } = await this.previews.preview(request);
    if (!email) return { ...rest, email: null };
    const { listUnsubscribeUrl: _, ...shown } = email;
    return { ...rest, email: { ...shown, bytes: Buffer.byteLength(email.html) } };
  }
}
