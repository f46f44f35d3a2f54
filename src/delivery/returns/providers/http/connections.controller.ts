import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Id } from '../../../../contract/common.js';
import { Allow, CurrentActor, type Actor } from '../../../../platform/http/access.js';
import { instantAndId } from '../../../../platform/http/instant-cursor.js';
import { PageQuery, pageOf } from '../../../../platform/http/paging.js';
import { PublicUrl } from '../../../../platform/public-url.js';
import { ProviderConnections } from '../connections.service.js';
import type { Connection } from '../store/connections.store.js';
import { ConnectionList, ConnectionPatch, ConnectionRequest, ConnectionView, SecretRequest } from './schemas.js';

@ApiTags('Provider webhooks')
@Allow('owner')
@Controller('v1/provider-connections')
export class ProviderConnectionsController {
  constructor(private readonly connections: ProviderConnections, private readonly publicUrl: PublicUrl) {}

  @Get()
  @ApiOperation({ summary: 'List the providers that may report to us, newest first, and when they were heard or refused' })
  @ApiOkResponse({ standardSchema: ConnectionList })
  async list(@Query({ schema: PageQuery }) { limit, after }: PageQuery) {
    const found = await this.connections.list({ limit: limit + 1, after: instantAndId(after) });
    const page = pageOf(found, limit, (last) => [last.createdAt.toISOString(), last.id]);
    return { ...page, items: page.items.map((connection) => this.view(connection)) };
  }

  @Post()
  @ApiOperation({ summary: 'Add a provider; the answer has the address to paste there' })
  @ApiCreatedResponse({ standardSchema: ConnectionView })
  async add(@Body({ schema: ConnectionRequest }) request: z.infer<typeof ConnectionRequest>, @CurrentActor() actor: Actor) {
    return this.view(await this.connections.add(request, actor));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One provider connection; its secrets are never answered' })
  @ApiOkResponse({ standardSchema: ConnectionView })
  async get(@Param('id', { schema: Id }) id: string) {
    return this.view(await this.connections.get(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename, switch on or off, or change topics and networks' })
  @ApiOkResponse({ standardSchema: ConnectionView })
  async change(@Param('id', { schema: Id }) id: string, @Body({ schema: ConnectionPatch }) change: z.infer<typeof ConnectionPatch>, @CurrentActor() actor: Actor) {
    return this.view(await this.connections.change(id, change, actor));
  }

  @Delete(':id') @HttpCode(204)
  @ApiOperation({ summary: 'Remove a connection: its address answers 404 from now on' })
  @ApiNoContentResponse({ description: 'It is gone; what it reported stays.' })
  async remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.connections.remove(id, actor);
  }

  @Post(':id/secrets')
  @ApiOperation({ summary: 'Add a secret beside the old one; both are valid until one is removed' })
  @ApiCreatedResponse({ standardSchema: ConnectionView })
  async addSecret(@Param('id', { schema: Id }) id: string, @Body({ schema: SecretRequest }) secret: z.infer<typeof SecretRequest>, @CurrentActor() actor: Actor) {
    return this.view(await this.connections.addSecret(id, secret, actor));
  }

  @Delete(':id/secrets/:secretId')
  @ApiOperation({ summary: 'Remove a secret: what it signs is refused from now on' })
  @ApiOkResponse({ standardSchema: ConnectionView })
  async removeSecret(@Param('id', { schema: Id }) id: string, @Param('secretId', { schema: Id }) secretId: string, @CurrentActor() actor: Actor) {
    return this.view(await this.connections.removeSecret(id, secretId, actor));
  }

  private view({ secrets, ...connection }: Connection): z.infer<typeof ConnectionView> {
    return { ...connection, url: `${this.publicUrl.value}/hooks/${connection.provider}/${connection.id}`, secrets: secrets.map(({ id, hint, addedAt }) => ({ id, hint, addedAt })) };
  }
}
