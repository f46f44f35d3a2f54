import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { DateTime } from '../../platform/http/date-time.js';
import { SampleData } from '../sample-data.service.js';

const State = z.object({
  state: z.enum(['none', 'making', 'there', 'removing']),
  people: z.object({ done: z.number().int(), total: z.number().int() }).meta({ description: 'How many of them are there now' }),
  requestedBy: z.string().nullable(), requestedAt: DateTime.nullable(),
}).meta({ id: 'SampleData' });

@ApiTags('Sample data')
@Controller('v1/sample-data')
export class SampleController {
  constructor(private readonly samples: SampleData) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Whether sample people are there, and how far their making or removing has come' })
  @ApiOkResponse({ standardSchema: State })
  state() {
    return this.samples.state();
  }

  @Post() @Allow('marketer') @HttpCode(202)
  @ApiOperation({ summary: 'Make 200 sample people with a history of 90 days; each has the tag "sample" and an address that can never exist' })
  @ApiAcceptedResponse({ standardSchema: State })
  make(@CurrentActor() actor: Actor) {
    return this.samples.make(actor);
  }

  @Delete() @Allow('marketer') @HttpCode(202)
  @ApiOperation({ summary: 'Remove the sample people, their events, and what campaigns did to them; real people are never touched' })
  @ApiAcceptedResponse({ standardSchema: State })
  remove(@CurrentActor() actor: Actor) {
    return this.samples.remove(actor);
  }
}
