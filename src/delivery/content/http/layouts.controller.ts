import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowAll } from '../../../platform/http/access.js';
import { listLayouts } from '../layouts.js';

const LayoutList = z.object({ items: z.array(z.object({ key: z.string() })) }).meta({ id: 'LayoutList' });

@ApiTags('Messages')
@Controller('v1/messages/layouts')
export class LayoutsController {
  @Get() @AllowAll()
  @ApiOperation({ summary: 'List the layouts that an e-mail can have' })
  @ApiOkResponse({ standardSchema: LayoutList })
  async list() {
    return { items: (await listLayouts()).map((key) => ({ key })) };
  }
}
