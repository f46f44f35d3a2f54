import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowAll } from '../../platform/http/access.js';
import { VERSION } from '../../platform/version.js';
import { CHECKS, LEVELS } from '../domain/status.js';
import { worded } from '../domain/words.js';
import { StatusReader } from '../status.service.js';

const At = z.iso.datetime();
const Words = z.object({ en: z.string(), ko: z.string() });
const SpansView = z.object({ count: z.number().int(), p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() }).meta({ id: 'LatencySpans', description: 'Seconds' });
const StatusView = z.object({
  at: At, version: z.string(), level: z.enum(LEVELS),
  findings: z.array(z.object({
    check: z.enum(CHECKS), level: z.enum(LEVELS), name: Words, whatToDo: Words.nullable(),
    value: z.number().nullable().meta({ description: 'null: too little to say' }), warn: z.number(), bad: z.number(), unit: z.enum(['seconds', 'share', 'people', 'messages']),
  })),
  queues: z.array(z.object({ queue: z.string(), due: z.number().int().meta({ description: 'Counted up to 100,000 a campaign' }), oldestAt: At.nullable() })),
  latencies: z.object({ eventToDecision: SpansView, decisionToHandover: SpansView, handoverToDelivered: SpansView }).meta({ description: 'Of the latest 2,000 messages of an hour' }),
  day: z.object({ sent: z.number().int(), bounced: z.number().int(), complained: z.number().int(), unsubscribed: z.number().int() }).meta({ description: 'The last 24 hours' }),
  results: z.object({ pending: z.number().int(), workedAt: At.nullable() }),
  campaigns: z.object({ active: z.number().int(), paused: z.number().int() }),
  connections: z.object({ used: z.number().int(), allowed: z.number().int() }),
}).meta({ id: 'OperationsStatus' });

/** How the installation is, in words and numbers. */
@ApiTags('Operations')
@Controller('v1/status')
export class StatusController {
  constructor(private readonly status: StatusReader) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Queues, times from event to delivery, returns of a day, and a verdict for each with what to do' })
  @ApiOkResponse({ standardSchema: StatusView })
  async read(): Promise<z.infer<typeof StatusView>> {
    const { at, level, findings, backlogs, latencies, day, upkeep } = await this.status.read();
    return {
      at: at.toISOString(), version: VERSION, level, findings: findings.map(worded), day,
      queues: backlogs.map(({ queue, due, oldestAt }) => ({ queue, due, oldestAt: oldestAt?.toISOString() ?? null })),
      latencies: { eventToDecision: latencies.event_to_decision, decisionToHandover: latencies.decision_to_handover, handoverToDelivered: latencies.handover_to_delivered },
      results: { pending: upkeep.resultsPending, workedAt: upkeep.resultsAt?.toISOString() ?? null }, campaigns: upkeep.campaigns, connections: upkeep.connections,
    };
  }
}
