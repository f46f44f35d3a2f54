import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { Relays } from '../relays.service.js';
import { RelayChange, RelayList, RelayRequest, RelayTrial, RelayView } from './schemas.js';

@ApiTags('Sending')
@Allow('owner')
@Controller('v1/relays')
export class RelaysController {
  constructor(private readonly relays: Relays) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List the mail servers that messages leave through, and how they are' })
  @ApiOkResponse({ standardSchema: RelayList })
  list() {
    return this.relays.list();
  }

  @Post()
  @ApiOperation({ summary: 'Add a mail server' })
  @ApiCreatedResponse({ standardSchema: RelayView })
  add(@Body({ schema: RelayRequest }) relay: z.infer<typeof RelayRequest>, @CurrentActor() actor: Actor) {
    return this.relays.add(relay, actor);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'One mail server and how it is' })
  @ApiOkResponse({ standardSchema: RelayView })
  one(@Param('id', { schema: Id }) id: string) {
    return this.relays.one(id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a mail server; senders follow within seconds' })
  @ApiOkResponse({ standardSchema: RelayView })
  change(@Param('id', { schema: Id }) id: string, @Body({ schema: RelayChange }) change: z.infer<typeof RelayChange>, @CurrentActor() actor: Actor) {
    return this.relays.change(id, change, actor);
  }

  @Delete(':id') @HttpCode(204)
  @ApiOperation({ summary: 'Remove a mail server; without any, SMTP_URL or the sandbox mailbox is used again' })
  @ApiNoContentResponse()
  remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor) {
    return this.relays.remove(id, actor);
  }

  @Post(':id/test') @HttpCode(200)
  @ApiOperation({ summary: 'Connect and log in as a sender would, send nothing, and tell what the server answered' })
  @ApiOkResponse({ standardSchema: RelayTrial })
  try(@Param('id', { schema: Id }) id: string) {
    return this.relays.try(id);
  }
}
