import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowAll } from '../../platform/http/access.js';
import { ReleaseReader } from '../release.js';

const Names = z.array(z.string());
const ReleaseView = z.object({
  version: z.string(), node: z.string(),
  database: z.object({
    version: z.string().meta({ description: 'Of PostgreSQL' }), applied: z.number().int().meta({ description: 'Migrations' }), last: z.string().nullable(),
    waiting: Names.meta({ description: 'Migrations this release knows that are not applied' }), unknown: Names.meta({ description: 'Applied by another, newer release' }),
  }),
}).meta({ id: 'Release' });

/** What runs. */
@ApiTags('Operations')
@Controller('v1/status/release')
export class ReleaseController {
  constructor(private readonly release: ReleaseReader) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'The release that answers, and the state of the schema it works on' })
  @ApiOkResponse({ standardSchema: ReleaseView })
  read(): Promise<z.infer<typeof ReleaseView>> {
    return this.release.read();
  }
}
