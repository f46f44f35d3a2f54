import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { AllowAll } from '../../../platform/http/access.js';
import { lastVisit } from '../store/last-visit.store.js';

const LastVisitView = z.object({
  visit: z.object({ at: z.date().meta({ type: 'string', format: 'date-time' }), url: z.string().nullable() }).nullable().meta({ description: 'Null: none of the last 1,000 page views came from the browser SDK' }),
}).meta({ id: 'LastVisit' });

/** Whether the snippet is on a page: the first page view says so. */
@ApiTags('Visitors')
@Controller('v1/site-settings/last-visit')
export class LastVisitController {
  constructor(private readonly db: DataSource) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'The latest page view that the browser SDK told: whether the snippet is on a page' })
  @ApiOkResponse({ standardSchema: LastVisitView })
  async read() {
    return { visit: await lastVisit(this.db) };
  }
}
