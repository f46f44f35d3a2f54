import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Instant } from '../../contract/common.js';
import { SafetySettings } from '../../contract/safety.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { Safety } from '../lifecycle/safety.service.js';

const At = z.union([Instant, z.date()]).meta({ type: 'string', format: 'date-time' });
const BreakerView = z.object({
  state: z.enum(['open', 'closed']),
  reason: z.object({
    code: z.enum(['BY_HAND', 'ERROR_BUDGET']), measure: z.enum(['hard', 'complaint', 'block']).optional(), percent: z.number().optional(), limit: z.number().optional(), of: z.number().int().optional(),
    note: z.string().optional(), text: z.object({ en: z.string(), ko: z.string() }),
  }).nullable().meta({ description: 'Why it is open, or was last' }),
  by: z.string().nullable(), byName: z.string().nullable(), at: At.nullable(),
  closesAt: At.nullable().meta({ description: 'It opened by itself: it closes then and judges what is sent from then on. Null: only a person closes it' }),
}).meta({ id: 'WorkspaceBreaker' });
const OpenBreaker = z.strictObject({ note: z.string().trim().max(500).default('') }).default({ note: '' });

/** How fast and how many at once, and the switch that holds everything. */
@ApiTags('Rules of sending')
@Controller('v1')
export class SafetyController {
  constructor(private readonly safety: Safety) {}

  @Get('safety-settings') @AllowAll()
  @ApiOperation({ summary: 'What halts a ramp, how fast the workspace sends, when its breaker opens, and from how many people on a launch needs a second person' })
  @ApiOkResponse({ standardSchema: SafetySettings })
  read() {
    return this.safety.read();
  }

  @Put('safety-settings') @Allow()
  @ApiOperation({ summary: 'Replace them; launches that waited for a second person are asked anew' })
  @ApiOkResponse({ standardSchema: SafetySettings })
  put(@Body({ schema: SafetySettings }) settings: SafetySettings, @CurrentActor() actor: Actor) {
    return this.safety.put(settings, actor);
  }

  @Get('breaker') @AllowAll()
  @ApiOperation({ summary: 'Whether all sending but that of transactional campaigns is held, and why' })
  @ApiOkResponse({ standardSchema: BreakerView })
  breaker() {
    return this.safety.breaker();
  }

  @Post('breaker/open') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Hold everything but transactional campaigns at once, until somebody closes it' })
  @ApiOkResponse({ standardSchema: BreakerView })
  open(@Body({ schema: OpenBreaker }) { note }: z.infer<typeof OpenBreaker>, @CurrentActor() actor: Actor) {
    return this.safety.open(note, actor);
  }

  @Post('breaker/close') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Let messages go again' })
  @ApiOkResponse({ standardSchema: BreakerView })
  close(@CurrentActor() actor: Actor) {
    return this.safety.close(actor);
  }
}
