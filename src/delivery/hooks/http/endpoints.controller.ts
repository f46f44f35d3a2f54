import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { idAfter, PageQuery, pageOf } from '../../../platform/http/paging.js';
import { DeadLetters } from '../dead-letters.service.js';
import { Endpoints } from '../endpoints.service.js';
import {
  AttemptList, AttemptQuery, EndpointChange, EndpointList, EndpointRequest, EndpointView, EndpointWithSecret, HookDeliveryList, Redelivered, RedeliverRequest, RotateRequest, TestView,
} from './schemas.js';

@ApiTags('Webhooks')
@Controller('v1/webhook-endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: Endpoints, private readonly letters: DeadLetters) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List where webhooks and chat notices go, newest first, with the state of each' })
  @ApiOkResponse({ standardSchema: EndpointList })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    return pageOf(await this.endpoints.list({ limit: limit + 1, before: idAfter(after) }), limit, (last) => [last.id]);
  }

  @Post() @Allow('owner')
  @ApiOperation({ summary: 'Add an endpoint; its secret is answered this once' })
  @ApiCreatedResponse({ standardSchema: EndpointWithSecret })
  create(@Body({ schema: EndpointRequest }) request: z.infer<typeof EndpointRequest>, @CurrentActor() actor: Actor) {
    return this.endpoints.create(request, actor);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'One endpoint: its circuit, what waits and what was given up' })
  @ApiOkResponse({ standardSchema: EndpointView })
  one(@Param('id', { schema: Id }) id: string) {
    return this.endpoints.one(id);
  }

  @Patch(':id') @Allow('owner')
  @ApiOperation({ summary: 'Change an endpoint, switch it off or on' })
  @ApiOkResponse({ standardSchema: EndpointView })
  change(@Param('id', { schema: Id }) id: string, @Body({ schema: EndpointChange }) change: z.infer<typeof EndpointChange>, @CurrentActor() actor: Actor) {
    return this.endpoints.change(id, change, actor);
  }

  @Post(':id/rotate-secret') @HttpCode(200) @Allow('owner')
  @ApiOperation({ summary: 'Sign with a new secret, answered this once; the old one signs beside it for a while' })
  @ApiOkResponse({ standardSchema: EndpointWithSecret })
  rotate(@Param('id', { schema: Id }) id: string, @Body({ schema: RotateRequest }) { overlapHours }: z.infer<typeof RotateRequest>, @CurrentActor() actor: Actor) {
    return this.endpoints.rotate(id, overlapHours, actor);
  }

  @Post(':id/test') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'POST a sample now and show the answer' })
  @ApiOkResponse({ standardSchema: TestView })
  test(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.endpoints.test(id, actor);
  }

  @Get(':id/attempts') @AllowAll()
  @ApiOperation({ summary: 'Every POST of the last thirty days, newest first' })
  @ApiOkResponse({ standardSchema: AttemptList })
  async attempts(@Param('id', { schema: Id }) id: string, @Query({ schema: AttemptQuery }) { limit, after, deliveryId }: z.infer<typeof AttemptQuery>) {
    const found = await this.letters.attempts(id, { deliveryId, limit: limit + 1, before: instantAndId(after) });
    return pageOf(found, limit, (last) => [last.at.toISOString(), last.id]);
  }

  @Get(':id/deliveries') @AllowAll()
  @ApiOperation({ summary: 'Deliveries of an endpoint, newest first, with what it said last' })
  @ApiOkResponse({ standardSchema: HookDeliveryList })
  async deliveries(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const found = await this.letters.deliveries(id, { dead: false, limit: limit + 1, before: instantAndId(after) });
    return pageOf(found, limit, (last) => [last.queuedAt.toISOString(), last.id]);
  }

  @Get(':id/dead-letters') @AllowAll()
  @ApiOperation({ summary: 'What was given up or is in doubt, latest first, with the reason and the last answer' })
  @ApiOkResponse({ standardSchema: HookDeliveryList })
  async dead(@Param('id', { schema: Id }) id: string, @Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const found = await this.letters.deliveries(id, { dead: true, limit: limit + 1, before: instantAndId(after) });
    return pageOf(found, limit, (last) => [(last.settledAt ?? last.queuedAt).toISOString(), last.id]);
  }

  @Post(':id/dead-letters/redeliver') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Deliver all that was given up again; say how many you expect' })
  @ApiOkResponse({ standardSchema: Redelivered })
  async redeliverAll(@Param('id', { schema: Id }) id: string, @Body({ schema: RedeliverRequest }) { expected }: z.infer<typeof RedeliverRequest>, @CurrentActor() actor: Actor) {
    return { redelivered: await this.letters.redeliverAll(id, expected, actor) };
  }

  @Post(':id/dead-letters/:deliveryId/redeliver') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Deliver one dead letter again, under the same webhook-id' })
  @ApiOkResponse({ standardSchema: Redelivered })
  async redeliver(@Param('id', { schema: Id }) id: string, @Param('deliveryId', { schema: Id }) deliveryId: string, @CurrentActor() actor: Actor) {
    await this.letters.redeliver(id, deliveryId, actor);
    return { redelivered: 1 };
  }
}
