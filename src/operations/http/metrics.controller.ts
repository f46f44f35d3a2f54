import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AllowAll } from '../../platform/http/access.js';
import { Gauges } from '../gauges.js';

/** For Prometheus, from every process whatever its role; a server key of any role may read it. */
@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly gauges: Gauges) {}

  @Get() @AllowAll() @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Metrics of this process and of the installation, in the text format of Prometheus. It holds counts and names of queues, routes, workers and reasons, nothing of people' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.gauges.contentType);
    return this.gauges.text();
  }
}
