import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { pageOf } from '../../../platform/http/paging.js';
import { Outgoing } from '../outgoing.service.js';
import { OutgoingList, OutgoingQuery, OutgoingRedelivered, SubscriptionAnswer, SubscriptionRequest } from './schemas.js';

@ApiTags('Webhooks')
@Controller('v1/webhook-endpoints/:id')
export class OutgoingController {
  constructor(private readonly outgoing: Outgoing) {}

  @Get('subscription') @AllowAll()
  @ApiOperation({ summary: 'What of messages this endpoint hears' }) @ApiOkResponse({ standardSchema: SubscriptionAnswer })
  async get(@Param('id', { schema: Id }) id: string) {
    return { subscription: await this.outgoing.get(id) };
  }

  @Put('subscription') @Allow('owner')
  @ApiOperation({ summary: 'Tell this endpoint what becomes of messages, from now on' }) @ApiOkResponse({ standardSchema: SubscriptionAnswer })
  async put(@Param('id', { schema: Id }) id: string, @Body({ schema: SubscriptionRequest }) request: z.infer<typeof SubscriptionRequest>, @CurrentActor() actor: Actor) {
    return { subscription: await this.outgoing.put(id, request, actor) };
  }

  @Delete('subscription') @HttpCode(204) @Allow('owner')
  @ApiOperation({ summary: 'Tell it nothing more; what waits is not posted' }) @ApiNoContentResponse({ description: 'It hears nothing more.' })
  async remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.outgoing.remove(id, actor);
  }

  @Get('events') @Allow('marketer')
  @ApiOperation({ summary: 'Events of the last thirty days, newest first, with their bodies' }) @ApiOkResponse({ standardSchema: OutgoingList })
  async events(@Param('id', { schema: Id }) id: string, @Query({ schema: OutgoingQuery }) { limit, after, state }: z.infer<typeof OutgoingQuery>) {
    return pageOf(await this.outgoing.events(id, { state: state ?? null, limit: limit + 1, before: instantAndId(after) }), limit, (last) => [last.madeAt.toISOString(), last.id]);
  }

  @Post('events/redeliver') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Post every event that was given up again, each under its id' }) @ApiOkResponse({ standardSchema: OutgoingRedelivered })
  async redeliverAll(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return { redelivered: await this.outgoing.redeliver(id, null, actor) };
  }

  @Post('events/:eventId/redeliver') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Post one event again under its id' }) @ApiOkResponse({ standardSchema: OutgoingRedelivered })
  async redeliver(@Param('id', { schema: Id }) id: string, @Param('eventId', { schema: Id }) eventId: string, @CurrentActor() actor: Actor) {
    return { redelivered: await this.outgoing.redeliver(id, eventId, actor) };
  }
}
