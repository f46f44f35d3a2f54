import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { LiveEvents as LiveEventsView, LiveQuery } from '../../contract/live-events.js';
import { EventNames, RejectedEventPage } from '../../contract/people.js';
import { AllowAll } from '../../platform/http/access.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf, PageQuery } from '../../platform/http/paging.js';
import { LiveEvents } from '../live/live-events.service.js';
import { listEventNames, listRejections } from '../store/people-read.store.js';

@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly db: DataSource, private readonly live: LiveEvents) {}

  @Get('names') @AllowAll()
  @ApiOperation({ summary: 'Every event name with its count and when it last occurred' }) @ApiOkResponse({ standardSchema: EventNames })
  async names() {
    return { items: await listEventNames(this.db) };
  }

  @Get('live') @AllowAll()
  @ApiOperation({ summary: 'Events as they come in, stored and refused, newest first; ask again every few seconds' }) @ApiOkResponse({ standardSchema: LiveEventsView })
  async arriving(@Query({ schema: LiveQuery }) { since, name, person }: z.infer<typeof LiveQuery>) {
    const { at, items, ...rest } = await this.live.since(since === undefined ? null : new Date(since), { name, person });
    return { at: at.toISOString(), items: items.map((one) => ({ ...one, at: one.at.toISOString(), occurredAt: one.occurredAt?.toISOString() ?? null })), ...rest };
  }

  @Get('rejected') @AllowAll()
  @ApiOperation({ summary: 'Events refused in the last seven days and why, newest first' }) @ApiOkResponse({ standardSchema: RejectedEventPage })
  async rejected(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    return pageOf(await listRejections(this.db, { limit, after: decodeCursor(after, INSTANT_AND_ID_KEY) }), limit, (last) => [last.at, last.id]);
  }
}
