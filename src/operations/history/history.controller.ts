import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock } from '../../kernel/clock.js';
import { AllowAll } from '../../platform/http/access.js';
import { samplesBetween } from './history.store.js';
import { SPANS, type SpanHours } from './sample.js';

const MINUTE_MS = 60_000;
const HistoryQuery = z.object({ hours: z.enum(['3', '24', '168']).default('3').meta({ description: 'How far back: 3 by the minute, 24 by ten minutes, 168 by the hour' }) });
const HistoryView = z.object({
  minutes: z.number().int().meta({ description: 'Of each point' }), from: z.iso.datetime(), to: z.iso.datetime(),
  points: z.array(z.object({ at: z.iso.datetime(), values: z.record(z.string(), z.number()) })).meta({ description: 'The worst of each step by check or leg (`steps`, `eventToDecision.p99`), in the unit of the status; what could not be said is left out' }),
}).meta({ id: 'StatusHistory' });

/** The numbers of the status over the last hours. */
@ApiTags('Operations')
@Controller('v1/status/history')
export class StatusHistoryController {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'What the status measured over the last hours: ages of queues, times of messages, returns, results to be counted' })
  @ApiOkResponse({ standardSchema: HistoryView })
  async read(@Query({ schema: HistoryQuery }) query: z.infer<typeof HistoryQuery>): Promise<z.infer<typeof HistoryView>> {
    const hours = Number(query.hours) as SpanHours;
    const minutes = SPANS[hours];
    const step = minutes * MINUTE_MS;
    // The step that has begun is drawn as well.
    const to = new Date((Math.floor(this.clock.now().getTime() / step) + 1) * step);
    const from = new Date(to.getTime() - hours * 60 * MINUTE_MS);
    const points = await samplesBetween(this.db, { from, to, minutes });
    return { minutes, from: from.toISOString(), to: to.toISOString(), points: points.map(({ at, values }) => ({ at: at.toISOString(), values })) };
  }
}
